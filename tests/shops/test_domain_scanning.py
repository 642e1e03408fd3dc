"""Many scans in a row, kept with each beep, written at the end."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.reservations.domain import lifecycle
from shops.domain import catalogue, counts, scanning
from shops.domain.shelving import Words
from shops.enums import ScanMode, ScanOutcome
from shops.models import Offer, Scan, ScanLine, ScanSession
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return factories.branch(factories.shop(factories.city(), "Laufwerk", auto_accept=True), "Mitte")


@pytest.fixture
def by(branch):
    return Actor.member(factories.member(branch.shop))


def barcoded(branch, code, title, **fields):
    made = catalogue.create_product(city=branch.shop.city, shop=branch.shop, title=title)
    catalogue.create_variant(product=made, barcode=code)
    catalogue.finish_product(product=made, now=NOW)
    return factories.offer(branch, product=made, **fields)


@pytest.fixture
def cup(branch):
    return barcoded(branch, "2000000000015", "Becher", count=5, counted=timedelta(hours=3))


@pytest.fixture
def session(branch, by):
    return scanning.begin(branch=branch, mode=ScanMode.COUNT, by=by, now=NOW)


def beep(session, by, code, *, at=NOW, client_id=None):
    return scanning.scan(
        session=session, code=code, client_id=client_id or uuid.uuid4(), by=by, now=at
    )


def finish(session, by, at=NOW):
    return scanning.finish(session=session, by=by, now=at)


def numbers(session):
    lines = ScanLine.objects.filter(session=session).order_by("pk")
    return [(line.code, line.quantity, line.outcome) for line in lines]


def on_hand(offer):
    offer.refresh_from_db()
    return offer.on_hand


def test_the_same_article_again_counts_up(session, by, cup):
    for _beep in range(3):
        beep(session, by, "2000000000015")
    beep(session, by, "4006381333931")

    assert numbers(session) == [("2000000000015", 3, ""), ("4006381333931", 1, "")]
    assert on_hand(cup) == 5, "nothing is written before the end"
    finish(session, by)
    assert on_hand(cup) == 3
    assert numbers(session) == [("2000000000015", 3, "DONE"), ("4006381333931", 1, "UNKNOWN")]


def test_a_beep_that_arrives_twice_counts_once(session, by, cup):
    same = uuid.uuid4()
    beep(session, by, "2000000000015", client_id=same)
    beep(session, by, "2000000000015", client_id=same)

    assert numbers(session) == [("2000000000015", 1, "")]


def test_one_session_per_member_and_branch(branch, by, session):
    again = scanning.begin(branch=branch, mode=ScanMode.ADD, by=by, now=NOW)
    other = Actor.member(factories.member(branch.shop, name="Otto Zwei"))

    assert again == session
    assert scanning.begin(branch=branch, mode=ScanMode.ADD, by=other, now=NOW) != session
    finish(session, by)
    assert scanning.begin(branch=branch, mode=ScanMode.ADD, by=by, now=NOW) != session


def test_nobody_else_beeps_into_it(branch, session, cup):
    other = Actor.member(factories.member(branch.shop, name="Otto Zwei"))

    with pytest.raises(Stale):
        beep(session, other, "2000000000015")


def test_undo_takes_back_the_last_beep_and_then_the_one_before(session, by, cup):
    beep(session, by, "2000000000015")
    beep(session, by, "4006381333931")
    beep(session, by, "2000000000015")

    def undo():
        return scanning.undo(session=session, by=by, now=NOW)

    assert undo().code == "2000000000015"
    assert undo().code == "4006381333931"
    assert numbers(session) == [("2000000000015", 1, ""), ("4006381333931", 0, "DROPPED")]
    assert undo() is not None
    assert undo() is None
    finish(session, by)
    assert on_hand(cup) == 5, "what nobody scanned is not counted as none"


def test_a_number_typed_instead_can_be_taken_back(session, by, cup):
    line = beep(session, by, "2000000000015")
    scanning.set_quantity(
        session=session, line_id=line.pk, quantity=40, client_id=uuid.uuid4(), by=by, now=NOW
    )
    assert numbers(session)[0][1] == 40
    scanning.undo(session=session, by=by, now=NOW)
    assert numbers(session)[0][1] == 1


def test_none_typed_is_a_count_of_none(session, by, cup):
    line = beep(session, by, "2000000000015")
    scanning.set_quantity(
        session=session, line_id=line.pk, quantity=0, client_id=uuid.uuid4(), by=by, now=NOW
    )
    finish(session, by)
    assert on_hand(cup) == 0


@pytest.mark.parametrize("quantity", [-1, 1_000_001])
def test_numbers_that_cannot_be(session, by, cup, quantity):
    line = beep(session, by, "2000000000015")
    with pytest.raises(Refused):
        scanning.set_quantity(
            session=session,
            line_id=line.pk,
            quantity=quantity,
            client_id=uuid.uuid4(),
            by=by,
            now=NOW,
        )
    assert Scan.objects.count() == 1


def test_what_was_set_aside_at_the_beep_is_added(session, by, cup):
    row = factories.reservation((cup, 2))
    lifecycle.mark_ready(reservation_id=row.pk, shelf="1", by=by, now=NOW)
    for _beep in range(3):
        beep(session, by, "2000000000015")

    finish(session, by)
    assert on_hand(cup) == 5


def test_what_is_set_aside_between_beep_and_end_is_not_counted_twice(session, by, cup):
    """Five on the shelf at the beep; two of them go into a compartment before the list ends."""
    for _beep in range(5):
        beep(session, by, "2000000000015")
    row = factories.reservation((cup, 2))
    lifecycle.mark_ready(reservation_id=row.pk, shelf="1", by=by, now=NOW)

    finish(session, by, NOW + timedelta(minutes=40))
    assert on_hand(cup) == 5


def test_what_leaves_between_beep_and_end_is_subtracted(session, by, cup):
    for _beep in range(5):
        beep(session, by, "2000000000015")
    later = NOW + timedelta(minutes=30)
    row = factories.reservation((cup, 2), now=NOW)
    lifecycle.mark_ready(reservation_id=row.pk, shelf="1", by=by, now=later)
    lifecycle.hand_over(reservation_id=row.pk, by=by, now=later)

    finish(session, by, NOW + timedelta(minutes=40))
    assert on_hand(cup) == 3


def test_a_younger_count_stays(session, by, cup):
    beep(session, by, "2000000000015")
    later = NOW + timedelta(minutes=5)
    counts.count_by_eye(offer_id=cup.pk, on_shelf=9, by=by, now=later)

    finish(session, by, later)
    assert on_hand(cup) == 9
    assert numbers(session) == [("2000000000015", 1, "OLDER")]


def test_goods_that_came_in_are_added(branch, by, cup):
    new = barcoded(branch, "2000000000022", "Teller", count=None)
    session = scanning.begin(branch=branch, mode=ScanMode.ADD, by=by, now=NOW)
    for code in ("2000000000015", "2000000000015", "2000000000022"):
        beep(session, by, code)

    finish(session, by)
    assert on_hand(cup) == 7
    assert on_hand(new) is None, "so many more than nobody knows is not known either"
    assert [line[2] for line in numbers(session)] == ["DONE", "UNCOUNTED"]
    line = ScanLine.objects.get(session=session, variant=cup.variant)
    assert (line.before, line.after) == (5, 7)


def test_finishing_twice_writes_once(branch, by, cup):
    session = scanning.begin(branch=branch, mode=ScanMode.ADD, by=by, now=NOW)
    beep(session, by, "2000000000015")
    finish(session, by)
    finish(session, by)

    assert on_hand(cup) == 6
    with pytest.raises(Stale):
        beep(session, by, "2000000000015")


def test_what_nobody_knew_is_described_afterwards(branch, by, session):
    beep(session, by, "4006381333931")
    beep(session, by, "4006381333931")
    finish(session, by)
    line = ScanLine.objects.get()

    done = scanning.describe(
        branch=branch,
        line=line,
        client_id=uuid.uuid4(),
        code=line.code,
        price=Decimal("1.99"),
        on_shelf=line.quantity,
        words=Words(title="Stift"),
        variant_id=None,
        by=by,
        now=NOW,
    )
    line.refresh_from_db()
    assert (line.outcome, line.variant, line.after) == (ScanOutcome.DONE, done.offer.variant, 2)


def test_known_in_town_without_a_price_here_waits_as_well(branch, by, session):
    other = factories.branch(factories.shop(branch.shop.city, "Nebenan"), "Nebenan")
    made = catalogue.create_product(city=branch.shop.city, shop=None, title="Stift")
    variant = catalogue.create_variant(product=made, gtin="04006381333931")
    catalogue.create_offer(branch=other, variant=variant, price=Decimal(2), now=NOW)

    line = beep(session, by, "4006381333931")
    assert line.variant == variant
    finish(session, by)
    line.refresh_from_db()
    assert line.outcome == ScanOutcome.UNKNOWN


def test_dropped_ones_wait_no_more(branch, by, session):
    beep(session, by, "4006381333931")
    finish(session, by)
    line = ScanLine.objects.get()
    other = factories.branch(branch.shop, "Vorsfelde")

    scanning.drop(branch=other, line_id=line.pk, by=by, now=NOW)
    line.refresh_from_db()
    assert line.outcome == ScanOutcome.UNKNOWN, "another branch's list is not ours"
    scanning.drop(branch=branch, line_id=line.pk, by=by, now=NOW)
    line.refresh_from_db()
    assert line.outcome == ScanOutcome.DROPPED


def test_a_full_list_says_so(session, by, cup, monkeypatch):
    monkeypatch.setattr(scanning, "MOST_LINES", 1)
    beep(session, by, "2000000000015")
    beep(session, by, "2000000000015")

    with pytest.raises(Refused) as refused:
        beep(session, by, "4006381333931")
    assert refused.value.code == "scan_full"
    assert ScanSession.objects.count() == Offer.objects.count() == 1
