"""What hangs in the shop."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.core import official, pdf
from marketplace.core.http import access
from marketplace.retail.domain import queries
from marketplace.retail.views import scope
from shops.models import Shop

#: LAW: the notice hangs in German, whatever language its reader works in (law A14).
POSTED_IN = "de"


@access("member", obj="shop")
def guarantee(request: HttpRequest, shop: str) -> HttpResponse:
    """The notice on the statutory guarantee, A4, to print. LAW: it has to hang where a contract is
    made, and for what is only reserved that is the shop (law A14)."""
    mine = scope.shop_of(request, shop)
    branches = queries.workplaces(scope.my_branches(request).filter(shop=mine))
    with translation.override(POSTED_IN):
        content = pdf.render(
            template="retail/guarantee.typ",
            data=_data(mine, [f"{each.street}, {each.postcode} {each.town}" for each in branches]),
            now=timezone.now(),
        )
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="gewaehrleistung.pdf"'},
    )


def _data(shop: Shop, places: list[str]) -> dict[str, object]:
    drawing = official.find("GUARANTEE_NOTICE")
    return {
        "title": _("Statutory guarantee"),
        "author": shop.name,
        "lead": _(
            "For goods bought in the European Union the seller answers for at least two years."
        ),
        "points": [
            _(
                "If they do not work, are not as described or not as one may expect, you have the"
                " right to a repair or a replacement, free of charge. You choose."
            ),
            _(
                "If that is not possible or does not help, you can get a part of the price back, or"
                " give the goods back for all of your money."
            ),
            _(
                "Please turn to the seller. A guarantee of the manufacturer comes on top, and takes"
                " none of these rights away."
            ),
        ],
        "own_words": _(
            "This sheet says in our words what the official notice of the European Union says. It"
            " does not take its place: please hang that one as soon as you have it."
        ),
        "shop": shop.name,
        "place": " · ".join(places),
        "svg": drawing.svg if drawing else "",
    }
