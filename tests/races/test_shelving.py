"""The same number scanned in several shops at one instant is one article of the town, and a form
that is sent many times at once shelves once."""

import uuid
from decimal import Decimal

import pytest

from marketplace.core.domain.history import Actor
from shops.domain import scanning, shelving
from shops.domain.shelving import Found, Words
from shops.enums import ScanMode
from shops.models import Movement, Offer, Product, Scan, ScanLine, Shelving, Variant
from tests import factories
from tests.factories import NOW
from tests.races.crowd import barrier, rush

pytestmark = pytest.mark.timeout(1200)

GTIN = "4006381333931"
BY = Actor.system()


def branches(city, number):
    return [factories.branch(factories.shop(city, f"Laden {at}"), "Mitte") for at in range(number)]


def shelve(branch, client_id=None, title="Stift"):
    return shelving.shelve(
        branch=branch,
        client_id=client_id or uuid.uuid4(),
        code=GTIN,
        price=Decimal("4.99"),
        on_shelf=2,
        words=Words(title=title),
        by=BY,
        now=NOW,
    )


def test_eight_shops_make_one_article(town):
    _engine, city = town
    places = branches(city, 8)

    told = rush(
        lambda number: shelve(places[number], title=f"Stift {number}") and "shelved",
        tries=8,
        processes=4,
        threads=2,
    )
    assert told == {"shelved": 8}
    assert Product.objects.count() == Variant.objects.count() == 1
    assert Offer.objects.count() == Shelving.objects.count() == 8


def test_control_without_another_look_the_second_shop_is_sent_away(town, monkeypatch):
    """Everybody looks before anybody writes; who may not look again comes back with nothing."""
    engine, city = town
    if engine == "sqlite":
        pytest.skip("one writer at a time: whoever looks next sees what was written")
    places, gathered = branches(city, 8), barrier(8)
    look = shelving.look_up

    def late(**asked) -> Found:
        found = look(**asked)
        gathered.wait(timeout=30)
        return found

    monkeypatch.setattr(shelving, "look_up", late)
    monkeypatch.setattr(shelving, "TRIES", 1)
    told = rush(
        lambda number: shelve(places[number]) and "shelved", tries=8, processes=4, threads=2
    )
    assert told["shelved"] == 1
    assert Product.objects.count() == 1, "the constraint holds without the second look as well"


def test_a_form_sent_many_times_shelves_once(town):
    _engine, city = town
    (branch,) = branches(city, 1)
    same = uuid.uuid4()

    told = rush(
        lambda _number: shelve(branch, same) and "shelved", tries=16, processes=4, threads=2
    )
    assert told == {"shelved": 16}
    assert Shelving.objects.count() == Movement.objects.count() == 1


def test_beeps_side_by_side_all_count_and_none_slips_in_behind_the_end(town):
    _engine, city = town
    (branch,) = branches(city, 1)
    by = Actor.member(factories.member(branch.shop))
    offer = shelve(branch).offer
    session = scanning.begin(branch=branch, mode=ScanMode.ADD, by=by, now=NOW)

    def act(number: int) -> str:
        if number == 12:
            scanning.finish(session=session, by=by, now=NOW)
            return "finished"
        scanning.scan(session=session, code=GTIN, client_id=uuid.uuid4(), by=by, now=NOW)
        return "counted"

    told = rush(act, tries=24, processes=4, threads=2)
    counted = told["counted"]
    assert told["finished"] == 1
    offer.refresh_from_db()
    line = ScanLine.objects.get()
    assert line.quantity == Scan.objects.count() == counted
    assert offer.on_hand == 2 + counted
