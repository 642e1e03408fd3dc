"""A shop's legal texts as everybody reads them. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shops import access
from shops.domain.legal import texts
from shops.enums_legal import LegalKind
from shops.models import Branch, City, LegalText, Shop

#: Last part of the address, German and stable, by kind.
SLUGS = {
    LegalKind.IMPRINT: "impressum",
    LegalKind.TERMS: "agb",
    LegalKind.WITHDRAWAL: "widerrufsbelehrung",
    LegalKind.FORM: "widerrufsformular",
    LegalKind.GUARANTEE: "gewaehrleistung",
    LegalKind.DISPUTE: "streitbeilegung",
}
KINDS = {slug: kind for kind, slug in SLUGS.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """To another text of the shop."""

    title: str
    slug: str


@dataclass(frozen=True, slots=True)
class LegalPage:
    """One text; `text` is None only for the Impressum of a shop that has not told its facts: then
    `places` are what is known of it."""

    shop: Shop
    kind: LegalKind
    text: LegalText | None
    links: Sequence[Link]
    places: Sequence[Branch]
    #: Another version is in force.
    is_old: bool


def page(
    *, city: City, slug: str, kind: LegalKind, language: str, number: int | None, now: datetime
) -> LegalPage | None:
    """A text of a shop everybody may see here, in force or of that number; None where there is
    none. A constant number of queries."""
    shop = access.public_shops(city).filter(slug=slug).first()
    if shop is None:
        return None
    known = texts.current(shop=shop, language=language, on=now)
    found = next((each for each in known if each.kind == kind), None)
    current = found.number if found else None
    if number is not None and number != current:
        found = texts.of_kind(shop=shop, kind=kind, language=language, on=now, number=number)
    if found is None and (kind != LegalKind.IMPRINT or number is not None):
        return None
    places = access.public_branches(city).filter(shop=shop).order_by("name", "pk")
    return LegalPage(
        shop=shop,
        kind=kind,
        text=found,
        links=[
            Link(each.title, SLUGS[LegalKind(each.kind)]) for each in known if each.kind != kind
        ],
        places=[] if found else list(places),
        is_old=found is not None and found.number != current,
    )
