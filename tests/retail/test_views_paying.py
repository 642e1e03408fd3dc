"""The owner's room for online payment, against a provider in a file."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.core.domain.history import Actor
from marketplace.payments import gateway
from marketplace.payments.domain import accounts
from marketplace.payments.enums import AccountState, OperationKind, WorkState
from marketplace.payments.gateway import port
from marketplace.payments.models import Operation, ProviderAccount
from shops.domain.legal import facts
from shops.enums import Role
from tests import factories
from tests.factories import NOW
from tests.payments.fake import FakeGateway

BY = Actor.system()
ROOM = "/en/haendler/laufwerk/online-zahlung/"
EVERY = (("get", ""), ("post", "weiter/"), ("get", "zurueck/"), ("get", "wechseln/"))
EVERY += (("post", "wechseln/"), ("post", "wechsel-stoppen/"))


@pytest.fixture
def shop(city):
    made = factories.shop(city, email="laden@example.de")
    factories.branch(made, "Mitte")
    factories.legal(made)
    return made


@pytest.fixture
def provider(tmp_path, monkeypatch, shop):
    """As if a provider were configured. Tests here are wrapped in a transaction that production has
    not; `test_accounts_way` keeps the rule that none of this is called inside one."""
    fake = FakeGateway(tmp_path)
    monkeypatch.setattr(gateway, "configured", lambda: fake)
    monkeypatch.setattr(gateway, "is_configured", lambda: True)
    for module in ("onboarding", "operations"):
        monkeypatch.setattr(
            f"marketplace.payments.domain.{module}.in_the_open", lambda call: call()
        )
    return fake


@pytest.fixture
def owner(shop):
    person = factories.member(shop, role=Role.OWNER, name="Meike Albrecht")
    client = Client()
    client.post("/konto/login/", {"login": person.email, "password": "nur-fuer-tests"})
    return client


def said(provider, **changes):
    """The provider reports so of the only account."""
    with provider.books() as books:
        (key, seen), *_ = books.accounts.items()
        books.accounts[key] = replace(seen, **changes)


def released(provider):
    said(provider, state=AccountState.READY, charges_enabled=True, missing=())


def read(client, path=ROOM):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def connected(owner, provider):
    owner.post(ROOM + "weiter/")
    released(provider)
    owner.get(ROOM + "zurueck/")


def test_without_a_provider_nothing_speaks_of_paying(owner):
    for method, path in EVERY:
        assert getattr(owner, method)(ROOM + path).status_code == 404, path
    assert "Online payment" not in read(owner, "/en/haendler/laufwerk/")


def test_only_the_owners_of_this_shop_find_it(provider, owner, shop, city):
    staff, stranger, gone = Client(), Client(), Client()
    staff.force_login(factories.member(shop, name="Sten Stift"))
    stranger.force_login(factories.member(factories.shop(city, "Nebenan"), role=Role.OWNER))
    left = factories.member(shop, role=Role.OWNER, name="Lars Weg")
    left.memberships.update(is_active=False)
    gone.force_login(left)
    factories.city("Braunschweig", host="bs.example")
    for method, path in EVERY:
        for who in (staff, stranger, gone):
            assert getattr(who, method)(ROOM + path).status_code == 404, path
        assert getattr(owner, method)(ROOM + path, HTTP_HOST="bs.example").status_code == 404, path
        assert getattr(Client(), method)(ROOM + path).status_code == 302, path
    assert not ProviderAccount.objects.exists()
    assert "Online payment" in read(owner, "/en/haendler/laufwerk/")
    assert "Online payment" not in read(staff, "/en/haendler/laufwerk/")


def test_from_nothing_to_open(provider, owner, shop):
    assert "Connect with Stripe" in read(owner)
    assert not ProviderAccount.objects.exists(), "looking changes nothing"
    sent = owner.post(ROOM + "weiter/")
    link = "https://pay.example/setup/acct_1"
    assert (sent.status_code, sent["Refresh"]) == (200, f"0; url={link}")
    assert f'href="{link}"' in sent.content.decode()
    page = read(owner)
    assert "Stripe still needs details." in page
    assert "Bank account: the IBAN" in page
    said(provider, state=AccountState.CHECKING, missing=())
    assert (
        "Stripe checks your details." in owner.get(ROOM + "zurueck/", follow=True).content.decode()
    )
    released(provider)
    assert "Shoppers can pay your shop online" in (
        owner.get(ROOM + "zurueck/", follow=True).content.decode()
    )
    shop.refresh_from_db()
    assert shop.pay_open_since == NOW
    said(provider, state=AccountState.BLOCKED, charges_enabled=False, blocked_because="listed")
    owner.get(ROOM + "zurueck/")
    assert "has stopped this account for now" in read(owner)
    said(provider, blocked_because="rejected.fraud")
    owner.get(ROOM + "zurueck/")
    assert "has refused this account" in read(owner)
    shop.refresh_from_db()
    assert shop.pay_open_since is None


def test_a_link_that_ran_out_makes_no_new_one_by_itself(provider, owner):
    owner.post(ROOM + "weiter/")
    asked = provider.asked("create_account")
    page = read(owner, ROOM + "?abgelaufen=1")
    assert "had run out" in page
    assert "Continue at Stripe" in page
    assert provider.asked("create_account") == asked == 1


@pytest.mark.parametrize("fault", ["down", "lost", "busy"])
def test_a_silent_provider_loses_nothing(provider, owner, clock, fault):
    provider.fails(fault)
    answer = owner.post(ROOM + "weiter/")
    assert answer.status_code == 503
    assert "Stripe does not answer at the moment." in answer.content.decode()
    assert "The account is being set up." in read(owner)
    clock.shift(timedelta(minutes=1))
    assert owner.post(ROOM + "weiter/").status_code == 200
    with provider.books() as books:
        assert len(books.accounts) == 1
    provider.fails("down")
    assert "This is what we heard last." in (
        owner.get(ROOM + "zurueck/", follow=True).content.decode()
    )


def test_an_account_that_could_not_be_set_up_says_so(provider, owner, shop):
    accounts.connect(shop_id=shop.pk, livemode=False, by=BY, now=NOW)
    Operation.objects.filter(kind=OperationKind.CREATE_ACCOUNT).update(
        state=WorkState.VOID, done_at=NOW
    )
    assert "Stripe could not set up the account." in read(owner)


def test_facts_are_named_here_and_entered_in_their_room(provider, owner, shop):
    facts.save(shop=shop, said={"email": "", "phone": ""}, is_trader=True, by=BY, now=NOW)
    connected(owner, provider)
    page = read(owner)
    assert "an e-mail address" in page
    assert "a telephone number" in page
    assert "Shoppers can pay" not in page
    assert 'href="/en/haendler/laufwerk/recht/"' in page
    said = {"return_costs": "SHOP", "arbitration": "REFUSES", "is_trader": "on"}
    kept = {name: getattr(facts.of(shop), name) for name in facts.TRADER}
    said = kept | said | {"email": "l@example.de", "phone": "05361 123456"}
    answer = owner.post("/en/haendler/laufwerk/recht/", said | {"few_staff": ""})
    assert answer.status_code == 302
    assert "Shoppers can pay" in read(owner)


def test_a_change_asks_who_is_there(provider, shop):
    person = factories.member(shop, role=Role.OWNER, name="Ole Offen")
    client = Client()
    client.force_login(person)  # long ago
    for method in ("get", "post"):
        answer = getattr(client, method)(ROOM + "wechseln/")
        assert answer.status_code == 302
        assert answer["Location"].endswith(
            "/konto/reauthenticate/?next=%2Fen%2Fhaendler%2Flaufwerk%2Fonline-zahlung%2Fwechseln%2F"
        )
    back = client.post(answer["Location"], {"password": "nur-fuer-tests"})
    assert back["Location"] == ROOM + "wechseln/"
    assert client.get(back["Location"]).status_code == 200
    person.set_unusable_password()
    person.save()
    client.force_login(person)
    client.cookies.clear()
    client.force_login(person)
    assert client.post(ROOM + "wechseln/").status_code == 403


def test_any_owner_stops_a_change(provider, owner, shop):
    connected(owner, provider)
    assert owner.post(ROOM + "wechseln/").status_code == 302
    page = read(owner)
    assert "Another account is to take over" in page
    assert "Shoppers can pay" not in page
    assert 'name="new" value="on"' in page
    assert "acct_2" in owner.post(ROOM + "weiter/", {"new": "on"})["Refresh"]
    assert "acct_1" in owner.post(ROOM + "weiter/")["Refresh"]
    other = Client()
    other.force_login(factories.member(shop, role=Role.OWNER, name="Ada Zweite"))
    assert "Your account stays as it was." in (
        other.post(ROOM + "wechsel-stoppen/", follow=True).content.decode()
    )
    assert "Shoppers can pay" in read(owner)
    assert owner.post(ROOM + "weiter/", {"new": "on"}).status_code == 409


def test_the_citys_rules_are_said(provider, owner, city):
    assert "The operator keeps nothing of it." in read(owner)
    type(city).objects.filter(pk=city.pk).update(pay_fee_percent="2.50", pay_fee_fixed="0.10")
    assert "The operator keeps 2.50 % and €0.10 of each payment." in read(owner)
    type(city).objects.filter(pk=city.pk).update(pay_open=False)
    assert "Your city offers no online payment at the moment." in read(owner)
    assert owner.post(ROOM + "weiter/").status_code == 409
    assert not ProviderAccount.objects.exists()


def test_more_branches_and_a_change_cost_no_more_queries(provider, owner, shop):
    def cost():
        read(owner)
        with CaptureQueriesContext(connection) as asked:
            read(owner)
        return len(asked)

    connected(owner, provider)
    few = cost()
    for number in range(3):
        factories.branch(shop, f"Filiale {number}")
    owner.post(ROOM + "wechseln/")
    owner.post(ROOM + "weiter/", {"new": "on"})
    assert cost() == few <= 12


def test_the_rule_stands_in_these_tests_too():
    """The control of `provider`: in a transaction the real guard refuses."""
    with pytest.raises(port.InTransactionError):
        port.in_the_open(lambda: None)
