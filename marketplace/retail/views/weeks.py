"""What an owner decides about time: the week, hand-over, seasons, preparing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core.http import access
from marketplace.retail.domain import ahead, opening_hours
from marketplace.retail.domain.opening_hours import Part, Week
from marketplace.retail.forms.week import PreparingForm, SeasonForm, WeekForm
from marketplace.retail.views import scope
from marketplace.retail.views.hours import done
from shops.domain import hours, patterns
from shops.enums import HoursFor
from shops.models import Branch


@access("owner", methods=("GET", "POST"), obj="branch")
def week(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """The ordinary week of the door."""
    return _week(request, scope.owned_branch_of(request, shop, branch), HoursFor.SHOP)


@access("owner", methods=("GET", "POST"), obj="branch")
def collecting(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """Hours of the hand-over, where they are not those of the door."""
    return _week(request, scope.owned_branch_of(request, shop, branch), HoursFor.PICKUP)


@access("owner", methods=("GET", "POST"), obj="branch")
def seasons(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """Weeks of the year with a week of their own."""
    here = scope.owned_branch_of(request, shop, branch)
    if request.method != "POST":
        return _seasons(request, here, SeasonForm(weekly=hours.calendar(here).weekly))
    form = SeasonForm(request.POST)
    if not form.is_valid():
        return _seasons(request, here, form, status=422)
    name = form.cleaned_data["name"]
    part = Part(name=name, first=form.first, last=form.last, weekly=form.weekly)

    def act() -> None:
        by, now = scope.member(request), timezone.now()
        opening_hours.add_season(branch=here, part=part, by=by, now=now)

    def again(no: str) -> HttpResponse:
        return _seasons(request, here, form, message=no, status=409)

    return done(request, here, act, _("Saved. It holds every year."), again)


@access("owner", methods=("POST",), obj="branch")
def remove_season(request: HttpRequest, shop: str, branch: str, season: int) -> HttpResponse:
    """The ordinary week holds again."""
    here = scope.owned_branch_of(request, shop, branch)

    def act() -> None:
        by, now = scope.member(request), timezone.now()
        opening_hours.remove_season(branch=here, season_id=season, by=by, now=now)

    return done(request, here, act, _("Taken back. The ordinary hours hold again."))


@access("owner", methods=("GET", "POST"), obj="branch")
def preparing(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """How long until it is ready, how many at a time, in which windows."""
    here = scope.owned_branch_of(request, shop, branch)
    form = PreparingForm(request.POST if request.method == "POST" else None, branch=here)
    if request.method != "POST":
        return _preparing(request, here, form)
    if not form.is_valid():
        return _preparing(request, here, form, status=422)

    def act() -> None:
        by, now = scope.member(request), timezone.now()
        opening_hours.set_preparing(branch=here, wanted=form.wanted, by=by, now=now)

    def again(no: str) -> HttpResponse:
        return _preparing(request, here, form, message=no, status=409)

    return done(request, here, act, _("Saved. New promises are made with it."), again)


def _week(request: HttpRequest, branch: Branch, what_for: HoursFor) -> HttpResponse:
    form = _week_form(request, branch, what_for)
    if request.method != "POST":
        return _week_page(request, branch, form)
    if not form.is_valid():
        return _week_page(request, branch, form, status=422)
    if request.POST.get("act") != "save":
        return _week_page(request, branch, form, is_preview=True)
    wanted = Week(
        weekly=form.weekly, what_for=what_for, trade=form.wanted_trade, also=form.wanted_branches
    )

    def act() -> None:
        by, now = scope.member(request), timezone.now()
        opening_hours.set_week(branch=branch, week=wanted, by=by, now=now)

    def again(no: str) -> HttpResponse:
        return _week_page(request, branch, form, message=no, status=409)

    return done(request, branch, act, _("Saved. Your page says so at once."), again)


def _week_form(request: HttpRequest, branch: Branch, what_for: HoursFor) -> WeekForm:
    facts = hours.calendar(branch)
    mine = scope.owned_branches(request).filter(shop=branch.shop_id).exclude(pk=branch.pk)
    pattern = patterns.of(request.GET.get("muster", ""))
    weekly = list(facts.weekly if what_for == HoursFor.SHOP else facts.pickup)
    data = request.POST if request.method == "POST" else None
    if data and data.get("act") == "fill":
        data = WeekForm.filled(data)
    return WeekForm(
        data,
        what_for=what_for,
        trade=pattern.trade if pattern else branch.trade,
        weekly=pattern.weekly if pattern else weekly,
        others=list(mine.order_by("name", "pk")),
    )


def _week_page(
    request: HttpRequest,
    branch: Branch,
    form: WeekForm,
    *,
    is_preview: bool = False,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    is_door = form.what_for == HoursFor.SHOP
    days = []
    if is_preview:
        days = ahead.preview(
            branch=branch,
            weekly=form.weekly,
            what_for=form.what_for,
            trade=form.wanted_trade,
            now=timezone.now(),
        )
    context = {
        "branch": branch,
        "form": form,
        "is_door": is_door,
        "patterns": patterns.PATTERNS if is_door else (),
        "days": days,
        "message": message,
    }
    return render(request, "retail/week.html", context, status=status)


def _seasons(
    request: HttpRequest, branch: Branch, form: SeasonForm, *, message: str = "", status: int = 200
) -> HttpResponse:
    seasons = ahead.seasons(branch=branch)
    context = {"branch": branch, "form": form, "seasons": seasons, "message": message}
    return render(request, "retail/seasons.html", context, status=status)


def _preparing(
    request: HttpRequest,
    branch: Branch,
    form: PreparingForm,
    *,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"branch": branch, "form": form, "message": message}
    return render(request, "retail/preparing.html", context, status=status)
