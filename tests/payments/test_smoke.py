"""`payments_smoke` against the stand-in over HTTP; a person pays in a thread."""

import re
import threading
import time
from decimal import Decimal
from io import StringIO

import pytest
import stripe
from django.core.management import CommandError, call_command

from marketplace.payments.gateway.stripe_adapter import StripeGateway
from marketplace.workbench.provider import StandIn
from marketplace.workbench.provider.spec import Spec

pytestmark = pytest.mark.both


class Said(StringIO):
    """What the command says, and somebody who pays as soon as it names the page."""

    def __init__(self, provider: StandIn, outcome: str = "ok") -> None:
        super().__init__()
        self.provider, self.outcome = provider, outcome

    def write(self, text: str) -> int:
        if self.outcome and (found := re.search(r"/c/pay/(cs_\w+)", text)):
            later = threading.Timer(0.3, self.provider.pay, (found[1], self.outcome))
            later.start()
        return super().write(text)


@pytest.fixture(scope="module")
def provider():
    with StandIn(guard=Spec(), pause=0.05) as started:
        yield started


@pytest.fixture
def account(provider, settings) -> str:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_smoke", provider.url
    gateway = StripeGateway(secret_key="sk_test_smoke", api_base=provider.url)
    key = f"account-{time.monotonic_ns()}"
    made = gateway.create_account(reference="account-1", key=key).value.provider_id
    provider.onboard(made)
    return made


def smoke(said: Said, account: str, **given) -> str:
    call_command("payments_smoke", account=account, poll=0, stdout=said, **given)
    return said.getvalue()


def test_the_whole_way_holds(provider, account):
    said = smoke(Said(provider), account, wait=20)
    assert "All comparisons hold." in said
    assert "FAILED" not in said
    (entry,) = provider.entries(account)
    assert (entry.captured, entry.refunded, entry.kept) == (1515, 505, 1010), "each once"


def test_a_provider_that_takes_another_amount_is_found_out(provider, account, monkeypatch):
    plain = StripeGateway.capture
    monkeypatch.setattr(
        StripeGateway,
        "capture",
        lambda self, spot, *, amount, fee, key: plain(
            self, spot, amount=amount - Decimal("1.00"), fee=fee, key=key
        ),
    )
    said = Said(provider)
    with pytest.raises(CommandError, match="2 comparisons failed"):
        smoke(said, account, wait=20)
    assert "FAILED  taken: 14.15" in said.getvalue()


def test_nobody_pays(provider, account):
    with pytest.raises(CommandError, match="Nobody has paid within"):
        smoke(Said(provider, ""), account, wait=0)
    client = stripe.StripeClient("sk_test_smoke", base_addresses={"api": provider.url})
    sessions = client.v1.checkout.sessions.list({}, {"stripe_account": account})
    assert {one.status for one in sessions.data} == {"expired"}


@pytest.mark.parametrize("key", ["", "sk_live_1", "rk_live_1", "pk_test_1", "whsec_1"])
def test_only_a_test_key_is_taken(settings, key):
    settings.STRIPE_SECRET_KEY = key
    with pytest.raises(CommandError, match="no test key"):
        call_command("payments_smoke", account="acct_1")


def test_an_account_that_cannot_be_paid_is_named(provider, account):
    provider.onboard(account, "incomplete")
    with pytest.raises(CommandError, match=r"INCOMPLETE; missing: company.tax_id"):
        smoke(Said(provider), account)
    with pytest.raises(CommandError, match="is no amount"):
        smoke(Said(provider), account, amount="viel")
