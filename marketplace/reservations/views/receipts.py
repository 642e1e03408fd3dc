"""What a shop gives for money, behind the secret link: papers, and an invoice on wish."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.reservations import access as allowed
from marketplace.reservations import forms
from marketplace.reservations.domain import links
from marketplace.reservations.domain.receipts import issuing, papers
from marketplace.reservations.domain.receipts import queries as reading
from marketplace.reservations.models import Checkout
from marketplace.reservations.views.answers import see_other
from marketplace.reservations.views.status import reservation_of, with_checkout


@access("shopper", obj="reservation")
@with_checkout
def paper(request: HttpRequest, checkout: Checkout, pk: int, number: str) -> HttpResponse:
    """A receipt, invoice or correction as PDF/A."""
    reservation_of(checkout, pk)
    receipt = get_object_or_404(allowed.checkout_receipts(checkout), number=number)
    try:
        content = papers.read(receipt)
    except Stale:
        raise Http404 from None
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{receipt.number}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@access("shopper", methods=("GET", "POST"), obj="reservation")
@with_checkout
def invoice(request: HttpRequest, checkout: Checkout, pk: int) -> HttpResponse:
    """GET asks for name and address, POST writes the invoice, once."""
    reservation = reservation_of(checkout, pk)
    receipt = reading.to_be_invoiced(allowed.checkout_receipts(checkout).filter(reservation=pk))
    form = forms.AddressForm(request.POST or None)
    message, status = None, 200
    if request.method == "POST" and receipt is None:
        return see_other("reservations:invoice", links.token(checkout), pk)
    if request.method == "POST" and receipt is not None:
        if form.is_valid():
            try:
                address = issuing.Address(**form.cleaned_data)
                issuing.invoice(receipt_id=receipt.pk, address=address, now=timezone.now())
            except Refused as no:
                message, status, receipt = no.message, 409, None
            else:
                return see_other("reservations:invoice", links.token(checkout), pk)
        else:
            status = 422
    context = {
        "reservation": reservation,
        "token": links.token(checkout),
        "receipt": receipt,
        "documents": reading.of([reservation]).get(pk, []),
        "form": form,
        "message": message,
    }
    return render(request, "reservations/invoice.html", context, status=status)
