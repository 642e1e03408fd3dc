"""A shop that can take payments, a provider in a file, and somebody who listens."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.core.domain.history import Actor
from marketplace.payments.domain import accounts, operations, outcomes, payments
from marketplace.payments.domain.outcomes import Outcome
from marketplace.payments.enums import AccountState
from marketplace.payments.gateway.port import AccountSnapshot
from marketplace.payments.models import Payment, ProviderAccount
from tests import factories
from tests.factories import NOW
from tests.payments.fake import FakeGateway

AMOUNT = Decimal("30.30")
BY = Actor.shopper()


@pytest.fixture
def heard(monkeypatch) -> list[Outcome]:
    """What payments tells, in order."""
    told: list[Outcome] = []
    monkeypatch.setattr(outcomes, "_listeners", [told.append])
    return told


@dataclass
class Till:
    """One shop, its account, the provider; what tests do again and again."""

    account: ProviderAccount
    gateway: FakeGateway
    heard: list[Outcome] = field(default_factory=list)

    def begin(self, amount: Decimal = AMOUNT, subject: uuid.UUID | None = None) -> Payment:
        return payments.begin(
            subject=subject or uuid.uuid4(),
            account_id=self.account.pk,
            amount=amount,
            fee=Decimal("1.52"),
            title="Bestellung bei Laufwerk",
            language="de",
            success_url="http://testserver/danke/",
            cancel_url="http://testserver/zurueck/",
            expires_at=NOW + timedelta(minutes=35),
            by=BY,
            now=NOW,
        )

    def run(self, after: timedelta = timedelta(0), **rest):
        """Work until nothing more is due at that moment."""
        total = operations.run_due(now=NOW + after, gateway=self.gateway, **rest)
        while operations.run_due(now=NOW + after, gateway=self.gateway, **rest) != operations.Ran():
            pass
        return total

    def opened(self, amount: Decimal = AMOUNT) -> Payment:
        made = self.begin(amount)
        self.run()
        return Payment.objects.get(pk=made.pk)

    def see(self, payment: Payment) -> Payment:
        """Look where it stands."""
        payments.look(payment_id=payment.pk, now=NOW)
        self.run()
        return Payment.objects.get(pk=payment.pk)

    def authorised(self, amount: Decimal = AMOUNT) -> Payment:
        payment = self.opened(amount)
        self.gateway.authorise(payment.session_ref, amount)
        return self.see(payment)

    def captured(self, amount: Decimal = AMOUNT) -> Payment:
        payment = self.authorised(amount)
        payments.capture(payment_id=payment.pk, amount=amount, by=BY, now=NOW)
        self.run()
        return Payment.objects.get(pk=payment.pk)

    def kinds(self) -> list[str]:
        return [one.kind.value for one in self.heard]


def ready_account() -> ProviderAccount:
    """A shop's account that can charge, reached as it is in life."""
    shop = factories.shop(factories.city())
    made = accounts.connect(shop_id=shop.pk, livemode=False, by=Actor.system(), now=NOW)
    made.operations.all().delete()  # the provider's side of it is not what these tests are about
    return accounts.apply(
        account_id=made.pk,
        seen=AccountSnapshot(
            provider_id="acct_laufwerk",
            livemode=False,
            state=AccountState.READY,
            charges_enabled=True,
            payouts_enabled=True,
        ),
        now=NOW,
    )


@pytest.fixture
def till(own_database, tmp_path, heard) -> Till:
    """Real commits: the runner refuses to call anybody inside the wrapper of `db`."""
    return Till(ready_account(), FakeGateway(tmp_path), heard)
