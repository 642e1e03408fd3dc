"""The withdrawal function as shoppers meet it: two submits, a receipt, and nothing in the way."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from marketplace.core.domain import notices as outbox
from marketplace.core.models import Notice
from marketplace.reservations.domain import lifecycle, links
from marketplace.reservations.enums import State, WithdrawalState
from marketplace.reservations.models import Withdrawal, WithdrawalDeclaration
from shops.models import Facts
from tests import factories, money
from tests.factories import NOW
from tests.reservations import withdrawing

pytestmark = pytest.mark.law("A9")
HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
FORM = "/en/widerruf/"


@pytest.fixture(autouse=True)
def _thursday():
    with time_machine.travel(NOW, tick=False):
        yield


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def hidden(response) -> dict[str, str]:
    """What the form on the page sends."""
    found = re.findall(r"<input[^>]*>", response.content.decode())
    pairs = {}
    for tag in found:
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="hidden"' in tag:
            pairs[name[1]] = value[1] if value else ""
    return pairs


def filled(**fields: str) -> dict[str, str]:
    plain = {
        "name": "Lena Koch",
        "email": "lena.koch@example.de",
        "contract": "the red shoes of last week",
        "extent": "whole",
        "nonce": str(uuid.uuid4()),
    }
    return plain | fields


def two_submits(path: str, **fields: str):
    """Both steps as a browser does them; the receipt's page."""
    client = Client()
    nonce = hidden(client.get(path))["nonce"]
    review = client.post(path, filled(nonce=nonce, step="review", **fields), **HERE)
    assert review.status_code == 200, text_of(review)
    done = client.post(path, hidden(review) | {"step": "confirm"}, **HERE)
    assert done.status_code == 303
    assert not client.cookies
    return client.get(done["Location"])


def order_path(desk: money.Desk, pk: int) -> str:
    return f"{FORM}{links.token(desk.see(pk).checkout)}/"


def test_a_guest_withdraws_one_of_two_in_two_submits_and_reads_when_to_the_second(desk, mailoutbox):
    pk = withdrawing.collected(desk)
    line = money.line(pk)

    page = two_submits(order_path(desk, pk), extent="part", **{f"units_{line.pk}": "1"})

    text = text_of(page)
    assert "3 December 2026, 14:05:00" in text
    assert f"1 × {line.title}" in text
    assert "arrived, and nothing else" in text
    withdrawal = Withdrawal.objects.get()
    assert withdrawal.state == WithdrawalState.MATCHED
    assert [(each.line_id, each.units) for each in withdrawal.lines.all()] == [(line.pk, 1)]
    notice = Notice.objects.get(kind="reservations.withdrawal_received")
    outbox.send_one(notice_id=notice.pk, now=NOW)
    (mail,) = [each for each in mailoutbox if "Receipt of your" in each.subject]
    assert mail.to == ["lena.koch@example.de"]
    assert "3 December 2026, 14:05:00" in mail.subject
    assert f"as to these goods: 1 × {line.title}" in mail.body


def test_the_answer_is_the_same_for_known_and_unknown_orders(desk):
    pk = withdrawing.collected(desk)
    code = desk.see(pk).spoken_code

    known = two_submits(FORM, contract=code)
    unknown = two_submits(FORM, contract="WXYZ 23")

    assert Withdrawal.objects.filter(reservation=pk).count() == 1
    assert Withdrawal.objects.filter(reservation=None).count() == 1
    tokens = re.compile(r"eingang/[^/\"]+/")
    first, second = (tokens.sub("", text_of(page)) for page in (known, unknown))
    assert first.replace(code, "") == second.replace("WXYZ 23", "")


def test_nothing_but_name_contract_and_address_is_wanted_and_nothing_is_chosen(desk):
    page = Client().get(FORM)

    assert "checked" not in page.content.decode()
    refused = Client().post(FORM, {"step": "review", "nonce": str(uuid.uuid4())}, **HERE)
    assert refused.status_code == 422
    form = refused.context["form"]
    assert set(form.errors) == {"name", "email", "contract", "extent"}
    assert {name for name, field in form.fields.items() if field.required} == {
        "name",
        "email",
        "contract",
        "extent",
        "nonce",
    }
    body = page.content.decode().lower()
    main = body[body.index("<main") : body.index("</main")]
    assert "password" not in main
    assert "<img" not in main


def test_the_second_step_shows_the_declaration_and_can_be_taken_back(desk):
    client = Client()
    review = client.post(FORM, filled(step="review", remark="Line one\nand two"), **HERE)

    text = text_of(review)
    assert "I hereby withdraw from the contract for the red shoes of last week, as a whole." in text
    buttons = re.findall(r"<button[^>]*>([^<]+)</button>", review.content.decode())
    assert [each for each in buttons if "ithdraw" in each or "hange" in each] == [
        "Confirm withdrawal",
        "Change details",
    ]
    back = client.post(FORM, hidden(review) | {"step": "change"}, **HERE)
    assert 'value="the red shoes of last week"' in back.content.decode()
    assert "Line one\nand two" in back.content.decode().replace("\r", "")
    assert not WithdrawalDeclaration.objects.exists()


