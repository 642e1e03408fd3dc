"""The demo shops' accounts: known on both sides, one still to complete, one being checked."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from marketplace.core.domain.history import Actor
from marketplace.payments.enums import AccountState, WorkState
from marketplace.payments.gateway.port import Answered
from marketplace.payments.gateway.stripe_adapter import StripeGateway
from marketplace.payments.models import Operation, ProviderAccount
from marketplace.workbench import town
from marketplace.workbench.domain import accounts, places
from marketplace.workbench.provider import StandIn

NOW = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
BY = Actor.system()


@pytest.fixture
def state(own_database, tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setattr(town, "FRONTS", tmp_path)
    places.build(base_url="http://testserver", by=BY, now=NOW)
    return tmp_path / "provider.sqlite3"


def test_both_sides_know_the_accounts_and_a_second_start_changes_nothing(state: Path):
    made = accounts.plant(state=state, by=BY, now=NOW)

    rows = {each.provider_id: each for each in ProviderAccount.objects.select_related("shop")}
    states = Counter(each.state for each in rows.values())
    assert made == len(rows) == sum(states.values())
    assert states[AccountState.INCOMPLETE] == states[AccountState.CHECKING] == 1
    assert states[AccountState.READY] > 10
    shops = sum(len(town.load(name)["shops"]) for name in town.TOWNS)
    assert shops - made >= 3, "some have none"
    assert set(Operation.objects.values_list("state", flat=True)) == {WorkState.DONE}
    with StandIn(state=str(state)) as provider:
        gateway = StripeGateway(secret_key="sk_test_x", api_base=provider.url)
        for key, row in rows.items():
            seen = gateway.fetch_account(key)
            assert isinstance(seen, Answered)
            assert (seen.value.state, seen.value.charges_enabled) == (
                row.state,
                row.charges_enabled,
            )
        names = {each["business_profile"]["name"] for each in provider.store.all("account")}
        assert names == {row.shop.name for row in rows.values()}
    assert accounts.plant(state=state, by=BY, now=NOW) == 0
    assert ProviderAccount.objects.count() == made


def test_whoever_was_interrupted_is_finished(state: Path, monkeypatch):
    with monkeypatch.context() as cut:
        cut.setattr(accounts.operations, "run_due", lambda **given: None)
        accounts.plant(state=state, by=BY, now=NOW)
    assert set(ProviderAccount.objects.values_list("state", flat=True)) == {AccountState.ASKED}
    accounts.plant(state=state, by=BY, now=NOW)
    assert not ProviderAccount.objects.filter(state=AccountState.ASKED).exists()
