"""Withdrawals as tests make them: declared, found, answered."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from marketplace.core.domain.history import Actor
from marketplace.core.models import Notice
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.domain.withdrawal import answer, declare, payload
from marketplace.reservations.domain.withdrawal.answer import Back
from marketplace.reservations.models import Reservation, Withdrawal
from tests import money
from tests.factories import NOW

SHOPPER = Actor.shopper()


def said(*, goods: dict[int, int] | None = None, **fields: Any) -> payload.Said:
    """The whole order, or so many of each line id."""
    plain = {
        "name": "Lena Koch",
        "email": "lena.koch@example.de",
        "contract": "an order",
        "is_whole": goods is None,
        "goods": tuple(
            payload.Goods(line=pk, title="Laufschuh", units=units)
            for pk, units in (goods or {}).items()
        ),
    }
    return payload.Said(**(plain | fields))


def declared(
    pk: int,
    *,
    goods: dict[int, int] | None = None,
    now: datetime = NOW,
    nonce: uuid.UUID | None = None,
    language: str = "de",
    **fields: Any,
) -> Withdrawal:
    """From the secret link of a reservation's order."""
    reservation = Reservation.objects.select_related("checkout__city").get(pk=pk)
    made = declare.declare(
        city=reservation.checkout.city,
        said=said(goods=goods, **fields),
        nonce=nonce or uuid.uuid4(),
        language=language,
        by=SHOPPER,
        now=now,
        checkout=reservation.checkout,
    )
    return Withdrawal.objects.get(declaration=made)


def unlinked(city: Any, contract: str, *, now: datetime = NOW, **fields: Any) -> Withdrawal:
    """From the form that everybody finds in the footer."""
    made = declare.declare(
        city=city,
        said=said(contract=contract, **fields),
        nonce=uuid.uuid4(),
        language="de",
        by=SHOPPER,
        now=now,
    )
    return Withdrawal.objects.get(declaration=made)


def ready(desk: money.Desk, quantity: int = 2) -> int:
    """Paid, confirmed by mail, found and in its compartment."""
    pk = desk.paid(quantity)
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()
    money.confirm(NOW)
    return pk


def collected(desk: money.Desk, quantity: int = 2, *, now: datetime = NOW) -> int:
    """The same, and handed over."""
    pk = ready(desk, quantity)
    lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=now)
    return pk


def accepted(
    desk: money.Desk,
    withdrawal: Withdrawal,
    units: int,
    *,
    shelved: int = 0,
    reason: str = "",
    now: datetime = NOW,
    after: timedelta = timedelta(),
) -> Withdrawal:
    """The shop takes so many units of the only line back, and the money moves."""
    pk = withdrawal.reservation_id
    answer.accept(
        withdrawal_id=withdrawal.pk,
        back={money.line(pk).pk: Back(units=units, shelved=shelved)},
        reason=reason,
        by=desk.clerk,
        now=now,
    )
    desk.work(after=after)
    return Withdrawal.objects.get(pk=withdrawal.pk)


def letters(withdrawal: Withdrawal) -> list[str]:
    rows = Notice.objects.filter(subject=f"withdrawal:{withdrawal.pk}").order_by("pk")
    return [kind.removeprefix("reservations.") for kind in rows.values_list("kind", flat=True)]
