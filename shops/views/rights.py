"""What everybody has a right to, whoever sells (law A14)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.core.http import access, public_page
from shops.views import heads
from shops.views.goods import FRESH_TEXT


@access("public")
@public_page(FRESH_TEXT)
def guarantee(request: HttpRequest) -> HttpResponse:
    """The notice on the statutory guarantee, and where one complains."""
    return render(request, "shops/guarantee.html", {"meta": heads.guarantee(request)})
