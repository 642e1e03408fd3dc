"""The shop's receipts, for its owner: the list, a paper, a year for the tax adviser."""

import tempfile

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from marketplace.core.errors import Stale
from marketplace.core.http import access
from marketplace.reservations import access as reservation_access
from marketplace.reservations.domain.receipts import papers, years
from marketplace.reservations.domain.receipts import queries as reading
from marketplace.reservations.models import Series
from marketplace.retail.forms.receipts import ReceiptsForm
from marketplace.retail.views import scope

#: Larger archives are written to disk while they are made.
IN_MEMORY = 4 * 2**20


@access("owner", obj="shop")
def listing(request: HttpRequest, shop: str) -> HttpResponse:
    """A year's documents with search, and whether the year's numbers are all there."""
    mine = scope.owned_shop_of(request, shop)
    known = reading.years(mine.pk)
    year, text, page = ReceiptsForm(request.GET).chosen([each.year for each in known])
    rows = reservation_access.shop_receipts([mine])
    found, documents = reading.listing(rows, year=year, text=text, page=page)
    context = {
        "shop": mine,
        "years": known,
        "chosen": next((each for each in known if each.year == year), None),
        "page": found,
        "documents": documents,
        "text": text,
    }
    return render(request, "retail/receipts.html", context)


@access("owner", obj="receipt")
def paper(request: HttpRequest, shop: str, number: str) -> HttpResponse:
    """One document as PDF/A."""
    mine = scope.owned_shop_of(request, shop)
    receipt = get_object_or_404(reservation_access.shop_receipts([mine]), number=number)
    try:
        content = papers.read(receipt)
    except Stale:
        raise Http404 from None
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{receipt.number}.pdf"'},
    )


@access("owner", obj="shop")
def year(request: HttpRequest, shop: str, year: int) -> HttpResponseBase:
    """All documents of a year with tables and a manifest, as one ZIP."""
    mine = scope.owned_shop_of(request, shop)
    series = get_object_or_404(Series, shop=mine, year=year)
    # The response closes it when it has been sent.
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    years.write(series=series, into=file)
    file.seek(0)
    name = f"{series.prefix}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@access("owner", obj="shop")
def procedure(request: HttpRequest, shop: str) -> HttpResponse:
    """How documents come to be, are kept and are deleted here (Verfahrensdokumentation)."""
    mine = scope.owned_shop_of(request, shop)
    return render(request, "retail/receipts_procedure.html", {"shop": mine})
