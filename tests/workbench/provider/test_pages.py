"""The pages a person meets: every outcome by form, no script, no second payment."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from marketplace.workbench.provider import StandIn
from tests.workbench.provider.people import BACK, SUCCESS, Shop

#: No database of ours: one round is enough.
pytestmark = pytest.mark.both


def post(url: str, outcome: str) -> requests.Response:
    return requests.post(url, data={"outcome": outcome}, allow_redirects=False, timeout=10)


def get(url: str) -> str:
    answer = requests.get(url, timeout=10)
    assert answer.status_code == 200, url
    return answer.text


def thanks(session) -> str:
    return SUCCESS.replace("{CHECKOUT_SESSION_ID}", session.id)


def test_it_says_what_it_is_and_what_is_paid(shop: Shop) -> None:
    session = shop.session()
    answer = requests.get(session.url, timeout=10)
    page = answer.text
    assert "Nachbildung, nicht Stripe" in page
    assert "25,00 EUR" in page
    assert "Haushaltswaren Lindhorst" in page
    assert "1 × Topf" in page
    assert "<script" not in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "form-action" not in answer.headers["Content-Security-Policy"]
    assert 'lang="de"' in page
    css = requests.get(f"{shop.provider.url}/pages.css", timeout=10)
    assert css.headers["Content-Type"].startswith("text/css")


def test_what_is_shown_is_text(shop: Shop) -> None:
    item = {"currency": "eur", "unit_amount": 500, "product_data": {"name": "<b>Topf & Co</b>"}}
    page = get(shop.session(line_items=[{"quantity": 2, "price_data": item}]).url)
    assert "2 × &lt;b&gt;Topf &amp; Co&lt;/b&gt;" in page


def test_ok(shop: Shop) -> None:
    session = shop.session()
    answer = post(session.url, "ok")
    assert (answer.status_code, answer.headers["Location"]) == (303, thanks(session))
    assert shop.entry().held == 2500


def test_declined_then_ok(shop: Shop) -> None:
    session = shop.session()
    answer = post(session.url, "decline")
    assert answer.headers["Location"] == urlsplit(session.url).path
    assert "abgelehnt. Sie können" in get(session.url)
    found = shop.look(session.id, "payment_intent").payment_intent
    assert (found.status, found.last_payment_error.code) == (
        "requires_payment_method", "card_declined",
    )  # fmt: skip
    assert "payment_intent.payment_failed" in shop.told()
    assert post(session.url, "ok").headers["Location"] == thanks(session)
    assert shop.intent(found.id).last_payment_error is None
    assert shop.entry().held == 2500


def test_three_d_secure(shop: Shop) -> None:
    session = shop.session()
    bank = shop.provider.url + post(session.url, "secure").headers["Location"]
    assert "3-D Secure" in get(bank)
    intent = shop.look(session.id, "payment_intent").payment_intent
    assert intent.status == "requires_action"
    assert intent.next_action.redirect_to_url.url == bank
    # abandoned: nothing is decided, and the way back is open
    post(session.url, "secure_left")
    assert shop.look(session.id).status == "open"
    assert "noch offen" in get(session.url)
    # failed: as good as declined
    post(session.url, "secure_fail")
    found = shop.intent(intent.id)
    assert (found.status, found.last_payment_error.code) == (
        "requires_payment_method", "authentication_required",
    )  # fmt: skip
    # a confirmation without a question is none
    post(session.url, "secure_ok")
    assert shop.look(session.id).status == "open"
    post(session.url, "secure")
    assert post(session.url, "secure_ok").headers["Location"] == thanks(session)
    assert shop.intent(intent.id).status == "requires_capture"


def test_abandoned_and_then_expired(shop: Shop) -> None:
    session = shop.session()
    post(session.url, "secure")
    shop.client.v1.checkout.sessions.expire(session.id, None, shop.on())
    assert "abgelaufen" in get(session.url)
    post(session.url, "secure_ok")
    assert shop.entry().authorised == 0


@pytest.mark.parametrize("good", [True, False])
def test_paid_later(shop: Shop, good: bool) -> None:
    session = shop.session()
    answer = post(session.url, "later_ok" if good else "later_fail")
    assert answer.headers["Location"] == thanks(session)
    found = shop.look(session.id, "payment_intent")
    assert (found.status, found.payment_status) == ("complete", "unpaid")
    assert found.payment_intent.status == "processing"
    shop.provider.move(10)
    found = shop.look(session.id, "payment_intent")
    if good:
        assert (found.payment_status, found.payment_intent.status) == ("paid", "succeeded")
        assert shop.told()[-1] == "checkout.session.async_payment_succeeded"
        refund = shop.refund(found.payment_intent.id)
        assert refund.status == "pending"
        shop.provider.move(6)
        assert shop.client.v1.refunds.retrieve(refund.id, None, shop.on()).status == "succeeded"
    else:
        assert found.payment_intent.status == "requires_payment_method"
        assert shop.told()[-1] == "checkout.session.async_payment_failed"
        assert shop.entry().authorised == 0


def test_no_direct_debit_where_none_is_offered(shop: Shop) -> None:
    session = shop.session(allowed_payment_method_types=["card"])
    assert "Lastschrift" not in get(session.url)
    post(session.url, "later_ok")
    assert shop.look(session.id).status == "open"


def test_paid_in_the_last_second(shop: Shop) -> None:
    session = shop.session(expires_at=shop.provider.store.now() + 1900)
    post(session.url, "last_second")
    assert "letzten Sekunde" in get(session.url)
    assert shop.look(session.id).status == "open"
    shop.provider.move(1901)
    assert shop.look(session.id).status == "complete"
    assert shop.entry().held == 2500
    # whoever closes the session before wins
    other = shop.session(expires_at=shop.provider.store.now() + 1900)
    post(other.url, "last_second")
    shop.client.v1.checkout.sessions.expire(other.id, None, shop.on())
    shop.provider.move(1901)
    assert shop.look(other.id).status == "expired"
    assert len(shop.provider.entries(shop.account)) == 1


def test_back(shop: Shop) -> None:
    session = shop.session()
    assert post(session.url, "back").headers["Location"] == BACK
    assert shop.look(session.id).status == "open"


def test_two_tabs_pay_once(shop: Shop) -> None:
    session = shop.session()
    first, second = get(session.url), get(session.url)
    assert first == second
    post(session.url, "ok")
    answer = post(session.url, "ok")
    page = get(shop.provider.url + answer.headers["Location"])
    assert "schon erledigt" in page
    assert thanks(session) in page
    assert "<button" not in page
    assert shop.entry().held == 2500
    assert shop.told().count("checkout.session.completed") == 1


def test_sixteen_tabs_in_the_same_moment_pay_once(shop: Shop) -> None:
    session = shop.session()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: post(session.url, "ok"), range(16)))
    assert sum(answer.headers["Location"] == thanks(session) for answer in answers) == 1
    assert shop.entry().held == 2500
    assert shop.told().count("charge.succeeded") == 1


def test_unknown_pages_and_outcomes(provider: StandIn, shop: Shop) -> None:
    session = shop.session()
    assert post(session.url, "free").status_code == 303
    assert shop.look(session.id).status == "open"
    for path in ("/c/pay/cs_test_none", "/setup/acct_none/x", "/", "/c/pay", "/x"):
        assert requests.get(provider.url + path, timeout=10).status_code == 404


def test_onboarding(provider: StandIn) -> None:
    shop = Shop(provider)
    params = {
        "account": shop.account,
        "type": "account_onboarding",
        "return_url": "http://127.0.0.1:9/zahlungen",
        "refresh_url": "http://127.0.0.1:9/neu",
    }
    links = shop.client.v1.account_links
    first = links.create(params)
    page = get(first.url)
    assert "external_account" in page
    assert "Nachbildung" in page
    assert not re.search(r"<script|style=", page)
    assert post(first.url, "back").headers["Location"] == params["return_url"]
    assert post(first.url, "incomplete").headers["Location"] == params["return_url"]
    account = shop.client.v1.accounts.retrieve(shop.account)
    assert (account.charges_enabled, account.requirements.currently_due) == (
        False, ["external_account", "company.tax_id"],
    )  # fmt: skip
    assert requests.get(first.url, timeout=10).status_code == 404  # used
    second = links.create(params)
    third = links.create(params)
    assert requests.get(second.url, timeout=10).status_code == 404  # replaced
    post(third.url, "pending")
    account = shop.client.v1.accounts.retrieve(shop.account)
    assert account.requirements.disabled_reason == "requirements.pending_verification"
    late = links.create(params)
    provider.move(6 * 60)
    answer = requests.get(late.url, allow_redirects=False, timeout=10)
    assert answer.headers["Location"] == params["refresh_url"]
    last = links.create(params)
    post(last.url, "complete")
    assert shop.client.v1.accounts.retrieve(shop.account).charges_enabled
    assert shop.told() == ["account.updated"] * 3


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_only_web_addresses_to_go_on_to(shop: Shop, url: str) -> None:
    with pytest.raises(Exception, match="Not a valid URL"):
        shop.session(cancel_url=url)
