"""Online payment: a shop's own account at the provider. For its owners, where there is one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core import accounts as people
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import absolute, access
from marketplace.payments import gateway
from marketplace.payments.domain import accounts, onboarding
from marketplace.payments.gateway.port import Gateway
from marketplace.retail.domain import paying
from marketplace.retail.forms.paying import GoForm
from marketplace.retail.views import scope
from shops.models import Shop


@access("owner", obj="shop")
def room(request: HttpRequest, shop: str) -> HttpResponse:
    """Where the account stands and what to do next. The provider sends people whose link has run
    out here: only the button makes a new one."""
    mine, _provider = _mine(request, shop)
    return _page(request, mine, is_expired="abgelaufen" in request.GET)


@access("owner", methods=("POST",), obj="shop")
def go(request: HttpRequest, shop: str) -> HttpResponse:
    """On to the provider's own pages; the account is asked for if there is none yet."""
    mine, provider = _mine(request, shop)
    form = GoForm(request.POST)
    new = form.is_valid() and form.cleaned_data["new"]
    here, now = reverse("retail:paying", args=[mine.slug]), timezone.now()
    if not new and not mine.city.pay_open and not paying.open_accounts(shop=mine):
        return _page(request, mine, message=_("Your city offers no online payment."), status=409)
    account = paying.account_for(
        shop=mine, new=new, gateway=provider, by=scope.member(request), now=now
    )
    if account is None:
        return _page(request, mine, message=_("No change is waiting any more."), status=409)
    try:
        link = onboarding.link(
            account_id=account.pk,
            gateway=provider,
            return_url=absolute(request, reverse("retail:paying_back", args=[mine.slug])),
            refresh_url=absolute(request, f"{here}?abgelaufen=1"),
            now=now,
        )
    except Refused as no:
        return _page(request, mine, message=no.message, status=503)
    answer = render(request, "retail/paying_go.html", {"shop": mine, "link": link})
    # SECURITY: no redirect: browsers hold our form-action against where it leads (reliability F18).
    answer["Refresh"] = f"0; url={link}"
    return answer


@access("owner", obj="shop")
def back(request: HttpRequest, shop: str) -> HttpResponse:
    """The owner comes back, or wants to know: ask the provider how far it is."""
    mine, provider = _mine(request, shop)
    now = timezone.now()
    heard = [
        onboarding.look(account_id=each.pk, gateway=provider, now=now)
        for each in paying.open_accounts(shop=mine)
    ]
    if not all(heard):
        messages.warning(
            request, _("Stripe does not answer at the moment. This is what we heard last.")
        )
    return redirect("retail:paying", mine.slug)


@access("owner", methods=("GET", "POST"), obj="shop")
def change(request: HttpRequest, shop: str) -> HttpResponse:
    """Another account: only for who has just shown who they are."""
    mine, _provider = _mine(request, shop)
    # SECURITY: an open browser at the counter must not be enough to send the money elsewhere.
    if not people.is_fresh(request):
        return people.confirm_first(request)
    if request.method == "POST":
        try:
            accounts.change(shop_id=mine.pk, by=scope.member(request), now=timezone.now())
        except Refused as no:
            return _page(request, mine, message=no.message, status=409)
        messages.success(request, _("The change is noted. All owners get a mail."))
        return redirect("retail:paying", mine.slug)
    hours = int(accounts.WAIT.total_seconds() // 3600)
    return render(request, "retail/paying_change.html", {"shop": mine, "hours": hours})


@access("owner", methods=("POST",), obj="shop")
def stop(request: HttpRequest, shop: str) -> HttpResponse:
    """Any owner may stop a change, however they signed in."""
    mine, _provider = _mine(request, shop)
    by, now = scope.member(request), timezone.now()
    waiting = [each for each in paying.open_accounts(shop=mine) if each.takes_over_at]
    try:
        for each in waiting:
            accounts.stop(account_id=each.pk, by=by, now=now)
    except Stale as no:
        return _page(request, mine, message=no.message, status=409)
    messages.success(request, _("The change is stopped. Your account stays as it was."))
    return redirect("retail:paying", mine.slug)


def _mine(request: HttpRequest, shop: str) -> tuple[Shop, Gateway]:
    """The owner's shop and the provider; without one nothing here exists."""
    mine, provider = scope.owned_shop_of(request, shop), gateway.configured()
    if provider is None:
        raise Http404
    return mine, provider


def _page(
    request: HttpRequest,
    shop: Shop,
    *,
    message: object = "",
    is_expired: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "shop": shop,
        "room": paying.room(shop=shop),
        "message": message,
        "is_expired": is_expired,
        "now": timezone.now(),
    }
    return render(request, "retail/paying.html", context, status=status)
