"""Payments in any state, for tests of pages: reports are handed over, so nobody is called."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from marketplace.core.domain.history import Actor
from marketplace.payments.domain import accounts, booking, outcomes, payments, refunds
from marketplace.payments.enums import (
    AccountState,
    CaptureMode,
    DisputeState,
    PaymentState,
    RefundState,
    WorkState,
)
from marketplace.payments.gateway.port import (
    AccountSnapshot,
    DisputeSnapshot,
    PaymentSnapshot,
    RefundSnapshot,
)
from marketplace.payments.models import Operation, Payment, ProviderAccount, Refund
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.domain import checkout as checkouts
from marketplace.reservations.domain import queries
from marketplace.reservations.enums import Mode
from marketplace.reservations.models import Reservation
from shops.models import Offer, Shop
from tests import tills
from tests.factories import NOW

BY = Actor.shopper()


@contextmanager
def unheard() -> Iterator[None]:
    """Whoever listens to payments hears nothing of these: they pay for nothing."""
    before = list(outcomes._listeners)
    outcomes._listeners[:] = [lambda outcome: None]
    try:
        yield
    finally:
        outcomes._listeners[:] = before


def account(shop: Shop) -> ProviderAccount:
    """A shop's account that can charge."""
    made = accounts.connect(shop_id=shop.pk, livemode=False, by=Actor.system(), now=NOW)
    if made.provider_id:
        return made
    made.operations.all().delete()
    seen = AccountSnapshot(
        provider_id=f"acct_{shop.pk}",
        livemode=False,
        state=AccountState.READY,
        charges_enabled=True,
        payouts_enabled=True,
    )
    return accounts.apply(account_id=made.pk, seen=seen, now=NOW)


def begun(
    shop: Shop,
    amount: str = "30.30",
    *,
    fee: str = "1.52",
    subject: uuid.UUID | None = None,
    now: datetime = NOW,
) -> Payment:
    """Nobody has paid yet."""
    with unheard():
        return payments.begin(
            subject=subject or uuid.uuid4(),
            account_id=account(shop).pk,
            amount=Decimal(amount),
            fee=Decimal(fee),
            title="Bestellung bei Laufwerk",
            language="de",
            success_url="http://testserver/danke/",
            cancel_url="http://testserver/zurueck/",
            expires_at=now + timedelta(minutes=35),
            by=BY,
            now=now,
        )


def paid_for(offer: Offer, quantity: int = 1, *, now: datetime = NOW) -> Reservation:
    """A reservation that somebody has paid for; `reservations` hears of it."""
    tills.open_till(offer.branch.shop)
    basket = baskets.start(city=offer.branch.shop.city, now=now)
    baskets.put(basket=basket, offer=offer, quantity=quantity, now=now)
    placed = checkouts.place(
        basket=basket,
        nonce=uuid.uuid4(),
        seen=queries.seen_token(queries.basket_lines(basket), Mode.PAY),
        shopper=checkouts.Shopper(name="Lena Koch", email=f"{uuid.uuid4()}@example.de"),
        language="de",
        by=BY,
        now=now,
        pay_branch=offer.branch_id,
    )
    made = placed.reservations.get()
    payment = Payment.objects.get(subject=made.subject)
    report(
        payment,
        now=now,
        heard=True,
        state=PaymentState.CAPTURED,
        authorised=payment.amount,
        captured=payment.amount,
        intent_ref=f"pi_{payment.pk}",
        method="card",
        capture_mode=CaptureMode.AT_ONCE,
    )
    made.refresh_from_db()
    return made


def report(
    payment: Payment, *, now: datetime = NOW, heard: bool = False, **changes: Any
) -> Payment:
    """The provider says so; what was to be asked for is done."""
    calls = Operation.objects.filter(payment=payment, state=WorkState.DUE)
    calls.update(state=WorkState.DONE, done_at=now, attempts=1)
    seen = {
        "account": payment.account.provider_id,
        "livemode": False,
        "state": PaymentState(payment.state),
        "session_ref": f"cs_{payment.pk}",
        "authorised": payment.authorised,
        "captured": payment.captured,
    }
    with nullcontext() if heard else unheard():
        return booking.apply(
            payment_id=payment.pk, seen=PaymentSnapshot(**(seen | changes)), now=now
        )


def authorised(shop: Shop, amount: str = "30.30", *, now: datetime = NOW, **rest: Any) -> Payment:
    """The shopper has paid by card, and nothing is taken yet."""
    made = begun(shop, amount, now=now, **rest)
    return report(
        made,
        now=now,
        state=PaymentState.AUTHORISED,
        authorised=made.amount,
        intent_ref=f"pi_{made.pk}",
        method="card",
        capture_mode=CaptureMode.LATER,
    )


def captured(shop: Shop, amount: str = "30.30", *, now: datetime = NOW, **rest: Any) -> Payment:
    """The money is with the shop."""
    made = authorised(shop, amount, now=now, **rest)
    return report(made, now=now, state=PaymentState.CAPTURED, captured=made.amount)


def failed(shop: Shop, amount: str = "30.30", *, now: datetime = NOW) -> Payment:
    """Nobody paid in time."""
    return report(begun(shop, amount, now=now), now=now, state=PaymentState.EXPIRED)


def asked_back(payment: Payment, amount: str = "10.10", *, now: datetime = NOW) -> Refund:
    """The shop wants to give so much back, and nobody has answered yet."""
    return refunds.refund(
        payment_id=payment.pk, amount=Decimal(amount), nonce=uuid.uuid4(), by=BY, now=now
    )


def answered(refund: Refund, state: RefundState = RefundState.DONE, *, now: datetime = NOW) -> None:
    """The provider says what became of a refund of ours."""
    seen = RefundSnapshot(
        provider_id=f"re_{refund.pk}",
        amount=refund.amount,
        state=state,
        reference=str(refund.nonce),
    )
    report(Payment.objects.get(pk=refund.payment_id), now=now, refunds=(seen,))


def disputed(
    payment: Payment, state: DisputeState = DisputeState.OPEN, *, now: datetime = NOW
) -> Payment:
    """The shopper's bank complains, or has decided."""
    seen = DisputeSnapshot(provider_id=f"du_{payment.pk}", amount=payment.captured, state=state)
    return report(payment, now=now, disputes=(seen,))
