"""What a shopper makes of goods the shop did not find: leave them out, or take them elsewhere."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.reservations.domain import checkout as checkouts
from marketplace.reservations.domain import notices
from marketplace.reservations.enums import Choice
from marketplace.reservations.models import Checkout, Line, Reservation
from shops import access as shop_access

#: A choice stands open this long after its reservation ended; then the goods are left out.
OPEN_FOR = timedelta(days=1)


@transaction.atomic
def drop(*, checkout: Checkout, line_id: int, by: Actor, now: datetime) -> None:
    """The shopper does without the missing units."""
    line = _decide(checkout, line_id, Choice.DROPPED)
    _record("reservation.drop", line, by, now)


@transaction.atomic
def take_elsewhere(
    *, checkout: Checkout, line_id: int, offer_id: int, by: Actor, now: datetime
) -> Reservation:
    """Reserve the missing units at another branch: new claim and old end in one transaction.

    `Refused` when they are not there either; then the choice stays open.
    """
    line = _decide(checkout, line_id, Choice.MOVED)
    offer = (
        shop_access.public_offers(checkout.city)
        .filter(pk=offer_id, variant_id=line.offer.variant_id)
        .exclude(pk=line.offer_id)
        .select_related("branch__shop", "variant__product__category")
        .first()
    )
    if offer is None:
        raise Refused(_("This shop no longer offers these goods."), code="offer_gone")
    reservations = checkouts.add_reservations(
        checkout=checkout, wanted=[checkouts.Wanted(offer, line.missing)], by=by, now=now
    )
    _record("reservation.move", line, by, now)
    notices.placed(checkout=checkout, reservations=reservations, now=now)
    return reservations[0]


def drop_silent(*, now: datetime) -> int:
    """The fair default for those who say nothing: the missing goods are left out."""
    old = Q(reservation__ended_at__lt=now - OPEN_FOR)
    return Line.objects.filter(old, choice=Choice.OPEN).update(choice=Choice.DROPPED)


def _decide(checkout: Checkout, line_id: int, choice: Choice) -> Line:
    # RACE: the open choice is the condition; a second click finds no row.
    mine = Line.objects.filter(pk=line_id, reservation__checkout=checkout)
    if not mine.filter(choice=Choice.OPEN).update(choice=choice):
        raise Stale(_("You have decided about these goods already."), code="decided")
    return mine.select_related("offer", "reservation").get()


def _record(verb: str, line: Line, by: Actor, now: datetime) -> None:
    history.record(
        verb=verb,
        subject=f"reservation:{line.reservation_id}",
        scope=f"shop:{line.reservation.shop_id}",
        by=by,
        now=now,
        data={"line": line.pk},
    )
