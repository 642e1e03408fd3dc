"""Pages that become one while somebody reserves, and while files bring the same goods."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.operations.domain import audit
from marketplace.reservations.enums import HOLDING
from marketplace.reservations.models import Line
from shops.domain import catalogue, holding
from shops.domain.imports import apply, lookup, plan
from shops.domain.sharing import holds, merging
from shops.domain.stock import SoldOut
from shops.models import Offer, Product, Variant
from tests import factories
from tests.factories import NOW
from tests.races.crowd import barrier, rush

pytestmark = pytest.mark.timeout(1200)

BY = Actor.system()
A, B, C = "9521234500018", "9521234500025", "9521234500032"
HEADER = "Art.-Nr.;Bezeichnung;EAN;VK;Bestand;MwSt;Modell;Größe\n"


def page(city, shop, title: str, gtin: str) -> Product:
    """A shared page with its number, or (with a shop) own goods that bear it."""
    made = catalogue.create_product(city=city, shop=shop, title=title)
    number = {"barcode": gtin} if shop else {"gtin": f"0{gtin}"}
    catalogue.create_variant(product=made, **number)
    catalogue.finish_product(product=made, now=NOW)
    return made


def twice(city) -> tuple[Product, Product, Offer, Offer]:
    """The same thing at one branch, on the city's page and on the shop's own."""
    branch = factories.branch(factories.shop(city, "Laufwerk", auto_accept=True))
    keep, fold = page(city, None, "Strada", A), page(city, branch.shop, "Mein Strada", A)
    there = factories.offer(branch, product=keep, count=40)
    here = factories.offer(branch, product=fold, count=40)
    return keep, fold, there, here


def merging_while_reserving(keep, fold, offers):
    def act(number: int) -> str:
        if number == 5:
            try:
                merging.merge(keep_id=keep.pk, fold_id=fold.pk, by=BY, now=NOW)
            except Refused as no:
                return no.code
            return "merged"
        try:
            factories.placed((offers[number % 2], 1), email=f"k{number}@example.de")
        except (Refused, Stale, SoldOut):
            return "refused"
        return "reserved"

    return act


def held_by_the_dead() -> int:
    """Units that lines hold in offers taken down."""
    return Line.objects.filter(state__in=HOLDING, offer__is_live=False).count()


def test_reservations_point_to_living_offers_whatever_comes_first(town):
    _engine, city = town
    for _round in range(3):
        Variant.objects.filter(became=None).update(gtin=None)
        keep, fold, there, here = twice_again(city)
        told = rush(merging_while_reserving(keep, fold, (here, there)), tries=16, processes=4)
        assert told["merged"] + told["reserved_twice"] == 1, told
        assert sum(told.values()) == 16, told
        assert set(told) <= {"merged", "reserved_twice", "reserved", "refused"}, told
        assert held_by_the_dead() == 0
    assert not audit.run(now=NOW).violations


def twice_again(city):
    """A fresh pair in a shop of its own."""
    number = Product.objects.count()
    shop = factories.shop(city, f"Laden {number}", auto_accept=True)
    branch = factories.branch(shop, f"Filiale {number}")
    keep, fold = page(city, None, f"Strada {number}", A), page(city, shop, f"Mein {number}", A)
    there = factories.offer(branch, product=keep, count=40)
    here = factories.offer(branch, product=fold, count=40)
    return keep, fold, there, here


def test_control_without_holding_a_line_hangs_on_an_offer_taken_down(town, monkeypatch):
    engine, city = town
    if engine == "sqlite":
        pytest.skip("one writer at a time: the file is held by the transaction itself")
    keep, fold, there, _here = twice(city)
    gathered, decided = barrier(2), barrier(2)

    def unheld(variant_ids):
        rows = Offer.objects.filter(variant_id__in=list(variant_ids)).order_by("pk")
        return [holding.read(pk) for pk in rows.values_list("pk", flat=True)]

    choose = merging._choose

    def late(*args):
        # Numbers are read, nothing is held: now somebody reserves the one that will go.
        gathered.wait(timeout=60)
        decided.wait(timeout=60)
        return choose(*args)

    monkeypatch.setattr(merging, "_hold_offers", unheld)
    monkeypatch.setattr(merging, "_choose", late)
    monkeypatch.setattr(merging, "_stays_first", lambda offer: offer.pk == there.pk)

    def act(number: int) -> str:
        if number == 0:
            merging.merge(keep_id=keep.pk, fold_id=fold.pk, by=BY, now=NOW)
            return "merged"
        gathered.wait(timeout=60)
        factories.placed((there, 1), email="k@example.de")
        decided.wait(timeout=60)
        return "reserved"

    assert rush(act, tries=2, processes=2, threads=1) == {"merged": 1, "reserved": 1}
    assert held_by_the_dead() == 1


def importing_while_merging(city, keep, fold, branches):
    """A file that brings a third kind to the page that goes, while it goes."""
    rows = f"7;Schuh;{B};95,00;4;19;S;41\n8;Schuh;{C};95,00;4;19;S;42\n"

    def act(number: int) -> str:
        if number == 2:
            merging.merge(keep_id=keep.pk, fold_id=fold.pk, by=BY, now=NOW)
            return "merged"
        apply.take(
            content=(HEADER + rows).encode(),
            branch=branches[number],
            by=BY,
            now=NOW + timedelta(minutes=number),
        )
        return "taken"

    return act


def prepared(city):
    keep, fold = page(city, None, "Strada", A), page(city, None, "Schuh", B)
    branches = [
        factories.branch(factories.shop(city, f"Laden {number}"), f"Filiale {number}")
        for number in range(6)
    ]
    # Some have it on their shelf already, so that offers are written, too.
    for branch in branches[::2]:
        catalogue.create_offer(
            branch=branch, variant=fold.variants.get(), price=Decimal("99.00"), now=NOW
        )
    return keep, fold, branches


def test_a_file_brings_kinds_to_the_page_that_goes(town):
    _engine, city = town
    keep, fold, branches = prepared(city)
    told = rush(importing_while_merging(city, keep, fold, branches), tries=6, processes=3)

    assert told == {"merged": 1, "taken": 5}
    assert Product.objects.get() == keep
    assert set(Variant.objects.values_list("gtin", "product")) == {
        (f"0{gtin}", keep.pk) for gtin in (A, B, C)
    }
    # Five files of two kinds; the one that merged takes none, and has the first one already.
    assert Offer.objects.filter(variant__gtin=f"0{C}").count() == 5
    assert not audit.run(now=NOW + timedelta(hours=1)).violations


def test_control_planned_before_and_never_again_the_file_fails(town, monkeypatch):
    """What the tries are for: the page is gone that the plan speaks of."""
    engine, city = town
    if engine == "sqlite":
        pytest.skip("plan and writing are one held transaction there")
    keep, fold, branches = prepared(city)
    planned, merged = barrier(2), barrier(2)
    known = lookup.known

    def slow(**named):
        found = known(**named)
        planned.wait(timeout=60)
        merged.wait(timeout=60)
        return found

    monkeypatch.setattr(plan.lookup, "known", slow)
    monkeypatch.setattr(apply, "TRIES", 1)

    def act(number: int) -> str:
        if number == 1:
            planned.wait(timeout=60)
            merging.merge(keep_id=keep.pk, fold_id=fold.pk, by=BY, now=NOW)
            merged.wait(timeout=60)
            return "merged"
        content = HEADER + f"7;Schuh;{B};95,00;4;19;S;41\n8;Schuh;{C};95,00;4;19;S;42\n"
        try:
            apply.take(content=content.encode(), branch=branches[1], by=BY, now=NOW)
        except (Stale, IntegrityError):
            return "lost"
        return "taken"

    assert rush(act, tries=2, processes=2, threads=1) == {"merged": 1, "lost": 1}


def test_two_people_join_the_same_pair_once(town):
    _engine, city = town
    keep, fold, _branches = prepared(city)

    def act(number: int) -> str:
        pair = (keep.pk, fold.pk) if number % 2 else (fold.pk, keep.pk)
        try:
            merging.merge(keep_id=pair[0], fold_id=pair[1], by=BY, now=NOW)
        except Stale as stale:
            return stale.code
        return "merged"

    assert rush(act, tries=8, processes=4, threads=2) == {"merged": 1, "page_gone": 7}
    assert holds.TRIES > 1
    assert Product.objects.count() == 1
    assert Variant.objects.count() == 2
