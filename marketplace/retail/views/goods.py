"""The branch's own goods: look, count, correct."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core.domain import limits
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.retail.domain import queries
from marketplace.retail.domain.queries import GoodsRow
from marketplace.retail.forms.goods import CountForm, Filter, ListForm, StepForm
from marketplace.retail.views import scope
from shops.domain import counts
from shops.models import Branch, Offer

#: As long as a page with a "+1" on it may lie open.
REMEMBERED = 12 * 3600


@dataclass(frozen=True, slots=True)
class Row:
    """An offer with the form and the button's id that stand beside it."""

    goods: GoodsRow
    form: CountForm
    client_id: UUID = field(default_factory=uuid4)


@access("member", obj="branch")
def goods(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """All offers of the branch with their numbers."""
    return _page(request, scope.branch_of(request, shop, branch), ListForm(request.GET).place())


@access("member", methods=("POST",), obj="offer")
def step(request: HttpRequest, shop: str, branch: str, offer: int) -> HttpResponse:
    """One more or one less, once for each button however often it is sent."""
    here = scope.branch_of(request, shop, branch)
    row = scope.offer_of(here, offer)
    form = StepForm(request.POST)
    if not form.is_valid():
        return _failed(request, here, row, _("This form did not arrive whole. Please try again."))
    units, name = form.cleaned_data["units"], f"step:{row.pk}:{form.cleaned_data['client_id']}"
    if not limits.once(name=name, seconds=REMEMBERED):
        return _back(request, here, row)

    def act() -> Offer:
        return counts.adjust(
            offer_id=row.pk, units=units, by=scope.member(request), now=timezone.now()
        )

    response = _done(request, here, row, act)
    if response.status_code != 302:
        limits.again(name=name)
    return response


@access("member", methods=("POST",), obj="offer")
def sold_out(request: HttpRequest, shop: str, branch: str, offer: int) -> HttpResponse:
    """None left on the shelf; what is set aside stays."""
    here = scope.branch_of(request, shop, branch)
    return _count(request, here, scope.offer_of(here, offer), on_shelf=0)


@access("member", methods=("POST",), obj="offer")
def count(request: HttpRequest, shop: str, branch: str, offer: int) -> HttpResponse:
    """Counted by eye: so many on the shelf."""
    here = scope.branch_of(request, shop, branch)
    row = scope.offer_of(here, offer)
    form = CountForm(request.POST, auto_id=f"o{row.pk}-%s")
    if not form.is_valid():
        return _failed(request, here, row, str(form.errors["on_shelf"][0]), form=form, status=422)
    return _count(request, here, row, on_shelf=form.cleaned_data["on_shelf"])


@access("member", methods=("POST",), obj="offer")
def forget(request: HttpRequest, shop: str, branch: str, offer: int) -> HttpResponse:
    """Not counted any more: shoppers are told to ask."""
    here = scope.branch_of(request, shop, branch)
    row = scope.offer_of(here, offer)

    def act() -> Offer:
        return counts.forget(offer_id=row.pk, by=scope.member(request), now=timezone.now())

    return _done(request, here, row, act)


def _count(request: HttpRequest, branch: Branch, row: Offer, *, on_shelf: int) -> HttpResponse:
    def act() -> Offer:
        return counts.count_by_eye(
            offer_id=row.pk, on_shelf=on_shelf, by=scope.member(request), now=timezone.now()
        )

    return _done(request, branch, row, act)


def _done(
    request: HttpRequest, branch: Branch, row: Offer, act: Callable[[], Offer]
) -> HttpResponse:
    """The act, then back to the same place of the list; a refusal is told there."""
    try:
        changed = act()
    except (Refused, Stale) as no:
        return _failed(request, branch, row, str(no.message), status=409)
    messages.success(request, _said(row, changed.on_hand))
    return _back(request, branch, row)


def _back(request: HttpRequest, branch: Branch, row: Offer) -> HttpResponse:
    path = reverse("retail:goods", args=[branch.shop.slug, branch.slug])
    query = urlencode(ListForm(request.POST).place())
    return redirect(f"{path}{'?' if query else ''}{query}#offer-{row.pk}")


def _failed(
    request: HttpRequest,
    branch: Branch,
    row: Offer,
    sentence: str,
    *,
    form: CountForm | None = None,
    status: int = 422,
) -> HttpResponse:
    message = f"{row.variant.product.title}: {sentence}"
    place = ListForm(request.POST).place()
    return _page(request, branch, place, status=status, message=message, failed={row.pk: form})


def _page(
    request: HttpRequest,
    branch: Branch,
    place: dict[str, str],
    *,
    status: int = 200,
    message: str = "",
    failed: dict[int, CountForm | None] | None = None,
) -> HttpResponse:
    now = timezone.now()
    found = queries.goods(
        branch=branch,
        text=place.get("q", ""),
        show=place.get("show", ""),
        number=place.get("page", ""),
        now=now,
    )
    context = {
        "branch": branch,
        "found": found,
        "rows": [_row(each, (failed or {}).get(each.offer.pk)) for each in found.rows],
        "filters": Filter.choices,
        "place": place,
        "message": message,
        "now": now,
    }
    return render(request, "retail/goods.html", context, status=status)


def _row(goods: GoodsRow, failed: CountForm | None) -> Row:
    return Row(goods, failed or CountForm(auto_id=f"o{goods.offer.pk}-%s"))


def _said(row: Offer, on_hand: int | None) -> str:
    title = row.variant.product.title
    if on_hand is None:
        return _("%(title)s: not counted any more. Shoppers are told to ask.") % {"title": title}
    sentence = ngettext(
        "%(title)s: %(number)d in the shop.", "%(title)s: %(number)d in the shop.", on_hand
    )
    return sentence % {"title": title, "number": on_hand}
