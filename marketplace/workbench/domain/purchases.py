"""Reservations of the demo town that are paid online, one in every state, at the stand-in's pages.

Nothing needs to run: we speak to the stand-in's books directly, at the time that is told about.
"""

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from marketplace.core.domain.history import Actor
from marketplace.core.models import User
from marketplace.payments.checks import STANDIN
from marketplace.payments.domain import inbox, operations, refunds
from marketplace.payments.domain.operations import Ran
from marketplace.payments.enums import RefundReason
from marketplace.payments.models import Payment
from marketplace.reservations.domain import lifecycle, notices, paying
from marketplace.reservations.enums import EndReason, State
from marketplace.reservations.models import Reservation
from marketplace.workbench import town
from marketplace.workbench.domain.lives import KAUFHOF, PORSCHE, VORSFELDE, Desk, post
from shops.domain.imports import apply
from shops.enums import Role
from shops.models import City

_IDS = uuid.UUID("0c8f4c0e-58a1-4e0b-9a51-6f0d3c7e2b90")
#: What stood on the shelf before the town's first count, so that somebody could buy it.
EARLY = "vorratsglas-kork"
SOON = timedelta(minutes=2)
#: The shops could be paid before the first of them was.
ACCOUNTS_SINCE = timedelta(days=60)


class Till:
    """The stand-in of a town that nobody serves, at whatever time is told of."""

    def __init__(self, state: Path, now: datetime, public: str) -> None:
        # Half a second that only the first start needs.
        from marketplace.payments.gateway.stripe_adapter import StripeGateway  # noqa: PLC0415
        from marketplace.workbench.provider.direct import Direct  # noqa: PLC0415
        from marketplace.workbench.provider.store import Store  # noqa: PLC0415

        self.at = now
        self.store = Store(str(state), wall=lambda: self.at.timestamp())
        carrier = Direct(self.store, public)
        self.gateway = StripeGateway(secret_key=STANDIN, http_client=carrier)

    def close(self) -> None:
        self.store.close()

    def work(self, at: datetime) -> None:
        """Both sides do what is due, hear of each other, until nothing is left. Then the mails."""
        from marketplace.payments.gateway.stripe_shapes import event_of  # noqa: PLC0415
        from marketplace.workbench.provider import due, events  # noqa: PLC0415

        self.at = at
        due.run(self.store)
        idle = False
        while not idle:
            idle = operations.run_due(now=at, gateway=self.gateway) == Ran()
            for event in events.take_unsent(self.store):
                inbox.receive(facts=event_of(event), livemode=False, now=at)
            idle &= inbox.run_due(now=at, gateway=self.gateway) == Ran()
        post(at)

    def choose(self, reservation: Reservation, outcome: str, *, at: datetime) -> None:
        """The shopper presses this button on the hosted page."""
        from marketplace.workbench.provider import sessions  # noqa: PLC0415

        self.at = at
        with self.store.transaction():
            sessions.choose(self.store, payment_of(reservation).session_ref, outcome)
        self.work(at)

    def complain(self, reservation: Reservation, *, at: datetime) -> None:
        """The shopper tells the bank that the payment was not in order."""
        from marketplace.workbench.provider import disputes  # noqa: PLC0415

        self.at = at
        with self.store.transaction():
            disputes.start(self.store, payment_of(reservation).intent_ref, "product_unacceptable")
        self.work(at)

    def buy(
        self,
        desk: Desk,
        shopper: int,
        goods: dict[str, int],
        *,
        at: datetime,
        outcome: str = "ok",
    ) -> Reservation:
        """Ordered at this desk, and paid two minutes later."""
        reservation = desk.place(shopper, goods, at=at, pay=True)
        self.work(at)
        self.choose(reservation, outcome, at=at + SOON)
        return reservation

    def ready(self, desk: Desk, reservation: Reservation, *, shelf: str, at: datetime) -> None:
        """Found and set aside; the money comes, and with it the mail."""
        desk.accept(reservation, at=at - SOON)
        desk.ready(reservation, shelf=shelf, at=at)
        self.work(at)
        post(at + SOON)


@contextmanager
def till(state: Path, now: datetime, *, public: str) -> Iterator[Till]:
    """`public`: what browsers will call the stand-in; who is on its page now finds it there."""
    with closing(Till(state, now, public)) as made:
        yield made


def long_ago(*, till: Till, city: City, now: datetime) -> None:
    """Paid, ready, and nobody came, for more than three weeks: the shop has to ask."""
    kaufhof = Desk(city, KAUFHOF, now)
    counted = kaufhof.day(27, 5)
    head, *rows = town.file("haushaltswaren-lindhorst.csv").read_text("utf-8").splitlines(True)
    early = [row for row in rows if row.startswith(EARLY)]
    apply.take(
        content="".join([head, *early]).encode(),
        branch=kaufhof.branch,
        by=Actor.system(),
        now=counted,
        as_of=counted,
        folder=town.PICTURES,
    )
    jar = till.buy(kaufhof, 3, {"LH-VORRAT-10": 1}, at=kaufhof.day(27, 60))
    till.ready(kaufhof, jar, shelf="B7", at=kaufhof.day(27, 90))
    jar.refresh_from_db()
    over = (jar.collect_by or now) + timedelta(minutes=1)
    notices.remind_paid(reservation_id=jar.pk, now=over)
    post(over)


