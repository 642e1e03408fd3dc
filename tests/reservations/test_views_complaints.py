"""Behind the secret link: a defect is reported, a choice is made, without a login."""

import re
import uuid

import pytest
import time_machine

from marketplace.core.domain.history import Actor
from marketplace.reservations.domain import links
from marketplace.reservations.domain.complaints import curing
from marketplace.reservations.enums import ComplaintState, Cure
from marketplace.reservations.models import Complaint
from tests import factories, tills
from tests.factories import NOW
from tests.reservations.complaints_help import collected, post, report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def branch():
    made = factories.branch(factories.shop(factories.city(), auto_accept=True))
    tills.open_till(made.shop)
    return made


@pytest.fixture
def shoes(branch):
    return factories.offer(branch, count=9)


def address(row, tail="") -> str:
    return f"/en/abholung/{links.token(row.checkout)}/{row.pk}/reklamation/{tail}"


def main_of(response) -> str:
    return re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]


def sent(row, **more):
    line = row.lines.order_by("pk")[0]
    said = {"nonce": uuid.uuid4(), "line": line.pk, "units": 1, "words": "The sole comes off."}
    return said | more


@pytest.mark.law("A15")
def test_a15_a_guest_reports_and_reads_their_rights_before_the_choice(client, shoes):
    row = collected(shoes)
    order = client.get(f"/en/abholung/{links.token(row.checkout)}/").content.decode()
    assert address(row) in order
    page = main_of(client.get(address(row)))
    assert page.index("You choose: the goods are repaired") < page.index('name="wish"')
    assert re.findall(r'value="(\w*)"[^>]*\bchecked', page) == [""], "nothing but: later"
    answer = client.post(address(row), sent(row, wish="REPAIR"))
    assert (answer.status_code, answer["Location"]) == (303, address(row))
    made = Complaint.objects.get()
    assert (made.wish, made.words, made.noted_by_id) == (Cure.REPAIR, "The sole comes off.", None)
    page = main_of(client.get(address(row)))
    assert "Your complaint has arrived" in page
    assert "do not lapse before the end of 3 Dec 2028" in page


def test_sent_twice_it_is_one(client, shoes):
    row = collected(shoes)
    form = sent(row)
    assert client.post(address(row), form).status_code == 303
    assert client.post(address(row), form).status_code == 303
    assert Complaint.objects.count() == 1
    assert client.post(address(row), sent(row)).status_code == 409


def test_what_is_missing_is_said_and_what_was_typed_stays(client, shoes, branch):
    row = collected(shoes, 3)
    answer = client.post(address(row), sent(row, words="", units="2"))
    assert answer.status_code == 422
    page = main_of(answer)
    assert "Please say what is wrong with the goods." in page
    assert 'value="2"' in page


def test_of_one_thing_nobody_asks_which_and_how_many(client, shoes):
    page = main_of(client.get(address(collected(shoes))))
    assert "Which goods?" not in page
    assert "How many of them?" not in page
    assert "How many of them?" in main_of(client.get(address(collected(shoes, 2))))


def test_the_choice_comes_later(client, shoes):
    row = collected(shoes)
    made = report(row)
    choice = {"complaint": made.pk, "wish": "REPLACE"}
    assert client.post(address(row, "wahl/"), {"complaint": made.pk}).status_code == 422
    assert client.post(address(row, "wahl/"), choice).status_code == 303
    assert Complaint.objects.get().wish == Cure.REPLACEMENT
    other = collected(shoes, email="o@example.de")
    assert client.post(address(other, "wahl/"), choice).status_code == 404
    post()
    curing.begin_cure(complaint_id=made.pk, cure=Cure.REPLACEMENT, by=Actor.system(), now=NOW)
    assert client.post(address(row, "wahl/"), choice).status_code == 409


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (ComplaintState.MONEY, "Money given back"),
        (ComplaintState.REFUSED, "The shop refuses"),
        (ComplaintState.DROPPED, "Closed"),
    ],
)
def test_every_end_is_told(client, shoes, branch, outcome, words):
    row = collected(shoes)
    clerk = Actor.member(factories.member(branch.shop))
    curing.end(complaint_id=report(row).pk, outcome=outcome, answer="Because.", by=clerk, now=NOW)
    page = main_of(client.get(address(row)))
    assert words in page
    assert "Because." in page
    assert 'name="words"' in page, "another one may be reported"


@pytest.mark.law("A15", "A2")
def test_a15_what_was_only_reserved_leads_to_the_shop(client, shoes):
    row = collected(shoes, pay=False)
    page = main_of(client.get(address(row)))
    assert "<form" not in page
    assert "You were given these goods in the shop" in page
    assert client.post(address(row), sent(row)).status_code == 409
    clerk = Actor.member(factories.member(shoes.branch.shop))
    report(row, by=clerk)
    page = main_of(client.get(address(row)))
    assert 'name="wish"' in page, "the choice is theirs all the same"
    assert not re.search(r"\b(order|buy|purchase|withdraw)", page, re.IGNORECASE)


def test_nothing_to_report_before_the_hand_over(client, shoes):
    row = tills.authorised(shoes)
    page = main_of(client.get(address(row)))
    assert "have not been handed over to you yet" in page
    assert "<form" not in page
    answer = client.post(address(row), {"nonce": uuid.uuid4(), "line": row.lines.get().pk})
    assert answer.status_code == 422
