"""Shops that are paid online, and what the provider says of a payment, for tests above payments.

No provider is talked to: its reports are applied as if they had been fetched.
"""

import itertools
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from marketplace.core.domain import notices
from marketplace.core.domain.history import Actor
from marketplace.core.models import Notice
from marketplace.payments.domain import accounts, booking, queries
from marketplace.payments.enums import AccountState, CaptureMode, PaymentState
from marketplace.payments.gateway.port import AccountSnapshot, PaymentSnapshot, RefundSnapshot
from marketplace.payments.models import Operation, Payment, ProviderAccount
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.domain import checkout as checkouts
from marketplace.reservations.domain import contracts
from marketplace.reservations.domain import queries as reservation_queries
from marketplace.reservations.enums import Mode
from marketplace.reservations.models import Reservation
from shops.models import Offer, Shop, ShopLegal
from tests import factories
from tests.factories import NOW

#: What the pages ask for before they say a word of paying.
SETTINGS = {"STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_API_BASE": "http://127.0.0.1:9"}

_numbers = itertools.count(1)


def open_till(shop: Shop, *, now: datetime = NOW) -> ProviderAccount:
    """The shop can be paid online from now on."""
    shop.email = shop.email or "laden@example.de"
    Shop.objects.filter(pk=shop.pk).update(email=shop.email)
    if not ShopLegal.objects.filter(shop=shop).exists():
        factories.legal(shop)
    account = accounts.connect(shop_id=shop.pk, livemode=False, by=Actor.system(), now=now)
    account.operations.all().delete()
    seen = AccountSnapshot(
        provider_id=f"acct_{next(_numbers)}",
        livemode=False,
        state=AccountState.READY,
        charges_enabled=True,
        payouts_enabled=True,
    )
    account = accounts.apply(account_id=account.pk, seen=seen, now=now)
    shop.refresh_from_db()
    assert shop.pay_open_since is not None
    return account


def ordered(offer: Offer, quantity: int = 1, *, now: datetime = NOW, **fields: Any) -> Reservation:
    """Placed to be paid online, and not paid yet."""
    plain = {"name": "Lena Koch", "email": "lena.koch@example.de", "language": "en"} | fields
    basket = baskets.start(city=offer.branch.shop.city, now=now)
    baskets.put(basket=basket, offer=offer, quantity=quantity, now=now)
    checkout = checkouts.place(
        basket=basket,
        nonce=uuid.uuid4(),
        seen=reservation_queries.seen_token(reservation_queries.basket_lines(basket), Mode.PAY),
        shopper=checkouts.Shopper(name=plain["name"], email=plain["email"]),
        language=plain["language"],
        by=Actor.shopper(),
        now=now,
        pay_branch=offer.branch_id,
    )
    return checkout.reservations.select_related("branch", "shop", "checkout").get()


def payment_of(reservation: Reservation) -> Payment:
    payment = queries.last_of(reservation.subject)
    assert payment is not None
    return payment


def say(
    reservation: Reservation,
    state: PaymentState,
    *,
    captured: Decimal | None = None,
    refunds: tuple[RefundSnapshot, ...] = (),
    now: datetime = NOW,
) -> None:
    """The provider reports where the payment stands."""
    payment = payment_of(reservation)
    taken = state == PaymentState.CAPTURED
    money = state in (PaymentState.AUTHORISED, PaymentState.CAPTURED)
    amount = payment.capture_asked or payment.amount
    seen = PaymentSnapshot(
        account=payment.account.provider_id,
        livemode=False,
        state=state,
        session_ref=f"cs_{payment.pk}",
        intent_ref="" if state == PaymentState.OPEN else f"pi_{payment.pk}",
        page_url=f"https://pay.example/cs_{payment.pk}" if state == PaymentState.OPEN else "",
        authorised=payment.amount if money else Decimal(0),
        captured=(captured or amount) if taken else Decimal(0),
        method="card" if money else "",
        capture_mode=CaptureMode.LATER if money else None,
        refunds=refunds,
    )
    # The call that opens the page has been made long since.
    Operation.objects.filter(payment=payment, kind="OPEN_CHECKOUT", state="DUE").update(
        state="DONE", done_at=now, attempts=1
    )
    booking.apply(payment_id=payment.pk, seen=seen, now=now)
    reservation.refresh_from_db()


def confirm(reservation: Reservation, *, now: datetime = NOW) -> Reservation:
    """The mail that confirms the contract goes out."""
    for notice in Notice.objects.queued().filter(
        kind=contracts.KIND, subject=f"reservation:{reservation.pk}"
    ):
        state = notices.send_one(notice_id=notice.pk, now=max(now, notice.not_before))
        assert state == "SENT", notice.pk
    reservation.refresh_from_db()
    return reservation


def authorised(offer: Offer, quantity: int = 1, **fields: Any) -> Reservation:
    """Ordered, and the money is promised."""
    reservation = ordered(offer, quantity, **fields)
    say(reservation, PaymentState.AUTHORISED)
    return reservation
