"""The way in: my shops, and what must happen now in one of them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.payments import gateway
from marketplace.retail.domain import counting, morning, queries, sharing
from marketplace.retail.forms.goods import ShelvesForm
from marketplace.retail.views import scope
from shops.domain import outward
from shops.models import Branch, Shop


@access("member", obj="shop")
def home(request: HttpRequest) -> HttpResponse:
    """All shops and branches I work in; with a single branch straight to its counter."""
    branches = queries.workplaces(scope.my_branches(request))
    if len(branches) == 1:
        return redirect("retail:counter", branches[0].shop.slug, branches[0].slug)
    shops = scope.my_shops(request).order_by("sort_name", "pk")
    context = {"shops": queries.with_branches(shops, branches)}
    return render(request, "retail/home.html", context)


@access("member", obj="shop")
def shop(request: HttpRequest, shop: str) -> HttpResponse:
    """What must happen now, what is worth counting, how the last days went."""
    mine = scope.shop_of(request, shop)
    return _page(request, mine, _branches(request, mine))


@access("member", methods=("POST",), obj="shop")
def count_shelves(request: HttpRequest, shop: str) -> HttpResponse:
    """So many stand on these shelves; all are counted or none."""
    mine = scope.shop_of(request, shop)
    branches = _branches(request, mine)
    offers = scope.offers_of(branches, ShelvesForm.ids_in(request.POST))
    form = ShelvesForm(request.POST, offers=offers, auto_id="count-%s")
    if not form.is_valid():
        return _page(request, mine, branches, form=form, status=422)
    try:
        counted = counting.count_shelves(
            on_shelf=form.on_shelf, by=scope.member(request), now=timezone.now()
        )
    except (Refused, Stale) as no:
        return _page(request, mine, branches, form=form, message=no.message, status=409)
    sentence = ngettext("%(n)d article counted.", "%(n)d articles counted.", len(counted))
    messages.success(request, sentence % {"n": len(counted)})
    return redirect("retail:shop", mine.slug)


def _branches(request: HttpRequest, shop: Shop) -> list[Branch]:
    return queries.workplaces(scope.my_branches(request).filter(shop=shop))


def _page(
    request: HttpRequest,
    shop: Shop,
    branches: list[Branch],
    *,
    form: ShelvesForm | None = None,
    message: object = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    counted = [offer.pk for offer in form.offers] if form else []
    home = morning.home(branches=branches, now=now, counted=counted)
    if form is None or not form.offers:
        errors = form.non_field_errors() if form else []
        form = ShelvesForm(offers=[each.offer for each in home.worth], auto_id="count-%s")
        message = message or (errors[0] if errors else "")
    is_owner = getattr(shop, "is_owned", False)
    context = {
        "shop": shop,
        "branch": branches[0] if len(branches) == 1 else None,
        "home": home,
        "form": form,
        "rows": [(each, form[form.name_of(each.offer.pk)]) for each in home.worth],
        "message": message,
        "traffic": outward.traffic(shop=shop, now=now) if shop.online_shop else None,
        "is_owner": is_owner,
        "notes": sharing.notes(shop=shop),
        "pays": gateway.is_configured() and is_owner,
        "now": now,
    }
    return render(request, "retail/shop.html", context, status=status)
