"""A branch's hours: the days ahead, closures, the pause, Sundays of the city."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.retail.domain import ahead, opening_hours
from marketplace.retail.forms.hours import CloseForm, PauseForm
from marketplace.retail.forms.week import DayForm, SundayForm, TimeForm, day_of
from marketplace.retail.views import scope
from shops.models import Branch


@access("member", obj="branch")
def hours(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """The next 14 days as people will see them."""
    return _page(request, scope.branch_of(request, shop, branch))


@access("member", methods=("GET", "POST"), obj="branch")
def day(request: HttpRequest, shop: str, branch: str, day: str) -> HttpResponse:
    """Other hours on one day."""
    here, on = scope.branch_of(request, shop, branch), _date(day)
    if request.method != "POST":
        found = ahead.on(branch=here, day=on)
        form = DayForm(initial={"spans": found.spans, "reason": found.reason})
        return _day(request, here, on, form)
    form = DayForm(request.POST)
    if not form.is_valid():
        return _day(request, here, on, form, status=422)
    said = form.cleaned_data

    def act() -> None:
        by, now = scope.member(request), timezone.now()
        opening_hours.set_day(branch=here, day=on, by=by, now=now, **said)

    def again(no: str) -> HttpResponse:
        return _day(request, here, on, form, message=no, status=409)

    return done(request, here, act, _("Saved. Your page says so at once."), again)


@access("member", methods=("POST",), obj="branch")
def clear_day(request: HttpRequest, shop: str, branch: str, day: str) -> HttpResponse:
    """On that day the week holds again."""
    here, on = scope.branch_of(request, shop, branch), _date(day)

    def act() -> None:
        by, now = scope.member(request), timezone.now()
        opening_hours.clear_day(branch=here, day=on, by=by, now=now)

    return done(request, here, act, _("Taken back. The ordinary hours hold again."))


@access("member", methods=("POST",), obj="branch")
def early(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """Today the door closes earlier."""
    here = scope.branch_of(request, shop, branch)
    form = TimeForm(request.POST)
    if not form.is_valid():
        return _page(request, here, message=str(form.errors["at"][0]), status=422)

    def act() -> None:
        by, now = scope.member(request), timezone.now()
        opening_hours.close_early(branch=here, at=form.cleaned_data["at"], by=by, now=now)

    return done(request, here, act, _("Saved. Your page says so at once."))


@access("member", methods=("POST",), obj="branch")
def close(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """Closed for a day or several."""
    here = scope.branch_of(request, shop, branch)
    form = CloseForm(request.POST, auto_id="close-%s")
    if not form.is_valid():
        return _page(request, here, form=form, status=422)
    said = form.cleaned_data

    def act() -> None:
        opening_hours.close(branch=here, by=scope.member(request), now=timezone.now(), **said)

    def again(no: str) -> HttpResponse:
        return _page(request, here, form=form, message=no, status=409)

    return done(request, here, act, _("Closed. Your page says so at once."), again)


@access("member", methods=("POST",), obj="branch")
def reopen(request: HttpRequest, shop: str, branch: str, closure: int) -> HttpResponse:
    """Takes a closure back."""
    here = scope.branch_of(request, shop, branch)

    def act() -> None:
        opening_hours.reopen(
            branch=here, closure_id=closure, by=scope.member(request), now=timezone.now()
        )

    return done(request, here, act, _("Taken back. The ordinary hours hold again."))


@access("member", methods=("POST",), obj="branch")
def pause(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """No preparing for a while; then it goes on by itself."""
    here = scope.branch_of(request, shop, branch)
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _page(request, here, message=str(form.errors["length"][0]), status=422)
    now = timezone.now()

    def act() -> None:
        opening_hours.pause(branch=here, until=form.until(now), by=scope.member(request), now=now)

    return done(request, here, act, _("Saved."))


@access("member", methods=("POST",), obj="branch")
def confirm(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """The hours are still right."""
    here = scope.branch_of(request, shop, branch)
    opening_hours.confirm(branch=here, by=scope.member(request), now=timezone.now())
    messages.success(request, _("Thank you. The hours are confirmed."))
    return redirect("retail:hours", shop, branch)


@access("owner", methods=("POST",), obj="branch")
def take_part(request: HttpRequest, shop: str, branch: str, opening: int) -> HttpResponse:
    """The branch opens on a Sunday of the city."""
    here = scope.owned_branch_of(request, shop, branch)
    form = SundayForm(request.POST)
    if not form.is_valid():
        return _page(request, here, message=str(form.errors["spans"][0]), status=422)

    def act() -> None:
        by, now = scope.member(request), timezone.now()
        opening_hours.take_part(
            branch=here, opening_id=opening, opens=form.opens, closes=form.closes, by=by, now=now
        )

    return done(request, here, act, _("You take part. Your page says so at once."))


@access("owner", methods=("POST",), obj="branch")
def stay_away(request: HttpRequest, shop: str, branch: str, opening: int) -> HttpResponse:
    """The branch stays closed on that Sunday after all."""
    here = scope.owned_branch_of(request, shop, branch)

    def act() -> None:
        by, now = scope.member(request), timezone.now()
        opening_hours.stay_away(branch=here, opening_id=opening, by=by, now=now)

    return done(request, here, act, _("You stay closed on that Sunday."))


def done(
    request: HttpRequest,
    branch: Branch,
    act: Callable[[], object],
    sentence: str,
    again: Callable[[str], HttpResponse] | None = None,
) -> HttpResponse:
    """The act, then to the days ahead; a refusal is told `again`, where what was typed still is."""
    try:
        act()
    except (Refused, Stale) as no:
        told = str(no.message)
        return again(told) if again else _page(request, branch, message=told, status=409)
    messages.success(request, sentence)
    return redirect("retail:hours", branch.shop.slug, branch.slug)


def _page(
    request: HttpRequest,
    branch: Branch,
    *,
    form: CloseForm | None = None,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    context = {
        "branch": branch,
        "outlook": ahead.outlook(branch=branch, now=now),
        "form": form or CloseForm(auto_id="close-%s"),
        "lengths": PauseForm.base_fields["length"].choices,  # type: ignore[attr-defined]
        "is_owner": scope.owned_branches(request).filter(pk=branch.pk).exists(),
        "message": message,
        "now": now,
    }
    return render(request, "retail/hours.html", context, status=status)


def _day(
    request: HttpRequest,
    branch: Branch,
    on: date,
    form: DayForm,
    *,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "branch": branch,
        "day": ahead.on(branch=branch, day=on),
        "form": form,
        "message": message,
    }
    return render(request, "retail/day.html", context, status=status)


def _date(text: str) -> date:
    found = day_of(text)
    if found is None:
        raise Http404
    return found
