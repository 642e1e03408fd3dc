"""Two owners at once, and an owner against the caretaker, on both databases."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Stale
from marketplace.core.models import LogEntry
from marketplace.payments.domain import accounts
from marketplace.payments.enums import AccountState
from marketplace.payments.gateway.port import AccountSnapshot
from marketplace.payments.models import Operation, ProviderAccount
from marketplace.payments.models.account import AccountQuerySet
from tests.factories import NOW
from tests.races.crowd import barrier, rush

FIFTY = 50
BY = Actor.system()
LATER = NOW + timedelta(hours=72)
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def _quiet_tasks():
    dummy = {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": ["default", "mail"]}
    with override_settings(TASKS={"default": dummy}):
        yield


def waiting(till) -> ProviderAccount:
    made = accounts.change(shop_id=till.account.shop_id, by=BY, now=NOW)
    seen = AccountSnapshot(
        provider_id="acct_new",
        livemode=False,
        state=AccountState.READY,
        charges_enabled=True,
        payouts_enabled=True,
    )
    return accounts.apply(account_id=made.pk, seen=seen, now=NOW)


def test_fifty_owners_ask_for_one_change(till):
    told = rush(
        lambda number: str(accounts.change(shop_id=till.account.shop_id, by=BY, now=NOW).pk),
        tries=FIFTY,
    )

    assert list(told.values()) == [FIFTY]
    assert Operation.objects.count() == 1
    assert LogEntry.objects.filter(verb="account.change").count() == 1


def test_stopped_or_taken_over_but_never_both(till):
    new = waiting(till)

    def act(number: int) -> str:
        if number % 2:
            accounts.sweep(now=LATER)
            return "swept"
        try:
            accounts.stop(account_id=new.pk, by=BY, now=LATER)
        except Stale:
            return "too late"
        return "stopped"

    told = rush(act, tries=FIFTY)

    new.refresh_from_db()
    till.account.refresh_from_db()
    taken, stopped = till.account.replaced_at is not None, new.stopped_at is not None
    assert taken != stopped
    assert told == {"swept": 25, "stopped" if stopped else "too late": 25}
    current = ProviderAccount.objects.all().current().get()
    assert current.pk == (new.pk if taken else till.account.pk)
    verbs = list(LogEntry.objects.values_list("verb", flat=True))
    assert verbs.count("account.stop") + verbs.count("account.take_over") == 1


def test_control_without_the_constraint_two_owners_ask_for_two(till, monkeypatch):
    """Looking first is not enough: both see that nothing waits."""
    gathered = barrier(2)
    plain = AccountQuerySet.waiting

    def looked(self: AccountQuerySet) -> AccountQuerySet:
        assert not plain(self).exists()
        gathered.wait(timeout=30)
        return self.none()

    monkeypatch.setattr(AccountQuerySet, "waiting", looked)
    monkeypatch.setattr(accounts, "tell", lambda **ignored: False)
    one_change = next(
        each
        for each in ProviderAccount._meta.constraints
        if each.name == "payments_account_one_change_per_shop"
    )
    with connection.schema_editor() as editor:
        editor.remove_constraint(ProviderAccount, one_change)
    # SQLite's transactions would wait for each other from their first statement.
    whole = connection.vendor == "postgresql"
    change = accounts.change if whole else accounts.change.__wrapped__

    def act(number: int) -> str:
        change(shop_id=till.account.shop_id, by=BY, now=NOW)
        return "asked"

    assert rush(act, tries=2, processes=2, threads=1) == {"asked": 2}
    assert ProviderAccount.objects.exclude(takes_over_at=None).count() == 2
