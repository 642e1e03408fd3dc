"""The city's calendar in the desk: Sundays of a year, zones, and who has confirmed their hours."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.domain import calendar, confirmations
from cms.domain import year as years
from cms.forms import PermitForm, PlaceForm, PlanForm, YearForm, ZoneForm
from cms.views import scope
from marketplace.core import sheets
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from shops.domain import sundays
from shops.models import City, SundayOpening, Zone


@access("editor", obj="city")
def year(request: HttpRequest) -> HttpResponse:
    """The Sundays of a year: planned, permitted, withdrawn, and those that stay closed."""
    return _year(request, scope.publishers_city(request))


@access("editor", methods=("POST",), obj="city")
def plan(request: HttpRequest) -> HttpResponse:
    """A Sunday the city has in mind."""
    city = scope.publishers_city(request)
    form = PlanForm(request.POST, city=city)
    if not form.is_valid():
        return _year(request, city, plan=form, status=422)
    wanted = sundays.Plan(**form.cleaned_data)
    no = _refusal(
        lambda: sundays.plan(city=city, wanted=wanted, by=scope.editor(request), now=timezone.now())
    )
    if no:
        return _year(request, city, plan=form, message=no, status=409)
    messages.success(request, _("Planned. Shops can take part once it is permitted."))
    return _to_year(wanted.date.year)


@access("editor", methods=("POST",), obj="sunday")
def permit(request: HttpRequest, opening: int) -> HttpResponse:
    """The permit is there: from now on shops can take part."""
    city = scope.publishers_city(request)
    row = get_object_or_404(SundayOpening, pk=opening, city=city)
    form = PermitForm(request.POST, auto_id=f"permit-{row.pk}-%s")
    if not form.is_valid():
        return _year(request, city, asked=row, permit=form, status=422)
    no = _refusal(
        lambda: sundays.permit(
            city=city,
            opening_id=row.pk,
            permit=form.cleaned_data["permit"],
            by=scope.editor(request),
            now=timezone.now(),
        )
    )
    if no:
        return _year(request, city, asked=row, permit=form, message=no, status=409)
    messages.success(request, _("Permitted. From now on shops can take part."))
    return _to_year(row.date.year)


@access("editor", methods=("GET", "POST"), obj="sunday")
def withdraw(request: HttpRequest, opening: int) -> HttpResponse:
    """First whom it hits, then the act: no shop opens on that Sunday."""
    city = scope.publishers_city(request)
    row = get_object_or_404(SundayOpening.objects.select_related("zone"), pk=opening, city=city)
    no = ""
    if request.method == "POST":
        no = _refusal(
            lambda: calendar.withdraw(
                city=city, opening_id=row.pk, by=scope.editor(request), now=timezone.now()
            )
        )
        if not no:
            messages.success(request, _("Withdrawn. No shop opens on that Sunday."))
            return _to_year(row.date.year)
    impact = years.impact(opening=row, now=timezone.now())
    context = {"opening": row, "impact": impact, "message": no}
    return render(request, "cms/calendar/withdraw.html", context, status=409 if no else 200)


@access("editor", obj="city")
def zones(request: HttpRequest) -> HttpResponse:
    """Parts of town, and which branches lie in them."""
    return _zones(request, scope.publishers_city(request))


@access("editor", methods=("POST",), obj="city")
def zone_add(request: HttpRequest) -> HttpResponse:
    """One more part of town."""
    city = scope.publishers_city(request)
    return _set_zone(request, city, ZoneForm(request.POST, auto_id="new-%s"), None)


@access("editor", methods=("POST",), obj="zone")
def zone_change(request: HttpRequest, zone: int) -> HttpResponse:
    """Another name, or recognised as a place for excursions."""
    city = scope.publishers_city(request)
    row = get_object_or_404(Zone, pk=zone, city=city)
    return _set_zone(request, city, ZoneForm(request.POST, auto_id=f"zone-{row.pk}-%s"), row)


@access("editor", methods=("POST",), obj="city")
def place(request: HttpRequest) -> HttpResponse:
    """Where branches lie."""
    city = scope.publishers_city(request)
    form = PlaceForm(request.POST, city=city, auto_id="place-%s")
    if not form.is_valid():
        return _zones(request, city, place=form, status=422)
    said = form.cleaned_data
    no = _refusal(
        lambda: calendar.place(city=city, by=scope.editor(request), now=timezone.now(), **said)
    )
    if no:
        return _zones(request, city, place=form, message=no, status=409)
    number = len(said["branches"])
    told = ngettext("%(number)d branch placed.", "%(number)d branches placed.", number)
    messages.success(request, told % {"number": number})
    return redirect("calendar_zones")


@access("editor", obj="city")
def confirmed(request: HttpRequest) -> HttpResponse:
    """Who has confirmed their hours and who has not; also for a spreadsheet."""
    city = scope.publishers_city(request)
    now = timezone.now()
    found = confirmations.confirmations(city=city, now=now)
    only_due = request.GET.get("nur") == "offen"
    entries = found.waiting if only_due else found.entries
    if request.GET.get("format") == "csv":
        name = f"bestaetigt-{timezone.localdate(now).isoformat()}.csv"
        return HttpResponse(
            sheets.text(confirmations.table(entries)),
            content_type=sheets.CONTENT_TYPE,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    context = {"found": found, "entries": entries, "only_due": only_due}
    return render(request, "cms/calendar/confirmed.html", context)


# Inside -------------------------------------------------------------------------------------------


def _refusal(act: Callable[[], object]) -> str:
    """The act; what a rule said against it, "" where nothing."""
    try:
        act()
    except (Refused, Stale) as no:
        return str(no.message)
    return ""


def _set_zone(request: HttpRequest, city: City, form: ZoneForm, row: Zone | None) -> HttpResponse:
    if not form.is_valid():
        return _zones(request, city, asked=row, form=form, status=422)
    said, by = form.cleaned_data, scope.editor(request)
    no = _refusal(lambda: sundays.set_zone(city=city, zone=row, by=by, now=timezone.now(), **said))
    if no:
        return _zones(request, city, asked=row, form=form, message=no, status=409)
    messages.success(request, _("Saved."))
    return redirect("calendar_zones")


def _to_year(number: int) -> HttpResponse:
    return redirect(f"{reverse('calendar')}?jahr={number}")


def _year(
    request: HttpRequest,
    city: City,
    *,
    plan: PlanForm | None = None,
    asked: SundayOpening | None = None,
    permit: PermitForm | None = None,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a year; a form that was refused comes back as it was typed."""
    now = timezone.now()
    number = asked.date.year if asked else YearForm(request.GET).year(now)
    found = years.year_of(city=city, year=number, now=now)
    rows = [
        (
            each,
            permit
            if permit and asked and asked.pk == each.opening.pk
            else PermitForm(auto_id=f"permit-{each.opening.pk}-%s"),
        )
        for each in found.entries
    ]
    context = {
        "found": found,
        "rows": rows,
        "plan": plan or PlanForm(city=city),
        "before": number - 1,
        "after": number + 1,
        "message": message,
    }
    return render(request, "cms/calendar/year.html", context, status=status)


def _zones(
    request: HttpRequest,
    city: City,
    *,
    asked: Zone | None = None,
    form: ZoneForm | None = None,
    place: PlaceForm | None = None,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of zones; a form that was refused comes back as it was typed."""
    rows = [
        (part, form if form and asked and part.zone == asked else _form_of(part.zone))
        for part in years.parts_of(city=city)
    ]
    context = {
        "rows": rows,
        "new": form if form and not asked else ZoneForm(auto_id="new-%s"),
        "place": place or PlaceForm(city=city, auto_id="place-%s"),
        "message": message,
    }
    return render(request, "cms/calendar/zones.html", context, status=status)


def _form_of(zone: Zone | None) -> ZoneForm | None:
    if zone is None:
        return None
    said = {"name": zone.name, "is_excursion": zone.is_excursion}
    return ZoneForm(initial=said, auto_id=f"zone-{zone.pk}-%s")
