"""An owner's whole way over HTTP: our rooms, the real SDK, the stand-in's pages and its events."""

import re
import urllib.request
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.core.domain.history import Actor
from marketplace.payments import gateway
from marketplace.payments.domain import accounts, inbox, onboarding
from marketplace.payments.enums import AccountState
from marketplace.payments.gateway.port import InTransactionError
from marketplace.payments.gateway.stripe_adapter import StripeGateway
from marketplace.payments.models import ProviderAccount
from marketplace.workbench.provider import StandIn
from marketplace.workbench.provider.spec import Spec
from shops.enums import Role
from shops.models import Shop
from tests import factories
from tests.factories import NOW
from tests.workbench.provider.people import Receiver

ROOM = "/haendler/laufwerk/online-zahlung/"


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


_browser = urllib.request.build_opener(_Stay)


def onboard(link: str, outcome: str) -> str:
    """Press that button on the stand-in's page; the address it leads to."""
    with _browser.open(link) as page:
        assert f'value="{outcome}"' in page.read().decode()
    try:
        _browser.open(link, urlencode({"outcome": outcome}).encode())
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise AssertionError("no redirect")


@pytest.fixture
def provider(monkeypatch):
    with Receiver() as receiver, StandIn(guard=Spec(), pause=0.05) as started:
        started.delivery.webhook = (receiver.url, receiver.secret)
        real = StripeGateway(
            secret_key="sk_test_stadtregal",
            api_base=started.url,
            webhook_secrets=(Receiver.secret,),
        )
        monkeypatch.setattr(gateway, "configured", lambda: real)
        started.receiver, started.gateway = receiver, real
        yield started


@pytest.fixture
def shop(own_database) -> Shop:
    made = factories.shop(factories.city(), email="laden@example.de")
    factories.branch(made)
    factories.legal(made)
    return made


@pytest.fixture
def owner(shop) -> Client:
    client = Client()
    client.force_login(factories.member(shop, role=Role.OWNER))
    return client


def on(owner: Client) -> str:
    """To the provider: the link the browser follows."""
    return owner.post(ROOM + "weiter/")["Refresh"].partition("url=")[2]


def hear(provider) -> None:
    """What the stand-in has told meanwhile reaches our inbox."""
    assert provider.drain() == 0
    for _event, body, signature in provider.receiver.got:
        facts = provider.gateway.read_event(body, signature)
        inbox.receive(facts=facts, livemode=False, now=timezone.now())
    while inbox.run_due(now=timezone.now(), gateway=provider.gateway).done:
        pass


def since(shop: Shop):
    return Shop.objects.get(pk=shop.pk).pay_open_since


def test_connect_come_back_and_lose_it_again(shop, owner, provider):
    for outcome, state in (
        ("incomplete", AccountState.INCOMPLETE),
        ("pending", AccountState.CHECKING),
        ("complete", AccountState.READY),
    ):
        target = onboard(on(owner), outcome)
        assert target == f"http://testserver{ROOM}zurueck/"
        assert owner.get(target.removeprefix("http://testserver"))["Location"] == ROOM
        account = ProviderAccount.objects.get()
        assert account.state == state
        assert (since(shop) is not None) == (state == AccountState.READY)
    provider.onboard(account.provider_id, "rejected")
    hear(provider)
    account.refresh_from_db()
    assert (account.state, since(shop)) == (AccountState.BLOCKED, None)


def test_a_link_that_ran_out_leads_to_a_page_with_a_button(shop, owner, provider):
    target = onboard(on(owner), "expired")
    assert target == f"http://testserver{ROOM}?abgelaufen=1"
    page = owner.get(target.removeprefix("http://testserver")).content.decode()
    assert re.search(rf'action="{ROOM}weiter/"', page)
    assert onboard(on(owner), "complete").endswith("zurueck/")


def test_a_dark_provider_loses_nothing(shop, owner, provider):
    provider.dark()
    assert owner.post(ROOM + "weiter/").status_code == 503
    provider.dark(False)
    assert ProviderAccount.objects.get().state == AccountState.ASKED


@pytest.mark.django_db
def test_none_of_it_is_called_inside_a_transaction():
    shop = factories.shop(factories.city())
    made = accounts.connect(shop_id=shop.pk, livemode=False, by=Actor.system(), now=NOW)
    with pytest.raises(InTransactionError):
        onboarding.look(account_id=made.pk, gateway=object(), now=NOW)
    with pytest.raises(InTransactionError):
        onboarding.link(
            account_id=made.pk, gateway=object(), return_url="x", refresh_url="x", now=NOW
        )
