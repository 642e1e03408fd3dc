"""Pages that a shop shares with others: wish something different, decide about others' wishes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.retail.domain import sharing
from marketplace.retail.forms.sharing import BarcodeForm, CorrectionForm, JoinForm, VerdictForm
from marketplace.retail.views import scope
from shops import access as allowed
from shops.domain.sharing import corrections, gtins, proposals
from shops.domain.sharing.corrections import Outcome
from shops.domain.sharing.gtins import Became
from shops.enums import Correctable, Verdict
from shops.models import Branch, Offer, Shop


@access("owner", obj="shop")
def listing(request: HttpRequest, shop: str) -> HttpResponse:
    """What waits for this shop's word, and what became of its own proposals."""
    return _listing(request, scope.owned_shop_of(request, shop))


@access("owner", methods=("POST",), obj="correction")
def decide(request: HttpRequest, shop: str, correction: int) -> HttpResponse:
    """Take another shop's correction over, or not."""
    mine = scope.owned_shop_of(request, shop)
    row = get_object_or_404(allowed.shop_corrections(mine), pk=correction)
    form = VerdictForm(request.POST, auto_id=f"c{row.pk}-%s")
    if not form.is_valid():
        return _listing(request, mine, verdict=(row.pk, form), status=422)

    def act() -> str:
        done = corrections.decide(
            correction_id=row.pk, by=scope.member(request), now=timezone.now(), **form.cleaned_data
        )
        return {
            Verdict.ACCEPTED: _("The page says so now."),
            Verdict.REJECTED: _("Rejected. The other shop reads your reason."),
            Verdict.STALE: _("The page was changed meanwhile, so nothing was taken over."),
        }[Verdict(done.verdict)]

    return _act(request, mine, act)


@access("owner", methods=("POST",), obj="proposal")
def join(request: HttpRequest, shop: str, proposal: int) -> HttpResponse:
    """Two pages that only this shop offers: make them one, or say that they are two."""
    mine = scope.owned_shop_of(request, shop)
    row = get_object_or_404(allowed.shop_merges(mine), pk=proposal)
    form = JoinForm(request.POST, auto_id=f"m{row.pk}-%s")
    if not form.is_valid():
        return _listing(request, mine, joined=(row.pk, form), status=422)
    keep, note = form.cleaned_data["keep"], form.cleaned_data["note"]
    by, now = scope.member(request), timezone.now()

    def act() -> str:
        if keep:
            proposals.accept(proposal_id=row.pk, keep_id=keep, by=by, now=now)
            return _("The two pages are one now. The old address leads there.")
        proposals.reject(proposal_id=row.pk, note=note, by=by, now=now)
        return _("Noted: these are two things.")

    return _act(request, mine, act)


@access("member", methods=("GET", "POST"), obj="offer")
def correct(request: HttpRequest, shop: str, branch: str, offer: int, what: str) -> HttpResponse:
    """Wish for another title, text, brand, category, or for a picture to go."""
    here = scope.branch_of(request, shop, branch)
    row = scope.offer_of(here, offer)
    if what not in Correctable.values:
        raise Http404
    field = Correctable(what)
    page = sharing.page(offer=row, shop=here.shop, field=field)
    form = CorrectionForm(
        request.POST or None, initial=page.initial, field=field, alone=page.is_alone
    )
    context = {"branch": here, "offer": row, "page": page, "form": form}
    if request.method != "POST":
        return render(request, "retail/correct.html", context)
    if not form.is_valid():
        return render(request, "retail/correct.html", context, status=422)
    try:
        outcome = corrections.propose(
            shop=here.shop,
            product_id=row.variant.product_id,
            field=field,
            by=scope.member(request),
            now=timezone.now(),
            **form.said,
        )
    except (Refused, Stale) as no:
        context["message"] = no.message
        return render(request, "retail/correct.html", context, status=409)
    messages.success(request, _TOLD[outcome]())
    return _back(here, row)


@access("owner", methods=("GET", "POST"), obj="offer")
def barcode(request: HttpRequest, shop: str, branch: str, offer: int) -> HttpResponse:
    """Give own goods their world-wide number, so that all shops' offers stand on one page."""
    here = scope.owned_branch_of(request, shop, branch)
    row = scope.offer_of(here, offer)
    if row.variant.product.shop_id is None:
        raise Http404
    form = BarcodeForm(request.POST or None, initial={"gtin": row.variant.barcode})
    context = {"branch": here, "offer": row, "form": form}
    if request.method != "POST":
        return render(request, "retail/barcode.html", context)
    if not form.is_valid():
        return render(request, "retail/barcode.html", context, status=422)
    try:
        became, _product = gtins.give(
            shop=here.shop,
            variant_id=row.variant_id,
            text=form.cleaned_data["gtin"],
            by=scope.member(request),
            now=timezone.now(),
        )
    except (Refused, Stale) as no:
        context["message"] = no.message
        return render(request, "retail/barcode.html", context, status=409)
    messages.success(request, _TOLD[became]())
    return _back(here, row)


_TOLD: dict[str, Callable[[], str]] = {
    Outcome.CHANGED: lambda: _("Changed."),
    Outcome.PROPOSED: lambda: _("Proposed. The other shops or the city decide."),
    Became.NOTED: lambda: _("Noted. Once every kind has its number, other shops can join in."),
    Became.SHARED: lambda: _("These goods have a shared page now."),
    Became.JOINED: lambda: _("Your offer now stands beside those of other shops, on one page."),
}


def _back(branch: Branch, row: Offer) -> HttpResponse:
    answer = redirect("retail:goods", branch.shop.slug, branch.slug)
    answer["Location"] += f"?q={row.sku}#offer-{row.pk}" if row.sku else ""
    return answer


def _act(request: HttpRequest, shop: Shop, act: Callable[[], str]) -> HttpResponse:
    try:
        told = act()
    except (Refused, Stale) as no:
        return _listing(request, shop, message=no.message, status=409)
    messages.success(request, told)
    return redirect("retail:proposals", shop.slug)


def _listing(
    request: HttpRequest,
    shop: Shop,
    *,
    verdict: tuple[int, VerdictForm] | None = None,
    joined: tuple[int, JoinForm] | None = None,
    message: Any = "",
    status: int = 200,
) -> HttpResponse:
    found = sharing.proposals(shop=shop)
    verdicts, joins = dict([verdict] if verdict else []), dict([joined] if joined else [])
    context = {
        "shop": shop,
        "corrections": [
            (each, verdicts.get(each.correction.pk) or VerdictForm(auto_id=f"c{at}-%s"))
            for at, each in enumerate(found.corrections)
        ],
        "merges": [
            (each, joins.get(each.proposal.pk) or JoinForm(auto_id=f"m{at}-%s"))
            for at, each in enumerate(found.merges)
        ],
        "own": found.own,
        "message": message,
    }
    return render(request, "retail/proposals.html", context, status=status)
