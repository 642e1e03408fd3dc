"""The way in: my shops, and what must happen now in one of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from marketplace.core.http import access
from marketplace.retail.domain import queries
from marketplace.retail.views import scope


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
    """What must happen now, branch by branch."""
    mine = scope.shop_of(request, shop)
    here = scope.my_branches(request).filter(shop=mine)
    now = timezone.now()
    mornings = queries.mornings(branches=queries.workplaces(here), now=now)
    return render(request, "retail/shop.html", {"shop": mine, "mornings": mornings, "now": now})
