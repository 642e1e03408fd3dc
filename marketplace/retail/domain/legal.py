"""The owner's room for what the law wants said of a shop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.core.domain.history import Actor
from marketplace.payments.domain import accounts
from shops import access
from shops.domain.legal import facts, texts
from shops.domain.legal.written import LANGUAGES
from shops.models import LegalText, Shop, ShopLegal, VatCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Everything the page shows. `legal` is unsaved where the shop has told nothing yet."""

    shop: Shop
    legal: ShopLegal
    missing: Sequence[Any]
    texts: Sequence[LegalText]
    vat: VatCheck | None


def room(*, shop: Shop, language: str, now: datetime) -> Room:
    """Read it all; a constant number of queries."""
    legal = facts.of(shop) or facts.begun(shop=shop)
    return Room(
        shop=shop,
        legal=legal,
        missing=facts.missing(shop),
        texts=texts.current(shop=shop, language=language, on=now),
        vat=facts.last_check(shop=shop, vat_id=legal.vat_id),
    )


def save(*, shop: Shop, said: Mapping[str, Any], is_trader: bool, by: Actor, now: datetime) -> None:
    """What the owner says; it may be all that kept the shop from being paid online."""
    facts.save(shop=shop, said=said, is_trader=is_trader, by=by, now=now)
    accounts.tell(shop_id=shop.pk, now=now)


def versions(*, shop: Shop) -> list[tuple[str, list[LegalText]]]:
    """All versions by language, the youngest of each kind first. One query."""
    rows = list(access.shop_texts(shop).order_by("kind", "-number").defer("body"))
    return [(each, [row for row in rows if row.language == each]) for each in LANGUAGES]
