"""A contract on paper, where its mail does not reach the shopper."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Stale
from marketplace.core.http import access
from marketplace.reservations.domain import agreed, contracts, queries
from marketplace.reservations.enums import Mode
from marketplace.retail.views import pages, scope


@access("member", methods=("GET", "POST"), obj="reservation")
def contract(request: HttpRequest, shop: str, branch: str, reservation: int) -> HttpResponse:
    """GET shows what is to be printed; POST says that the shopper has got it."""
    here = scope.branch_of(request, shop, branch)
    row = scope.reservation_of(here, reservation)
    if row.mode != Mode.PAY:
        raise Http404
    if request.method == "POST":
        try:
            contracts.hand_over_on_paper(
                reservation_id=row.pk, by=scope.member(request), now=timezone.now()
            )
        except Stale as no:
            return pages.sheet(request, here, row.pk, message=no.message, status=409)
        messages.success(request, _("Noted. The goods can be handed over now."))
        return redirect("retail:reservation", shop, branch, row.pk)
    found = queries.with_lines(type(row).objects.filter(pk=row.pk)).get()
    context = {
        "branch": here,
        "reservation": found,
        "agreed": agreed.of(found.checkout),
        "waits": contracts.waits_for_confirmation(found),
    }
    return render(request, "retail/contract.html", context)
