"""Of the same goods one complaint is open, and it is cured once, whoever clicks when."""

import uuid

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.reservations.domain.complaints import curing
from marketplace.reservations.enums import COMPLAINT_OPEN, Cure
from marketplace.reservations.models import Complaint
from tests import factories
from tests.factories import NOW
from tests.races.crowd import rush
from tests.reservations.complaints_help import collected, report

pytestmark = pytest.mark.timeout(1200)


def _row(city):
    return collected(factories.offer(factories.branch(factories.shop(city))), pay=False)


@pytest.mark.law("A15")
def test_many_who_complain_at_once_make_one_complaint(town):
    _engine, city = town
    row, by, nonce = _row(city), Actor.system(), uuid.uuid4()

    def tell(number: int) -> str:
        try:
            report(row, by=by, nonce=nonce if number % 2 else uuid.uuid4())
        except Refused as refusal:
            return refusal.code
        return "told"

    told = rush(tell, tries=24, processes=3, threads=4)

    assert set(told) <= {"told", "open_already"}
    assert Complaint.objects.filter(state__in=COMPLAINT_OPEN).count() == 1
    # Either the form that was sent twelve times won, each time with the same answer, or another.
    assert told["told"] in (1, 12)


def test_a_cure_begins_once_and_with_what_was_chosen_then(town):
    _engine, city = town
    by = Actor.member(factories.user("Jana Brandt"))
    made = report(_row(city), by=by)
    curing.hand_information(complaint_id=made.pk, by=by, now=NOW)

    def begin(number: int) -> str:
        cure = Cure.REPAIR if number % 2 else Cure.REPLACEMENT
        try:
            curing.begin_cure(complaint_id=made.pk, cure=cure, by=by, now=NOW)
        except Stale as stale:
            return stale.code
        return "begun"

    told = rush(begin, tries=20, processes=2, threads=5)

    assert told == {"begun": 1, "is_cure": 19}
    assert Complaint.objects.get().version == 2


def test_control_without_the_constraint_two_complaints_are_open(town):
    """The guard is the row of the database: who only looks first, sees nothing."""
    _engine, city = town
    row, by = _row(city), Actor.system()

    def look(number: int) -> str:
        # What a check before the INSERT would see, all at the same moment.
        return "free" if not Complaint.objects.filter(line=row.lines.get()).exists() else "taken"

    seen = rush(look, tries=8, processes=2, threads=4)
    assert seen == {"free": 8}, "each of them would have gone on"
    report(row, by=by)
    assert look(0) == "taken"
