"""A complaint's life: told of, informed, cured or ended; what the database refuses meanwhile."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction

from marketplace.core.domain import retention
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import LogEntry
from marketplace.reservations.domain import counter
from marketplace.reservations.domain.complaints import curing, queries, reporting
from marketplace.reservations.enums import ComplaintState, Cure, Informed
from marketplace.reservations.models import Complaint, Contact
from tests import factories, tills
from tests.factories import NOW
from tests.reservations.complaints_help import SHOPPER, collected, post, report

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=3)


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
def clerk(branch):
    return Actor.member(factories.member(branch.shop))


@pytest.fixture
def shoes(branch):
    return factories.offer(branch, count=9)


def fresh(complaint: Complaint) -> Complaint:
    return Complaint.objects.get(pk=complaint.pk)


# Told of ------------------------------------------------------------------------------------------


@pytest.mark.law("A15")
def test_a15_the_information_goes_out_with_the_receipt(shoes):
    row = collected(shoes, 2)
    made = report(row, wish=Cure.REPAIR)
    post()
    by_address = {letter.to[0]: letter for letter in mail.outbox[-2:]}
    to_shopper = by_address["lena.koch@example.de"].body
    assert "You choose: the goods are repaired, or you get others in their place." in to_shopper
    assert "becomes longer once, by 12 months" in to_shopper
    assert "You have chosen: Repair" in to_shopper
    assert "do not lapse before the end of 3 Dec 2028" in to_shopper
    assert f"{row.pk}/reklamation/" in to_shopper
    to_shop = by_address["laden@example.de"].body
    assert "The sole comes off." in to_shop
    assert f"/haendler/{row.shop.slug}/reklamationen/{made.pk}/" in to_shop


def test_the_same_form_twice_is_one_complaint(shoes):
    row, nonce = collected(shoes), uuid.uuid4()
    first = report(row, nonce=nonce)
    assert report(row, nonce=nonce).pk == first.pk
    assert Complaint.objects.count() == 1


def test_of_the_same_goods_one_complaint_is_open(shoes):
    row = collected(shoes, 2)
    first = report(row)
    with pytest.raises(Refused) as refusal:
        report(row)
    assert refusal.value.code == "open_already"
    curing.end(
        complaint_id=first.pk, outcome=ComplaintState.DROPPED, answer="", by=SHOPPER, now=NOW
    )
    assert report(row).pk != first.pk


@pytest.mark.parametrize("units", [0, 3])
def test_not_more_than_was_handed_over(shoes, units):
    with pytest.raises(Refused) as refusal:
        report(collected(shoes, 2), units=units)
    assert refusal.value.code == "units"


def test_no_foreign_line(shoes, branch):
    mine = collected(shoes)
    other = collected(factories.offer(branch), email="o@example.de")
    with pytest.raises(Refused) as refusal:
        report(mine, line_id=other.lines.get().pk)
    assert refusal.value.code == "units"


def test_nothing_before_the_hand_over(shoes):
    row = tills.authorised(shoes)
    with pytest.raises(Refused) as refusal:
        report(row)
    assert refusal.value.code == "not_collected"


def test_something_has_to_be_wrong(shoes):
    with pytest.raises(Refused) as refusal:
        report(collected(shoes), words="   ")
    assert refusal.value.code == "words_missing"


@pytest.mark.law("A15")
def test_a15_what_was_sold_in_the_shop_is_noted_by_its_people(shoes, clerk):
    row = collected(shoes, pay=False)
    with pytest.raises(Refused) as refusal:
        report(row)
    assert refusal.value.code == "made_in_shop"
    made = report(row, by=clerk)
    assert made.noted_by_id == clerk.user_id
    post()
    assert "You choose: the goods are repaired" in mail.outbox[-1].body
    assert [letter.to[0] for letter in mail.outbox].count("laden@example.de") == 1, "of placing"


def test_a_hand_over_that_is_complained_about_stays(shoes, clerk):
    row = factories.reservation((shoes, 1))
    counter.hand_over(reservation_id=row.pk, client_id=uuid.uuid4(), by=clerk, now=NOW)
    report(row, by=clerk)
    with pytest.raises(Stale):
        counter.undo(reservation_id=row.pk, by=clerk, now=NOW)


def test_after_the_period_it_is_taken_and_says_so(shoes):
    row = collected(shoes)
    made = report(row, now=NOW.replace(year=2029))
    [seen] = queries.seen([queries.with_all(Complaint.objects.all()).get(pk=made.pk)])
    assert (made.state, seen.is_late, seen.is_presumed) == ("REPORTED", True, False)
    [soon] = queries.seen(
        queries.with_all(Complaint.objects.filter(pk=report(collected(shoes)).pk))
    )
    assert (soon.is_late, soon.is_presumed) == (False, True)


# The cure -----------------------------------------------------------------------------------------


@pytest.mark.law("A15")
@pytest.mark.parametrize("cure", Cure)
def test_a15_no_cure_before_the_shopper_was_informed(shoes, clerk, cure):
    made = report(collected(shoes))
    with pytest.raises(Refused) as refusal:
        curing.begin_cure(complaint_id=made.pk, cure=cure, by=clerk, now=LATER)
    assert refusal.value.code == "not_informed"
    assert fresh(made).state == ComplaintState.REPORTED
    post()
    begun = curing.begin_cure(complaint_id=made.pk, cure=cure, by=clerk, now=LATER)
    assert (begun.state, begun.informed_at, begun.informed_how) == ("CURE", NOW, Informed.MAIL)


@pytest.mark.law("A15")
def test_a15_the_database_refuses_it_as_well(shoes):
    made = report(collected(shoes))
    rows = Complaint.objects.filter(pk=made.pk)
    said = {"state": "CURE", "cure_type": Cure.REPAIR, "cure_at": LATER}
    for odd in (
        said,
        said | {"informed_at": LATER + timedelta(seconds=1), "informed_how": "MAIL"},
        {"state": "CURE", "informed_at": NOW, "informed_how": "MAIL"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**odd)
    assert rows.update(**said, informed_at=LATER, informed_how="MAIL") == 1


def test_whoever_has_no_address_gets_the_paper(shoes, clerk):
    row = collected(shoes, pay=False)
    Contact.objects.filter(pk=row.checkout.contact_id).update(email="", email_key="")
    made = report(row, by=clerk)
    post()
    with pytest.raises(Refused):
        curing.begin_cure(complaint_id=made.pk, cure=Cure.REPAIR, by=clerk, now=LATER)
    curing.hand_information(complaint_id=made.pk, by=clerk, now=NOW)
    curing.hand_information(complaint_id=made.pk, by=clerk, now=LATER)
    begun = curing.begin_cure(complaint_id=made.pk, cure=Cure.REPAIR, by=clerk, now=LATER)
    assert (begun.informed_at, begun.informed_how) == (NOW, Informed.PAPER)


@pytest.mark.law("A15")
def test_a15_another_cure_than_the_chosen_needs_a_reason(shoes, clerk):
    made = report(collected(shoes))
    post()
    reporting.choose(complaint_id=made.pk, wish=Cure.REPLACEMENT, by=SHOPPER, now=NOW)
    with pytest.raises(Refused) as refusal:
        curing.begin_cure(complaint_id=made.pk, cure=Cure.REPAIR, by=clerk, now=LATER)
    assert refusal.value.code == "reason_missing"
    curing.begin_cure(
        complaint_id=made.pk, cure=Cure.REPAIR, reason="No others are made.", by=clerk, now=LATER
    )
    post(LATER)
    assert "No others are made." in mail.outbox[-1].body
    with pytest.raises(Stale):
        reporting.choose(complaint_id=made.pk, wish=Cure.REPAIR, by=SHOPPER, now=LATER)


@pytest.mark.law("A15")
def test_a15_bought_on_1_december_2026_and_repaired_is_1_december_2029(shoes, clerk):
    bought = datetime(2026, 12, 1, 14, tzinfo=UTC)
    row = collected(factories.offer(shoes.branch, now=bought), now=bought)
    made = report(row, now=NOW)
    assert made.limitation_until == date(2028, 12, 1)
    post()
    curing.begin_cure(complaint_id=made.pk, cure=Cure.REPAIR, by=clerk, now=LATER)
    done = curing.finish(complaint_id=made.pk, by=clerk, now=LATER)
    assert (done.state, done.limitation_until) == ("CURED", date(2029, 12, 1))
    post(LATER)
    assert "has been repaired" in mail.outbox[-1].subject
    assert "1 Dec 2029" in mail.outbox[-1].body

    again = report(row, now=LATER)
    assert again.limitation_until == date(2029, 12, 1), "prolonged once, and it stays so"
    post(LATER)
    curing.begin_cure(complaint_id=again.pk, cure=Cure.REPAIR, by=clerk, now=LATER)
    twice = curing.finish(complaint_id=again.pk, by=clerk, now=LATER)
    assert twice.limitation_until == date(2029, 12, 1), "once, however often"


def test_a_replacement_prolongs_nothing(shoes, clerk):
    made = report(collected(shoes))
    post()
    curing.begin_cure(complaint_id=made.pk, cure=Cure.REPLACEMENT, by=clerk, now=LATER)
    done = curing.finish(complaint_id=made.pk, by=clerk, now=LATER)
    assert done.limitation_until == date(2028, 12, 3)


def test_nothing_ends_twice_and_nothing_is_cured_that_never_began(shoes, clerk):
    made = report(collected(shoes))
    with pytest.raises(Stale):
        curing.finish(complaint_id=made.pk, by=clerk, now=NOW)
    curing.end(complaint_id=made.pk, outcome=ComplaintState.MONEY, answer="", by=clerk, now=NOW)
    with pytest.raises(Stale) as stale:
        curing.begin_cure(complaint_id=made.pk, cure=Cure.REPAIR, by=clerk, now=NOW)
    assert stale.value.code == "is_money"


# Refused ------------------------------------------------------------------------------------------


@pytest.mark.law("A15")
def test_a15_only_a_person_refuses_and_says_why(shoes, clerk):
    made = report(collected(shoes))
    end = {"complaint_id": made.pk, "outcome": ComplaintState.REFUSED, "now": NOW}
    with pytest.raises(ValueError, match="person"):
        curing.end(**end, answer="Too late.", by=Actor.clock())
    with pytest.raises(Refused) as refusal:
        curing.end(**end, answer=" ", by=clerk)
    assert refusal.value.code == "answer_missing"
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=made.pk).update(state="REFUSED", ended_at=NOW)
    curing.end(**end, answer="The sole was cut with a knife.", by=clerk)
    post()
    letter = mail.outbox[-1]
    assert "cut with a knife" in letter.body
    assert "Your rights do not end with that" in letter.body


# Kept and forgotten -------------------------------------------------------------------------------


def test_what_was_told_never_changes_and_can_be_forgotten(shoes):
    made = report(collected(shoes, 2))
    rows = Complaint.objects.filter(pk=made.pk)
    for change in ({"words": "Nothing."}, {"units": 2}, {"reported_at": LATER}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with transaction.atomic(), retention.open_pass(rule="complaints", now=NOW):
        assert rows.update(words="", erased_at=NOW) == 1
    assert connection.vendor in ("sqlite", "postgresql")


def test_history_names_nobody(shoes, clerk):
    made = report(collected(shoes), wish=Cure.REPAIR)
    post()
    curing.begin_cure(complaint_id=made.pk, cure=Cure.REPAIR, by=clerk, now=LATER)
    curing.finish(complaint_id=made.pk, by=clerk, now=LATER)
    rows = LogEntry.objects.filter(subject=f"complaint:{made.pk}").order_by("pk")
    assert [row.verb for row in rows] == ["complaint.report", "complaint.cure", "complaint.cured"]
    assert "sole" not in str([row.data for row in rows])


def test_nobody_is_told_once_the_address_is_gone(shoes, clerk):
    row = collected(shoes)
    made = report(row)
    Contact.objects.filter(pk=row.checkout.contact_id).update(email="", email_key="")
    before = len(mail.outbox)
    curing.end(complaint_id=made.pk, outcome=ComplaintState.MONEY, answer="", by=clerk, now=NOW)
    post()
    assert "lena.koch@example.de" not in [letter.to[0] for letter in mail.outbox[before:]]
