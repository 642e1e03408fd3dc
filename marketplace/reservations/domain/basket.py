"""What a shopper gathers. Claims nothing: stock is taken at checkout, all or nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from marketplace.reservations.models import Basket, BasketLine
from shops import access as shop_access
from shops.models import City, Offer

#: A basket untouched for this long is forgotten (law, retention schedule: 14 days).
KEEP = timedelta(days=14)
#: More different goods than this is not a shopper.
MOST_LINES = 50


def start(*, city: City, now: datetime) -> Basket:
    """A new, empty basket."""
    return Basket.objects.create(city=city, touched_at=now)


@transaction.atomic
def put(*, basket: Basket, offer: Offer, quantity: int, now: datetime) -> BasketLine:
    """Add units of an offer to what is in the basket already. `Refused` above the city's limit."""
    touch(basket=basket, now=now)
    line, created = BasketLine.objects.get_or_create(
        basket=basket, offer=offer, defaults={"quantity": _sane(quantity, basket)}
    )
    if created:
        if basket.lines.count() > MOST_LINES:
            raise Refused(_("Your basket is full. Please reserve first."), code="basket_full")
        return line
    return _write(line, line.quantity + quantity, basket)


@transaction.atomic
def want(*, basket: Basket, offer: Offer, quantity: int, now: datetime) -> BasketLine:
    """At least so many units of an offer: the same button clicked twice counts once.

    `Refused` above the city's limit.
    """
    touch(basket=basket, now=now)
    known = BasketLine.objects.filter(basket=basket, offer=offer).first()
    if known is None:
        return put(basket=basket, offer=offer, quantity=quantity, now=now)
    return known if _sane(quantity, basket) <= known.quantity else _write(known, quantity, basket)


@transaction.atomic
def change(*, basket: Basket, line_id: int, quantity: int, now: datetime) -> None:
    """Set a line's quantity; nought takes it out. A line that is gone already stays gone."""
    touch(basket=basket, now=now)
    if quantity == 0:
        BasketLine.objects.filter(basket=basket, pk=line_id).delete()
        return
    line = BasketLine.objects.filter(basket=basket, pk=line_id).first()
    if line is not None:
        _write(line, quantity, basket)


@transaction.atomic
def fill_again(*, basket: Basket, wanted: Mapping[int, int], now: datetime) -> int:
    """What somebody wanted before, by offer id, as far as it is still offered; how many goods."""
    offers = shop_access.public_offers(basket.city).filter(pk__in=wanted)
    found = list(offers.order_by("pk"))
    for offer in found:
        want(basket=basket, offer=offer, quantity=wanted[offer.pk], now=now)
    return len(found)


def forget_old(*, now: datetime) -> int:
    """Delete baskets nobody has touched for `KEEP`; returns how many."""
    return Basket.objects.filter(touched_at__lt=now - KEEP).delete()[0]


def touch(*, basket: Basket, now: datetime) -> None:
    """RACE: writing the basket's row first lets its changes follow one another."""
    Basket.objects.filter(pk=basket.pk).update(touched_at=now)


def _write(line: BasketLine, quantity: int, basket: Basket) -> BasketLine:
    line.quantity = _sane(quantity, basket)
    BasketLine.objects.filter(pk=line.pk).update(quantity=line.quantity)
    return line


def _sane(quantity: int, basket: Basket) -> int:
    most = basket.city.max_quantity
    if not 1 <= quantity <= most:
        raise Refused(
            _("Please choose a quantity from 1 to %(most)d.") % {"most": most}, code="quantity"
        )
    return quantity
