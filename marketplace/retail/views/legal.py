"""The owner's room for legal facts: say them, see what follows, find every version again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.core.errors import Refused
from marketplace.core.http import access
from marketplace.retail.domain import legal
from marketplace.retail.forms.legal import FactsForm
from marketplace.retail.views import scope
from shops import access as allowed
from shops.domain.legal import facts
from shops.models import Shop


@access("owner", methods=("GET", "POST"), obj="shop")
def room(request: HttpRequest, shop: str) -> HttpResponse:
    """The facts, and the texts that follow from them; a look before anything is saved."""
    mine = scope.owned_shop_of(request, shop)
    if request.method != "POST":
        return _page(request, mine)
    form, now = FactsForm(request.POST, auto_id="legal-%s"), timezone.now()
    if not form.is_valid():
        return _page(request, mine, form=form, status=422)
    try:
        if "vorschau" in request.POST:
            drafts = facts.preview(shop=mine, said=form.said, now=now)
            return _page(request, mine, form=form, drafts=drafts)
        legal.save(
            shop=mine,
            said=form.said,
            is_trader=form.cleaned_data["is_trader"],
            by=scope.member(request),
            now=now,
        )
    except Refused as no:
        form.refuse(no)
        return _page(request, mine, form=form, status=422)
    messages.success(request, _("Saved. Your legal texts say it from now on."))
    return redirect("retail:legal", mine.slug)


@access("owner", obj="shop")
def versions(request: HttpRequest, shop: str) -> HttpResponse:
    """Every version of every text, with its day and its fingerprint."""
    mine = scope.owned_shop_of(request, shop)
    context = {"shop": mine, "languages": legal.versions(shop=mine), "now": timezone.now()}
    return render(request, "retail/legal_versions.html", context)


@access("owner", obj="shop")
def version(request: HttpRequest, shop: str, text: int) -> HttpResponse:
    """One version as it was, or is."""
    mine = scope.owned_shop_of(request, shop)
    found = get_object_or_404(allowed.shop_texts(mine), pk=text)
    return render(request, "retail/legal_version.html", {"shop": mine, "text": found})


def _page(
    request: HttpRequest,
    shop: Shop,
    *,
    form: FactsForm | None = None,
    drafts: list[facts.Draft] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    room = legal.room(shop=shop, language=get_language() or "de", now=now)
    is_trader = shop.trader_declared_at is not None
    context: dict[str, Any] = {
        "shop": shop,
        "room": room,
        "form": form or FactsForm.of(room.legal, is_trader=is_trader),
        "drafts": drafts,
        "now": now,
    }
    return render(request, "retail/legal.html", context, status=status)
