"""Prices that are told beside ours and are none of ours: what a manufacturer recommends.

LAW: a recommended price is labelled as one and names where it stands; struck through like a former
price it would set off PAngV § 11 (LG Düsseldorf on UVP). What a file calls "compare at" or list
price may be either: it stays with the shop until somebody says which.
"""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from shops.domain.prices import amounts
from shops.models import Offer

#: As long as the column.
LONGEST = 120


def recommend(*, offer: Offer, price: Decimal | None, source: str) -> None:
    """Say what the manufacturer recommends, in EUR, and where that is written; None takes it back.

    Answers what a file claimed, too. `Refused` without a source.
    """
    where = " ".join(source.split())[:LONGEST]
    if price is not None and not where:
        raise Refused(
            _("Please say where the manufacturer recommends this price."), code="no_source"
        )
    amount = None if price is None else amounts.sane(price)
    Offer.objects.filter(pk=offer.pk).update(
        recommended_price=amount,
        recommended_source="" if amount is None else where,
        claimed_price=None,
    )


def forget_claim(*, offer: Offer) -> None:
    """What the file called a former price is told to nobody."""
    Offer.objects.filter(pk=offer.pk).update(claimed_price=None)
