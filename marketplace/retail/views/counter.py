"""The counter: its lists, one reservation, and the way from a code to it."""

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import limits
from marketplace.core.http import access
from marketplace.core.views import errors
from marketplace.reservations import access as reservation_access
from marketplace.reservations.domain import queries
from marketplace.reservations.domain.queries import Found
from marketplace.reservations.models import Reservation
from marketplace.retail.domain import queries as rooms
from marketplace.retail.forms.counter import CodeForm
from marketplace.retail.views import pages, scope
from shops.models import Branch

log = structlog.get_logger("counter")

#: Wrong codes a member may send a minute, and a shop a day, before nobody listens any more.
PER_MINUTE = 10
PER_DAY = 100
TOO_MANY = _(
    "Too many wrong codes. Please wait a minute, or look for the name in the list of the counter."
)
WRONG = frozenset({"UNKNOWN", "OTHER_SHOP"})
HERE = frozenset({"READY", "NOT_READY", "COLLECTED", "EXPIRED", "ENDED"})
#: What the counter says where a code leads to no reservation of this branch.
WORDS = {
    "UNKNOWN": _(
        "No reservation of yours has this code or this name. Please compare it character by"
        " character."
    ),
    "OTHER_SHOP": _("This code belongs to another shop. Nothing is held for it here."),
    "AMBIGUOUS": _("Two reservations begin like this. Please type all six characters."),
    "OTHER_BRANCH": _("This reservation is held at another branch of yours."),
}


@access("member", obj="branch")
def counter(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """What this branch has to do now."""
    return pages.counter(request, scope.branch_of(request, shop, branch))


@access("member", obj="reservation")
def reservation(request: HttpRequest, shop: str, branch: str, reservation: int) -> HttpResponse:
    """One reservation: hand over, or what stands in the way."""
    here = scope.branch_of(request, shop, branch)
    return pages.sheet(request, here, scope.reservation_of(here, reservation).pk)


@access("member", methods=("GET", "POST"), obj="branch")
def code(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """From a code, typed or photographed, or a name to its reservation, or to what is wrong."""
    here = scope.branch_of(request, shop, branch)
    if request.method != "POST":
        return redirect("retail:counter", shop, branch)
    form = CodeForm(request.POST, request.FILES, auto_id="code-%s")
    if not form.is_valid():
        return pages.counter(request, here, code_form=form, status=422)
    text = form.cleaned_data["text"]
    named = rooms.by_name(text, branch=here)
    if named and not rooms.could_be_code(text):
        return _named(request, here, form, named)
    found = _look_up(request, here, text)
    if named and found is not None and found.kind == "UNKNOWN":
        return _named(request, here, form, named)
    if found is None:
        return errors.answer(request, 429, message=TOO_MANY, headers={"Retry-After": "60"})
    if found.reservation and found.kind in HERE:
        return redirect("retail:reservation", shop, branch, found.reservation.pk)
    return pages.counter(
        request,
        here,
        code_form=form,
        message=WORDS[found.kind],
        elsewhere=found.reservation,
        status=422 if found.kind in WRONG else 409,
    )


def _named(
    request: HttpRequest, branch: Branch, form: CodeForm, rows: list[Reservation]
) -> HttpResponse:
    """The one with this name, or all of them to choose from."""
    if len(rows) == 1:
        return redirect("retail:reservation", branch.shop.slug, branch.slug, rows[0].pk)
    return pages.counter(request, branch, code_form=form, named=rows)


def _look_up(request: HttpRequest, branch: Branch, text: str) -> Found | None:
    """What the code means here; None when too many wrong ones were sent.

    SECURITY: a place is taken before the code is looked up, so that no burst slips through, and
    given back when the code was not wrong.
    """
    places = []
    for name, most, seconds in (
        (f"code:member:{request.user.pk}", PER_MINUTE, 60),
        (f"code:shop:{branch.shop_id}", PER_DAY, 24 * 3600),
    ):
        place = limits.take(name=name, most=most, seconds=seconds, now=timezone.now())
        if place is None:
            log.warning("codes_limited", limit=name, branch=branch.pk)
            return None
        places.append(place)
    mine = reservation_access.branch_reservations(scope.my_branches(request))
    found = queries.find_by_code(text, branch=branch, mine=mine)
    if found.kind in WRONG:
        log.info("code_wrong", kind=found.kind, branch=branch.pk)  # never the code itself
        return found
    for place in places:
        limits.give_back(place)
    return found
