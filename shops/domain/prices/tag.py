"""What stands at a price: the one thing that lists, pages, mails and machines tell. Pure.

PAngV § 3 total price; §§ 4, 5 base price; § 6 (1) what it holds; § 7 deposit; § 11 reductions.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from shops.domain import contents
from shops.domain.contents import BasePrice
from shops.domain.prices import binding, tax
from shops.enums import TaxClass
from shops.models import Offer, Shop


@dataclass(frozen=True, slots=True)
class Deposit:
    """What comes back with the empty container or the old battery, EUR. Never part of the price."""

    amount: Decimal
    kind: str

    @property
    def mark(self) -> str:
        """LAW: the word that stands beside it, no smaller than the price (VerpackDG § 47)."""
        return self.kind if self.kind in ("EINWEG", "MEHRWEG") else ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A gross price in EUR with everything that must or may stand beside it."""

    amount: Decimal
    tax_class: TaxClass
    base: BasePrice | None = None
    #: Loose goods: what the amount is for, `kg` or `100 g`; else empty.
    per: str = ""
    deposit: Deposit | None = None
    #: LAW: lowest price of the 30 days before the reduction that is announced.
    reference: Decimal | None = None
    #: Recommended by the manufacturer; only where it is more than the price.
    recommended: Decimal | None = None
    energy_class: str = ""
    #: Of its scale, `A-G`.
    energy_range: str = ""
    #: LAW: fixed by the publisher.
    is_bound: bool = False

    @property
    def percent_off(self) -> int | None:
        """Whole percent below the reference, rounded down; never typed (CJEU C-330/23)."""
        if self.reference is None:
            return None
        share = (self.reference - self.amount) * 100 / self.reference
        return int(share.to_integral_value(rounding=ROUND_DOWN)) or None

    @property
    def shows_tax(self) -> bool:
        """Whether VAT is in it; a small business says that there is none (UStG § 19)."""
        return self.tax_class != TaxClass.EXEMPT


def of(offer: Offer, *, shop: Shop, on: date) -> Tag:
    """The price of an offer (its variant loaded) as it is told on a day."""
    variant = offer.variant
    base = contents.base_price(
        offer.price,
        variant.drained_amount or variant.content_amount,
        variant.content_unit,
        is_exempt=bool(variant.no_base_price) or variant.is_loose,
    )
    deposit = None
    if variant.deposit_amount is not None:
        deposit = Deposit(variant.deposit_amount, variant.deposit_kind)
    recommended = offer.recommended_price
    return Tag(
        amount=offer.price,
        tax_class=tax.class_of(variant, shop=shop, on=on),
        base=base,
        per=contents.loose(variant.content_amount, variant.content_unit)
        if variant.is_loose
        else "",
        deposit=deposit,
        reference=offer.reference_price,
        recommended=recommended if recommended and recommended > offer.price else None,
        energy_class=variant.energy_class,
        energy_range=variant.energy_range,
        is_bound=binding.is_bound(variant),
    )
