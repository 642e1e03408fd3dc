"""What was agreed when something was ordered online: the seller's texts in the versions of that
moment, in the language of the order and in German, which governs (law A16)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from marketplace.reservations.models import AgreedText, Checkout
from shops.domain.legal import texts
from shops.models import LegalText, Shop

#: LAW: of two versions of a text in two languages this one holds; the other says so.
GOVERNING = "de"


@dataclass(frozen=True, slots=True)
class Agreed:
    """The texts of one checkout, in the order in which they are told."""

    #: In the language of the checkout.
    texts: Sequence[LegalText] = ()
    #: The same in German where the checkout was made in another language; they govern.
    governing: Sequence[LegalText] = field(default_factory=list)


def keep(*, checkout: Checkout, shops: Sequence[Shop], now: datetime) -> None:
    """Note which texts of these sellers hold for a checkout, in the caller's transaction."""
    rows = [
        AgreedText(checkout=checkout, text=text)
        for shop in shops
        for language in dict.fromkeys((checkout.language, GOVERNING))
        for text in texts.current(shop=shop, language=language, on=now)
    ]
    AgreedText.objects.bulk_create(rows)


def latest(shops: Iterable[int]) -> list[str]:
    """A word for each of these shops that changes with any of its texts. One query."""
    texts_of = LegalText.objects.filter(shop__in=list(shops))
    newest = texts_of.values_list("shop_id").annotate(newest=Max("pk")).order_by("shop_id")
    return [f"texts of {shop}: {text}" for shop, text in newest]


def of(checkout: Checkout) -> Agreed:
    """What was kept; nothing for a checkout that is no contract. One query."""
    rows = AgreedText.objects.filter(checkout=checkout).select_related("text").order_by("pk")
    kept = [row.text for row in rows]
    other = checkout.language != GOVERNING
    return Agreed(
        texts=[text for text in kept if text.language == checkout.language],
        governing=[text for text in kept if other and text.language == GOVERNING],
    )