@pytest.mark.law("A8")
def test_a_cake_is_declared_like_anything_else_and_the_shop_decides(desk):
    product = desk.offer.variant.product
    Facts.objects.update_or_create(product=product, defaults={"withdrawal": "PERISHABLE"})
    pk = withdrawing.collected(desk)
    path = order_path(desk, pk)
    assert "checked" not in Client().get(path).content.decode()

    two_submits(path)

    assert Withdrawal.objects.get().state == WithdrawalState.MATCHED


def test_the_same_form_sent_again_shows_the_same_receipt(desk):
    pk = withdrawing.ready(desk)
    fields = filled(step="confirm")

    first = Client().post(order_path(desk, pk), fields, **HERE)
    second = Client().post(order_path(desk, pk), fields, **HERE)

    assert first["Location"] == second["Location"]
    assert WithdrawalDeclaration.objects.count() == 1
    assert desk.see(pk).state == State.CANCELLED


def test_the_link_of_the_order_knows_who_and_what(desk):
    pk = withdrawing.collected(desk)

    page = Client().get(order_path(desk, pk))

    text = page.content.decode()
    assert 'value="Lena Koch"' in text
    assert 'value="lena.koch@example.de"' in text
    assert f"order {desk.see(pk).spoken_code} of" in text
    assert "(at most 2)" in text
    assert page["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("token", ["1.abc.def", "no-link"])
def test_a_link_that_opens_nothing_leads_to_the_plain_form(desk, token):
    answer = Client().get(f"{FORM}{token}/")

    assert answer.status_code == 404
    assert f'href="{FORM}"' in answer.content.decode()


def test_a_reserve_is_no_contract_to_fill_in(desk):
    reserve = factories.reservation((desk.offer, 1))

    assert Client().get(order_path(desk, reserve.pk)).status_code == 404


def test_more_than_is_left_or_nothing_at_all_is_asked_again(desk):
    pk = withdrawing.collected(desk)
    line = money.line(pk).pk
    path = order_path(desk, pk)

    for units, sentence in (("3", "more than you can withdraw"), ("", "which goods you mean")):
        answer = Client().post(
            path, filled(step="review", extent="part", **{f"units_{line}": units}), **HERE
        )
        assert answer.status_code == 422
        assert sentence in text_of(answer)


def test_programs_and_floods_are_told_and_not_swallowed(desk):
    trap = Client().post(FORM, filled(step="confirm", website="http://spam.example"), **HERE)
    assert trap.status_code == 422
    assert "that is to stay empty" in text_of(trap)

    answers = [
        Client().post(FORM, filled(step="confirm", email=f"a{n}@example.de"), **HERE).status_code
        for n in range(31)
    ]

    assert answers == [303] * 30 + [429]
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        mails = [Client().post(FORM, filled(step="confirm"), **HERE).status_code for _ in range(11)]
    assert mails == [303] * 10 + [429]


def test_a_form_from_elsewhere_is_refused(desk):
    strange = {"HTTP_SEC_FETCH_SITE": "cross-site"}

    assert Client().post(FORM, filled(step="confirm"), **strange).status_code == 403


def test_a_receipt_opens_with_its_own_link_only(desk):
    withdrawal = withdrawing.declared(desk.paid())
    token = links.receipt_token(withdrawal.declaration)

    assert Client().get(f"{FORM}eingang/{token}/").status_code == 200
    assert Client().get(f"{FORM}eingang/{token[:-1]}x/").status_code == 404
    factories.city("Braunschweig", host="braunschweig.localhost")
    elsewhere = Client().get(f"{FORM}eingang/{token}/", HTTP_HOST="braunschweig.localhost")
    assert elsewhere.status_code == 404


@pytest.mark.parametrize("path", ["/en/laeden/", "/en/suche/", "/en/korb/", "/en/gibt-es-nicht/"])
def test_every_page_leads_there_in_its_footer(desk, path):
    page = Client().get(path)

    foot = page.content.decode().rpartition("<footer")[2]
    assert re.search(rf'<a href="{FORM}"[^>]*>Withdraw from contract</a>', foot)


@pytest.mark.law("A7")
def test_the_page_of_the_order_says_until_when_and_what_became_of_it(desk):
    pk = withdrawing.ready(desk)
    status = f"/en/abholung/{links.token(desk.see(pk).checkout)}/"
    assert "Withdraw from contract</a>" in text_of(Client().get(status))
    assert "You can withdraw until" not in text_of(Client().get(status))
    lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW)

    page = text_of(Client().get(status))

    assert "You can withdraw until 17 December 2026." in page
    assert order_path(desk, pk) in page
    withdrawing.declared(pk)
    assert "assigned to an order. The shop waits for the goods." in text_of(Client().get(status))
    with time_machine.travel(desk.see(pk).withdrawal_ends_at, tick=False):
        late = text_of(Client().get(status))
    assert "The time for withdrawing ended on 17 December 2026." in late
