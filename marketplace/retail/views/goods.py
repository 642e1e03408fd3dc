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
from marketplace.retail.domain import goods as shelves
from marketplace.retail.domain import scanning
from marketplace.retail.domain.goods import GoodsRow
from marketplace.retail.forms.goods import (
    RECOUNT,
    CountForm,
    Filter,
    KeepAllForm,
    KeepForm,
    ListForm,
    StepForm,
)
from marketplace.retail.views import scope
from shops.domain import counts, keeping, naming
from shops.models import Branch, Offer

#: As long as a page with a "+1" on it may lie open.
REMEMBERED = 12 * 3600


@dataclass(frozen=True, slots=True)
class Row:
    """An offer with the forms and the button's id that stand beside it."""

    goods: GoodsRow
    form: CountForm
    keep: KeepForm
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


@access("member", methods=("POST",), obj="offer")
def keep(request: HttpRequest, shop: str, branch: str, offer: int) -> HttpResponse:
    """So many of this article stay on the shop floor."""
    here = scope.branch_of(request, shop, branch)
    row = scope.offer_of(here, offer)
    form = KeepForm(request.POST)
    if not form.is_valid():
        return _failed(request, here, row, str(form.errors["buffer"][0]))

    def act() -> Offer:
        return keeping.keep(
            offer_id=row.pk,
            units=form.cleaned_data["buffer"],
            by=scope.member(request),
            now=timezone.now(),
        )

    return _done(request, here, row, act, said=_kept)


@access("member", methods=("POST",), obj="branch")
def keep_all(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """So many of each new article stay on the shop floor."""
    here = scope.branch_of(request, shop, branch)
    place, form = ListForm(request.POST).place(), KeepAllForm(request.POST, auto_id="keep-%s")
    if not form.is_valid():
        return _page(request, here, place, keep_form=form, status=422)
    changed = keeping.keep_everywhere(
        branch=here,
        units=form.cleaned_data["buffer"],
        follow=form.cleaned_data["follow"],
        by=scope.member(request),
        now=timezone.now(),
    )
    sentence = ngettext(
        "Saved. %(n)d article on the shelf has changed.",
        "Saved. %(n)d articles on the shelf have changed.",
        changed,
    )
    messages.success(request, sentence % {"n": changed})
    return redirect("retail:goods", shop, branch)


@access("member", obj="branch")
def recount(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """What to count next, what gains most first; above it what cannot be filled."""
    here = scope.branch_of(request, shop, branch)
    now = timezone.now()
    number = ListForm(request.GET).place().get("page", "")
    found = shelves.recounts(branch=here, number=number, now=now)
    context = {
        "branch": here,
        "short": [_row(each, None) for each in found.short],
        "rows": [_row(each, None) for each in found.rows],
        "page": found.page,
        "place": {"back": RECOUNT, **({"page": number} if number else {})},
        "now": now,
    }
    return render(request, "retail/recount.html", context)


def _count(request: HttpRequest, branch: Branch, row: Offer, *, on_shelf: int) -> HttpResponse:
    def act() -> Offer:
        return counts.count_by_eye(
            offer_id=row.pk, on_shelf=on_shelf, by=scope.member(request), now=timezone.now()
        )

    return _done(request, branch, row, act)


def _done(
    request: HttpRequest,
    branch: Branch,
    row: Offer,
    act: Callable[[], Offer],
    said: Callable[[Offer, Offer], str] | None = None,
) -> HttpResponse:
    """The act, then back to the same place of the list; a refusal is told there."""
    try:
        changed = act()
    except (Refused, Stale) as no:
        return _failed(request, branch, row, str(no.message), status=409)
    messages.success(request, (said or _said)(row, changed))
    return _back(request, branch, row)


def _back(request: HttpRequest, branch: Branch, row: Offer) -> HttpResponse:
    place = ListForm(request.POST).place()
    name = "retail:recount" if place.pop("back", "") else "retail:goods"
    path = reverse(name, args=[branch.shop.slug, branch.slug])
    query = urlencode(place)
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
    keep_form: KeepAllForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    if keep_form is None:
        keep_form = KeepAllForm(initial={"buffer": branch.buffer}, auto_id="keep-%s")
    found = shelves.goods(
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
        "keep_form": keep_form,
        "is_owner": getattr(branch, "is_owned", False),
        "unsorted": naming.open_names(shop=branch.shop),
        "waiting": scanning.waiting_number(branch=branch),
        "now": now,
    }
    return render(request, "retail/goods.html", context, status=status)


def _row(goods: GoodsRow, failed: CountForm | None) -> Row:
    names = f"o{goods.offer.pk}-%s"
    keep = KeepForm(initial={"buffer": goods.offer.buffer}, auto_id=names)
    return Row(goods, failed or CountForm(auto_id=names), keep)


def _kept(row: Offer, changed: Offer) -> str:
    words = {"title": row.variant.product.title, "number": changed.buffer}
    return _("%(title)s: %(number)d stay on the shop floor.") % words


def _said(row: Offer, changed: Offer) -> str:
    title, on_hand = row.variant.product.title, changed.on_hand
    if on_hand is None:
        return _("%(title)s: not counted any more. Shoppers are told to ask.") % {"title": title}
    sentence = ngettext(
        "%(title)s: %(number)d in the shop.", "%(title)s: %(number)d in the shop.", on_hand
    )
    return sentence % {"title": title, "number": on_hand}
