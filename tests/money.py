"""Paid reservations: an account, a provider in a file, and what both sides say afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from marketplace.core.domain import notices
from marketplace.core.domain.history import Actor
from marketplace.core.models import Notice
from marketplace.operations.domain import audit
from marketplace.payments.domain import booking, operations, payments
from marketplace.payments.enums import CaptureMode, PaymentState
from marketplace.payments.gateway.port import EventFacts, PaymentSnapshot
from marketplace.payments.models import Payment
from marketplace.reservations.domain import contracts, tick
from marketplace.reservations.models import Line, Reservation
from shops.models import Offer
from tests import factories
from tests.factories import NOW
from tests.payments.fake import FakeGateway
from tests.tills import open_till

ZERO = Decimal("0.00")


def payment_of(reservation_id: int) -> Payment:
    """Its only payment."""
    subject = Reservation.objects.values_list("subject", flat=True).get(pk=reservation_id)
    return Payment.objects.get(subject=subject)


def report(reservation_id: int, state: PaymentState) -> None:
    """The payment is where the provider says it is."""
    payment = payment_of(reservation_id)
    captured = payment.amount if state == PaymentState.CAPTURED else ZERO
    authorised = payment.amount if state == PaymentState.AUTHORISED else captured
    booking.apply(
        payment_id=payment.pk,
        seen=PaymentSnapshot(
            account=payment.account.provider_id,
            livemode=False,
            currency="eur",
            state=state,
            session_ref=f"cs_{payment.pk}",
            intent_ref=f"pi_{payment.pk}",
            authorised=authorised,
            captured=captured,
            method="card",
            capture_mode=CaptureMode.LATER,
        ),
        now=NOW,
    )


def desk(folder: Path, *, count: int = 5, **fields: Any) -> "Desk":
    """A shop that accepts by itself and takes payments, and its provider; needs real commits,
    because nobody may be called inside a transaction."""
    branch = factories.branch(factories.shop(factories.city(), **({"auto_accept": True} | fields)))
    open_till(branch.shop)
    return Desk(factories.offer(branch, count=count), FakeGateway(folder))


def event(payment: Payment, name: str, *, now: datetime = NOW) -> EventFacts:
    """The provider tells that something has happened to it."""
    return EventFacts(
        provider_id=f"evt_{name}",
        kind="checkout.session.completed",
        account=payment.account.provider_id,
        object_kind="checkout.session",
        object_ref=payment.session_ref,
        intent_ref="",
        livemode=False,
        made_at=now,
        reference=f"payment-{payment.pk}",
    )


@dataclass
class Desk:
    """A shop that takes payments, its provider, and what one does again and again."""

    offer: Offer
    gateway: FakeGateway
    clerk: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.shop = self.offer.branch.shop
        self.clerk = Actor.member(factories.member(self.shop))

    def place(self, quantity: int = 2) -> int:
        """A paid reservation that waits for its payment, its page open; the id."""
        pk = factories.reservation((self.offer, quantity), pay=True).pk
        self.work()
        return pk

    def paid(self, quantity: int = 2) -> int:
        """The same, and the shopper has paid by card."""
        pk = self.place(quantity)
        self.pays(pk)
        return pk

    def pays(self, pk: int, *, at_once: bool = False, after: timedelta = timedelta()) -> None:
        """At the provider's page, and we hear of it."""
        payment = payment_of(pk)
        act: Callable[[str, Decimal], PaymentSnapshot] = (
            self.gateway.pay if at_once else self.gateway.authorise
        )
        act(payment.session_ref, payment.amount)
        self.look(pk, after=after)

    def look(self, pk: int, *, after: timedelta = timedelta()) -> None:
        """We ask the provider where it stands."""
        payments.look(payment_id=payment_of(pk).pk, now=NOW + after)
        self.work(after=after)

    def work(self, *, after: timedelta = timedelta()) -> None:
        """The lanes, until nothing more is due at that moment."""
        while operations.run_due(now=NOW + after, gateway=self.gateway) != operations.Ran():
            pass
        confirm(NOW + after)

    def time(self, after: timedelta) -> datetime:
        """The clock's round at that moment, and the lanes after it."""
        tick.run(now=NOW + after)
        self.work(after=after)
        return NOW + after

    def see(self, pk: int) -> Reservation:
        return Reservation.objects.get(pk=pk)

    def books(self, pk: int) -> PaymentSnapshot:
        """What the provider says of it."""
        return self.gateway.now(payment_of(pk).session_ref)


# What is there afterwards ----------------------------------------------------------------------


def free(desk: Desk) -> int | None:
    return Offer.objects.get(pk=desk.offer.pk).free


def mails(pk: int) -> list[str]:
    rows = Notice.objects.filter(subject=f"reservation:{pk}").order_by("pk")
    return [kind.removeprefix("reservations.") for kind in rows.values_list("kind", flat=True)]


def confirm(now: datetime) -> None:
    """Mails that confirm contracts go out, also those that wait for their minute."""
    for pk in list(
        Notice.objects.queued().filter(kind=contracts.KIND).values_list("pk", flat=True)
    ):
        notices.send_one(notice_id=pk, now=now + notices.LEASE)


def line(pk: int) -> Line:
    return Line.objects.get(reservation_id=pk)


def in_order(*, now=NOW + timedelta(days=30)) -> None:
    assert audit.run(now=now).violations == []
