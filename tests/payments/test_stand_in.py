"""The whole way of the money over HTTP: our domain, the real SDK, the stand-in held to Stripe's
own description, and its books as the oracle. Nothing here is a double of ours."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace.core.domain.history import Actor
from marketplace.payments.domain import accounts, inbox, operations, payments, refunds
from marketplace.payments.enums import AccountState, OperationKind, PaymentState, WorkState
from marketplace.payments.gateway.stripe_adapter import StripeGateway
from marketplace.payments.models import Operation, Payment, ProviderAccount
from marketplace.workbench.provider import StandIn
from marketplace.workbench.provider.spec import Spec
from tests import factories
from tests.workbench.provider.people import Receiver

BY, SHOP = Actor.shopper(), Actor.system()


class Town:
    """A shop with an account at the stand-in, and what comes of each act."""

    def __init__(self, provider: StandIn, receiver: Receiver) -> None:
        self.provider, self.receiver, self.read = provider, receiver, 0
        self.gateway = StripeGateway(
            secret_key="sk_test_stadtregal",
            api_base=provider.url,
            webhook_secrets=(Receiver.secret,),
        )

    def work(self) -> None:
        """Everything due: our calls, then what the provider has told meanwhile."""
        while operations.run_due(now=timezone.now(), gateway=self.gateway) != operations.Ran():
            pass
        assert self.provider.drain() == 0
        fresh, self.read = self.receiver.got[self.read :], len(self.receiver.got)
        for _event, body, signature in fresh:
            facts = self.gateway.read_event(body, signature)
            inbox.receive(facts=facts, livemode=False, now=timezone.now())
        while inbox.run_due(now=timezone.now(), gateway=self.gateway).done:
            pass

    def account(self) -> ProviderAccount:
        shop = factories.shop(factories.city())
        made = accounts.connect(shop_id=shop.pk, livemode=False, by=SHOP, now=timezone.now())
        self.work()
        made.refresh_from_db()
        assert made.state != AccountState.READY, "nobody has been through the onboarding yet"
        self.provider.onboard(made.provider_id)
        self.work()
        made.refresh_from_db()
        assert made.state == AccountState.READY
        return made

    def opened(self, account: ProviderAccount, amount: str) -> Payment:
        made = payments.begin(
            subject=uuid.uuid4(),
            account_id=account.pk,
            amount=Decimal(amount),
            fee=Decimal("1.00"),
            title="Reservierung",
            language="de",
            success_url="http://testserver/danke/",
            cancel_url="http://testserver/zurueck/",
            expires_at=timezone.now() + timedelta(minutes=40),
            by=BY,
            now=timezone.now(),
        )
        self.work()
        return self.see(made)

    def see(self, payment: Payment) -> Payment:
        return Payment.objects.get(pk=payment.pk)

    def paid(self, account: ProviderAccount, amount: str) -> Payment:
        payment = self.opened(account, amount)
        self.provider.pay(payment.session_ref)
        self.work()
        return self.see(payment)

    def books(self, account: ProviderAccount) -> tuple[int, int, int]:
        """Captured, refunded and kept by what the stand-in has written down, in cents."""
        found = self.provider.entries(account.provider_id)
        return (
            sum(each.captured for each in found),
            sum(each.refunded for each in found),
            sum(each.kept for each in found),
        )

    def agrees(self, account: ProviderAccount) -> None:
        ours = Payment.objects.filter(account=account)
        said = tuple(
            int(sum(getattr(each, name) for each in ours) * 100)
            for name in ("captured", "refunded", "kept")
        )
        assert said == self.books(account)


@pytest.fixture(scope="module")
def provider() -> Iterator[StandIn]:
    with StandIn(guard=Spec(), pause=0.05) as started:
        yield started


@pytest.fixture
def town(own_database, provider, heard) -> Iterator[Town]:
    with Receiver() as receiver:
        provider.delivery.webhook = (receiver.url, receiver.secret)
        yield Town(provider, receiver)
        provider.clear()


def test_authorised_taken_in_part_and_refunded_in_part(town, heard):
    account = town.account()
    payment = town.paid(account, "30.30")
    assert (payment.state, payment.authorised) == (PaymentState.AUTHORISED, Decimal("30.30"))
    payments.capture(payment_id=payment.pk, amount=Decimal("20.10"), by=SHOP, now=timezone.now())
    town.work()
    payment = town.see(payment)
    assert (payment.state, payment.captured) == (PaymentState.CAPTURED, Decimal("20.10"))
    refunds.refund(
        payment_id=payment.pk,
        amount=Decimal("5.05"),
        nonce=uuid.uuid4(),
        by=SHOP,
        now=timezone.now(),
    )
    town.work()
    payment = town.see(payment)
    assert (payment.refunded, payment.kept) == (Decimal("5.05"), Decimal("15.05"))
    assert town.books(account) == (2010, 505, 1505)
    town.agrees(account)
    assert [each.kind.value for each in heard][:3] == ["OPENED", "AUTHORISED", "CAPTURED"]


def test_a_lost_answer_takes_and_refunds_once(town):
    """The control without stable keys is in `test_kill.py`."""
    account = town.account()
    payment = town.paid(account, "12.00")
    town.provider.fault("lost", "/capture")
    payments.capture(payment_id=payment.pk, amount=Decimal("12.00"), by=SHOP, now=timezone.now())
    town.work()
    later = timezone.now() + timedelta(hours=1)
    operations.run_due(now=later, gateway=town.gateway)
    town.work()
    asked = Operation.objects.get(payment=payment, kind=OperationKind.CAPTURE)
    assert (asked.state, asked.attempts) == (WorkState.DONE, 2), "no answer was lost"
    assert town.see(payment).captured == Decimal("12.00")
    assert town.books(account) == (1200, 0, 1200)
    town.agrees(account)


def test_declined_and_let_go_nobody_pays(town):
    account = town.account()
    declined = town.opened(account, "9.90")
    town.provider.pay(declined.session_ref, "decline")
    town.work()
    assert town.see(declined).captured == 0
    held = town.paid(account, "9.90")
    payments.cancel(payment_id=held.pk, by=BY, now=timezone.now())
    town.work()
    assert town.see(held).state == PaymentState.CANCELLED
    assert town.books(account) == (0, 0, 0)
    town.agrees(account)