def past_days(*, till: Till, city: City, now: datetime) -> None:
    """Collected, refunded, disputed, called off, lapsed."""
    kaufhof, porsche = Desk(city, KAUFHOF, now), Desk(city, PORSCHE, now)

    # Collected; then the bank was told that something was wrong.
    kettle = till.buy(kaufhof, 1, {"LH-KESSEL-SENF": 1}, at=kaufhof.day(6, 20))
    till.ready(kaufhof, kettle, shelf="B1", at=kaufhof.day(6, 50))
    kaufhof.hand_over(kettle, at=kaufhof.day(5, 30))
    till.complain(kettle, at=kaufhof.day(2, 10))

    # Collected; one of the cups had a crack, and the owner gave its price back.
    cups = till.buy(kaufhof, 0, {"LH-BECHER-SAND": 2, "LH-VORRAT-05": 1}, at=kaufhof.day(5, 60))
    till.ready(kaufhof, cups, shelf="B2", at=kaufhof.day(5, 95))
    kaufhof.hand_over(cups, at=kaufhof.day(4, 40))
    _refund(cups, cups.lines.get(offer__sku="LH-BECHER-SAND").price, at=kaufhof.day(3, 20))
    till.work(kaufhof.day(3, 20))

    # Called off when it was paid and ready: all of it went back.
    pan = till.buy(kaufhof, 2, {"LH-PFANNE-28": 1}, at=kaufhof.day(4, 130))
    till.ready(kaufhof, pan, shelf="B3", at=kaufhof.day(4, 150))
    lifecycle.cancel(
        reservation_id=pan.pk,
        reason=EndReason.SHOPPER,
        by=Actor.shopper(),
        now=kaufhof.day(3, 50),
    )
    till.work(kaufhof.day(3, 50))
    kaufhof.shelve(pan, at=kaufhof.day(3, 70))

    # Never paid: the goods were free again after three quarters of an hour.
    begun = porsche.day(2, 120)
    novel = porsche.place(2, {"SW-10001": 1}, at=begun, pay=True)
    till.work(begun)
    till.work(begun + paying.HOLD)
    novel.refresh_from_db()
    if novel.state != State.EXPIRED:
        raise RuntimeError("an unpaid reservation has not lapsed")


def open_now(*, till: Till, city: City, now: datetime) -> None:
    """Ready, to find, just ordered, and one whose money is being taken."""
    porsche, vorsfelde = Desk(city, PORSCHE, now), Desk(city, VORSFELDE, now)

    # Paid by direct debit, which takes the money at once.
    ready = till.buy(porsche, 0, {"SW-10001": 1}, at=porsche.day(1, 70), outcome="later_ok")
    till.work(porsche.day(1, 80))
    till.ready(porsche, ready, shelf="5", at=porsche.day(1, 100))

    # Paid in the last second of the payment page; to be found now.
    late = till.buy(porsche, 3, {"SW-20010": 1}, at=porsche.ago(60), outcome="last_second")
    till.work(late.placed_at + paying.PAGE_LIVES)
    porsche.accept(late, at=late.placed_at + paying.PAGE_LIVES + SOON)

    till.buy(porsche, 1, {"SW-50002": 1}, at=porsche.ago(18))
    # Somebody is on the payment page right now.
    waiting = porsche.place(2, {"SW-20010": 1}, at=now - SOON, pay=True)
    till.work(waiting.placed_at)

    # Last of all: nobody takes this money until the town is served.
    aside = till.buy(vorsfelde, 1, {"SW-30003": 1}, at=vorsfelde.ago(14))
    vorsfelde.accept(aside, at=vorsfelde.ago(9))
    vorsfelde.ready(aside, shelf="2", at=vorsfelde.ago(6))


def payment_of(reservation: Reservation) -> Payment:
    """The attempt to pay it; each is paid at once here."""
    subject = Reservation.objects.values_list("subject", flat=True).filter(pk=reservation.pk)
    return Payment.objects.get(subject__in=subject)


def _refund(reservation: Reservation, amount: Decimal, *, at: datetime) -> None:
    owner = User.objects.get(memberships__shop_id=reservation.shop_id, memberships__role=Role.OWNER)
    refunds.refund(
        payment_id=payment_of(reservation).pk,
        amount=amount,
        nonce=uuid.uuid5(_IDS, f"refund {reservation.pk}"),
        reason=RefundReason.FAULTY,
        by=Actor.member(owner),
        now=at,
    )
