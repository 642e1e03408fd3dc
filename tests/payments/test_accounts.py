"""A shop's own account: told downwards, changed with a wait, stopped by any owner."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction

from marketplace.core.domain import notices
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import LogEntry, Notice
from marketplace.payments.domain import accounts, payments, requirements
from marketplace.payments.enums import AccountState, OperationKind
from marketplace.payments.gateway.port import AccountSnapshot
from marketplace.payments.models import Operation, ProviderAccount
from shops.domain import paying
from shops.domain.legal import facts
from shops.enums import Role
from shops.models import City, Shop
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()
READY = AccountSnapshot(
    provider_id="acct_1",
    livemode=False,
    state=AccountState.READY,
    charges_enabled=True,
    payouts_enabled=True,
)
BLOCKED = replace(READY, state=AccountState.BLOCKED, charges_enabled=False)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop(db) -> Shop:
    made = factories.shop(factories.city(), email="laden@example.de")
    factories.branch(made)
    factories.legal(made)
    return made


@pytest.fixture
def account(shop) -> ProviderAccount:
    made = accounts.connect(shop_id=shop.pk, livemode=False, by=BY, now=NOW)
    return accounts.apply(account_id=made.pk, seen=READY, now=NOW)


def since(shop: Shop):
    return Shop.objects.get(pk=shop.pk).pay_open_since


def change(shop: Shop) -> ProviderAccount:
    return accounts.change(shop_id=shop.pk, by=BY, now=NOW)


def ready(account: ProviderAccount) -> ProviderAccount:
    seen = replace(READY, provider_id=f"acct_of_{account.pk}")
    return accounts.apply(account_id=account.pk, seen=seen, now=NOW)


def test_enabled_opens_and_disabled_closes(shop, account):
    assert since(shop) == NOW
    accounts.apply(account_id=account.pk, seen=READY, now=NOW + MINUTE)
    assert since(shop) == NOW, "it has been open since then"
    accounts.apply(account_id=account.pk, seen=BLOCKED, now=NOW + 2 * MINUTE)
    assert since(shop) is None
    verbs = set(LogEntry.objects.values_list("verb", flat=True))
    assert {"shop.pay_open", "shop.pay_close", "account.connect", "account.state"} <= verbs


@pytest.mark.law("A6")
@pytest.mark.parametrize(
    ("taken", "words"),
    [
        ("email", "an e-mail address"),
        ("phone", "a telephone number"),
        ("street", "an address"),
        ("vat_id", "a valid German VAT ID"),
        ("arbitration", "your choice about consumer arbitration"),
    ],
)
def test_facts_that_vanish_close_and_come_back(shop, account, taken, words):
    was = getattr(shop.legal, taken)
    facts.save(shop=shop, said={taken: ""}, is_trader=True, by=BY, now=NOW)
    assert [str(each) for each in paying.legal_facts_missing(shop)] == [words]
    assert accounts.sweep(now=NOW) == 1
    assert since(shop) is None
    assert accounts.sweep(now=NOW) == 0
    facts.save(shop=shop, said={taken: was}, is_trader=True, by=BY, now=NOW)
    accounts.tell(shop_id=shop.pk, now=NOW)
    assert since(shop) == NOW


def test_the_sweep_closes_what_no_account_stands_behind(shop):
    Shop.objects.filter(pk=shop.pk).update(pay_open_since=NOW)
    assert accounts.sweep(now=NOW) == 1
    assert since(shop) is None


def test_a_city_closes_at_once_and_opens_with_the_sweep(shop, account):
    rules = {"percent": Decimal("2.50"), "fixed": Decimal("0.10"), "by": BY, "now": NOW}
    assert paying.set_rules(city=shop.city, is_open=False, **rules)
    assert since(shop) is None
    assert not accounts.tell(shop_id=shop.pk, now=NOW)
    assert not paying.set_rules(city=shop.city, is_open=False, **rules)
    paying.set_rules(city=shop.city, is_open=True, **rules)
    accounts.sweep(now=NOW + MINUTE)
    assert since(shop) == NOW + MINUTE


@pytest.mark.parametrize(
    ("percent", "fixed", "amount", "fee"),
    [
        ("0", "0", "30.30", "0.00"),
        ("2.50", "0", "30.20", "0.76"),  # 0.755: half a cent upwards
        ("2.50", "0.10", "30.30", "0.86"),
        ("20", "5", "3.00", "3.00"),
        ("20", "5", "0.00", "0.00"),
    ],
)
def test_the_fee_is_of_whole_cents_and_never_above_the_payment(percent, fixed, amount, fee):
    city = City(pay_fee_percent=Decimal(percent), pay_fee_fixed=Decimal(fixed))
    assert paying.pay_fee(city, Decimal(amount)) == Decimal(fee)


@pytest.mark.parametrize(
    "odd",
    [
        {"pay_fee_percent": Decimal("-0.01")},
        {"pay_fee_percent": Decimal("20.01")},
        {"pay_fee_fixed": Decimal("-0.01")},
        {"pay_fee_fixed": Decimal("5.01")},
    ],
)
def test_no_city_has_an_odd_fee(shop, odd):
    with pytest.raises(IntegrityError, match="shops_city_pay_fee_bounded"), transaction.atomic():
        City.objects.filter(pk=shop.city_id).update(**odd)
    said = {"pay_fee_percent": Decimal(0), "pay_fee_fixed": Decimal(0)} | odd
    with pytest.raises(Refused) as refused:
        paying.set_rules(
            city=shop.city,
            is_open=True,
            percent=said["pay_fee_percent"],
            fixed=said["pay_fee_fixed"],
            by=BY,
            now=NOW,
        )
    assert refused.value.code == "fee_odd"


def test_a_change_waits_and_then_takes_over(shop, account):
    new = change(shop)
    assert new.takes_over_at == NOW + timedelta(hours=72)
    assert since(shop) is None
    assert Operation.objects.filter(kind=OperationKind.CREATE_ACCOUNT, account=new).exists()
    assert change(shop).pk == new.pk, "asked twice it is one change"
    ready(new)
    assert since(shop) is None, "ready is not enough"
    accounts.sweep(now=NOW + timedelta(hours=71, minutes=59))
    account.refresh_from_db()
    assert account.replaced_at is None
    later = NOW + timedelta(hours=72)
    assert accounts.sweep(now=later) == 1
    account.refresh_from_db()
    new.refresh_from_db()
    assert (account.replaced_at, new.takes_over_at) == (later, None)
    assert since(shop) == later
    with pytest.raises(Stale):
        accounts.stop(account_id=new.pk, by=BY, now=later)
    # The old one is still told of, and changes nothing for the shop.
    accounts.apply(account_id=account.pk, seen=BLOCKED, now=later)
    assert since(shop) == later


def test_a_change_that_is_not_ready_goes_on_waiting(shop, account):
    change(shop)
    assert accounts.sweep(now=NOW + timedelta(days=9)) == 0
    account.refresh_from_db()
    assert account.replaced_at is None


def test_a_stopped_change_leaves_everything_as_it_was(shop, account):
    new = ready(change(shop))
    accounts.stop(account_id=new.pk, by=BY, now=NOW)
    assert accounts.stop(account_id=new.pk, by=BY, now=NOW + MINUTE).stopped_at == NOW
    assert since(shop) == NOW
    assert accounts.sweep(now=NOW + timedelta(days=9)) == 0
    assert change(shop).pk != new.pk, "another change can be asked for"


@pytest.mark.parametrize("state", ["none", "asked"])
def test_without_an_account_there_is_nothing_to_change(shop, state):
    if state == "asked":
        accounts.connect(shop_id=shop.pk, livemode=False, by=BY, now=NOW)
    with pytest.raises(Refused) as refused:
        change(shop)
    assert refused.value.code == "no_account"


def test_who_waits_or_was_stopped_takes_no_payment(shop, account, heard):
    new = ready(change(shop))

    def begin():
        return payments.begin(
            subject="0d0a7c1e-2f0e-4b39-9a7d-000000000001",
            account_id=new.pk,
            amount=Decimal("10.00"),
            fee=Decimal("0.00"),
            title="x",
            language="de",
            success_url="http://testserver/",
            cancel_url="http://testserver/",
            expires_at=NOW + timedelta(minutes=35),
            by=BY,
            now=NOW,
        )

    with pytest.raises(Refused):
        begin()
    accounts.stop(account_id=new.pk, by=BY, now=NOW)
    with pytest.raises(Refused):
        begin()


def test_the_database_keeps_one_account_and_one_change(shop, account):
    change(shop)
    row = {"shop": shop, "livemode": False, "created_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderAccount.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderAccount.objects.create(**row, takes_over_at=NOW)
    with (
        pytest.raises(IntegrityError, match="payments_account_change_is_new"),
        transaction.atomic(),
    ):
        ProviderAccount.objects.filter(pk=account.pk).update(stopped_at=NOW)


def test_all_owners_get_a_mail_and_nobody_else(shop, account):
    names = ("Ada Eins", "Bo Zwei")
    owners = [factories.member(shop, role=Role.OWNER, name=name) for name in names]
    factories.member(shop, name="Cem Drei")
    new = ready(change(shop))
    told = Notice.objects.filter(kind="payments.account_changing")
    for notice in told:
        notices.send_one(notice_id=notice.pk, now=NOW)
    assert sorted(each.to[0] for each in outbox.outbox) == sorted(each.email for each in owners)
    for each in outbox.outbox:
        assert "/haendler/laufwerk/online-zahlung/" in each.body
        assert "14:05" in each.body
        html = each.alternatives[0][0]
        assert "/haendler/laufwerk/online-zahlung/" in html
    accounts.stop(account_id=new.pk, by=BY, now=NOW)
    again = ready(change(shop))
    accounts.sweep(now=NOW + timedelta(hours=72))
    assert Notice.objects.filter(thread=f"account:{again.pk}").count() == 4
    for notice in Notice.objects.exclude(kind="payments.account_changing"):
        notices.send_one(notice_id=notice.pk, now=NOW + timedelta(hours=72))
    assert len({each.subject for each in outbox.outbox}) == 3


@pytest.mark.parametrize(
    ("codes", "beginnings"),
    [
        ([], []),
        (["representative.first_name", "person_1Ab.dob.day"], ["Persons"]),
        (["person_1Ab.verification.document", "individual.verification.additional_document"],
         ["Documents"]),
        (["tos_acceptance.ip", "external_account", "tos_acceptance.date"],
         ["Bank account", "Terms"]),
        (["company.tax_id", "business_profile.url", "company.owners_provided"],
         ["Persons", "Business"]),
        (["rev_share.x", "x" * 5000], ["Something else"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_words(codes, beginnings):
    assert [str(each).split(":")[0].split(",")[0] for each in requirements.in_words(codes)] == (
        beginnings
    )
