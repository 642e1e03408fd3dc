"""Two pages become one: what moves, what is settled, which addresses lead on, what is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import LogEntry, Picture
from marketplace.operations.domain import audit
from marketplace.reservations.domain import lifecycle
from shops.domain import catalogue
from shops.domain.sharing import merging, proposals
from shops.models import (
    Merge,
    MergeProposal,
    Movement,
    Offer,
    Product,
    ProductPicture,
    SearchDocument,
    Variant,
)
from tests import factories
from tests.factories import NOW
from tests.shops.imports_help import take

pytestmark = pytest.mark.django_db

BY = Actor.system()
#: GS1 keeps prefix 952 for examples.
A, B, C = "9521234500018", "9521234500025", "9521234500032"
HEADER = "Art.-Nr.;Bezeichnung;EAN;VK;Bestand;MwSt;Modell;Größe;Beschreibung\n"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def city():
    return factories.city()


@pytest.fixture
def branch(city):
    return factories.branch(factories.shop(city, "Laufwerk", auto_accept=True), "Mitte")


@pytest.fixture
def neighbour(city):
    return factories.branch(factories.shop(city, "Schuh Ahlers"), "Nebenan")


def shared(city, title: str, gtin: str, **fields) -> Product:
    product = catalogue.create_product(city=city, shop=None, title=title, **fields)
    catalogue.create_variant(product=product, gtin=f"0{gtin}")
    catalogue.finish_product(product=product, now=NOW)
    return product


def own(branch, title: str, barcode: str, **fields) -> Product:
    product = catalogue.create_product(
        city=branch.shop.city, shop=branch.shop, title=title, source_key=title, **fields
    )
    catalogue.create_variant(product=product, barcode=barcode)
    catalogue.finish_product(product=product, now=NOW)
    return product


def merge(keep: Product, fold: Product, now=LATER) -> Product:
    return merging.merge(keep_id=keep.pk, fold_id=fold.pk, by=BY, now=now)


def is_sound() -> bool:
    return not audit.run(now=LATER).violations


def test_variants_offers_pictures_and_words_move(city, branch, neighbour):
    keep = shared(city, "Strada", A)
    fold = shared(city, "STRADA schwarz", B, text="Leicht.", brand="Aller")
    first, second = factories.offer(branch, product=keep), factories.offer(neighbour, product=fold)
    pictures = [
        Picture.objects.create(
            sha256=f"{number:064}", width=1, height=1, created_at=NOW, asked_at=NOW
        )
        for number in range(2)
    ]
    for picture in pictures:
        catalogue.attach_picture(product=fold, picture=picture)
    catalogue.attach_picture(product=keep, picture=pictures[0])
    variant = second.variant_id

    merge(keep, fold)

    keep.refresh_from_db()
    assert (keep.title, keep.text, keep.brand) == ("Strada", "Leicht.", "Aller")
    assert not Product.objects.filter(pk=fold.pk).exists()
    assert set(keep.variants.values_list("gtin", flat=True)) == {f"0{A}", f"0{B}"}
    second.refresh_from_db()
    assert second.variant_id == variant
    assert (second.on_hand, second.is_live) == (5, True)
    assert first.variant.product_id == second.variant.product_id
    rows = ProductPicture.objects.filter(product=keep).order_by("position", "pk")
    assert [row.picture for row in rows] == pictures
    assert B in SearchDocument.objects.get(product=keep).text
    assert is_sound()


def test_the_old_address_leads_on_for_good(city, branch, neighbour):
    first, second, third = (
        shared(city, title, gtin) for title, gtin in (("Eins", A), ("Zwei", B), ("Drei", C))
    )
    for product in (first, second, third):
        factories.offer(branch, product=product)
    kind = first.variants.get().pk
    client = Client()
    assert client.get(f"/produkt/eins-{first.pk}/").status_code == 200

    merge(second, first)
    answer = client.get(f"/produkt/eins-{first.pk}/?variante={kind}")
    assert answer.status_code == 301
    assert answer["Location"] == f"/produkt/zwei-{second.pk}/?variante={kind}"

    merge(third, second)
    for number, slug in ((first.pk, "eins"), (second.pk, "zwei")):
        answer = client.get(f"/en/produkt/{slug}-{number}/")
        assert answer.status_code == 301
        assert answer["Location"] == f"/en/produkt/drei-{third.pk}/"
        assert client.get(answer["Location"]).status_code == 200

    Product.objects.filter(pk=third.pk).update(is_live=False)
    answer = client.get(f"/produkt/eins-{first.pk}/", follow=True)
    assert answer.status_code == 410


def test_another_citys_host_knows_nothing_of_it(city, branch):
    keep, fold = shared(city, "Eins", A), shared(city, "Zwei", B)
    factories.offer(branch, product=keep)
    merge(keep, fold)
    factories.city("Braunschweig", host="bs.example")
    answer = Client().get(f"/produkt/zwei-{fold.pk}/", headers={"host": "bs.example"})
    assert answer.status_code == 404


def test_own_goods_fold_into_the_shared_page(city, branch, neighbour):
    keep, fold = shared(city, "Strada", A), own(branch, "Mein Strada", A)
    factories.offer(neighbour, product=keep)
    mine = factories.offer(branch, product=fold, sku="77")
    reservation = factories.reservation((mine, 2))

    merge(keep, fold)

    mine.refresh_from_db()
    assert mine.variant == keep.variants.get()
    assert (mine.reserved, mine.on_hand, mine.sku, mine.is_live) == (2, 5, "77", True)
    assert reservation.lines.get().offer_id == mine.pk
    assert is_sound()


def settle(city, branch, *, theirs=None, ours=None):
    """The same thing twice at one branch: on the shared page (`theirs`) and on its own."""
    keep, fold = shared(city, "Strada", A), own(branch, "Mein Strada", A)
    there = factories.offer(branch, product=keep, sku="S", **(theirs or {}))
    here = factories.offer(branch, product=fold, sku="O", **(ours or {}))
    return keep, fold, there, here


def assert_settled(keep, stays: Offer, goes: Offer) -> None:
    stays.refresh_from_db()
    goes.refresh_from_db()
    assert stays.variant.became is None
    assert stays.variant.gtin == f"0{A}"
    assert stays.is_live
    assert (goes.is_live, goes.on_hand, goes.sku) == (False, None, "")
    assert goes.variant.became == stays.variant
    assert {stays.variant.product, goes.variant.product} == {keep}
    assert is_sound()


def test_of_two_offers_the_reserved_one_stays(city, branch):
    keep, fold, there, here = settle(city, branch, theirs={"counted": timedelta(minutes=1)})
    reservation = factories.reservation((here, 1))
    merge(keep, fold)
    assert_settled(keep, here, there)
    assert here.reserved == 1
    # And its life goes on.
    lifecycle.mark_ready(reservation_id=reservation.pk, by=BY, now=LATER)
    lifecycle.hand_over(reservation_id=reservation.pk, by=BY, now=LATER)
    here.refresh_from_db()
    assert (here.reserved, here.on_hand) == (0, 4)
    assert is_sound()


@pytest.mark.parametrize("younger", ["there", "here"])
def test_of_two_free_offers_the_one_counted_last_stays(city, branch, younger):
    new, old = {"counted": timedelta(minutes=1)}, {"counted": timedelta(hours=9)}
    theirs, ours = (new, old) if younger == "there" else (old, new)
    keep, fold, there, here = settle(city, branch, theirs=theirs, ours=ours)
    merge(keep, fold)
    assert_settled(keep, *((there, here) if younger == "there" else (here, there)))


def test_a_counted_offer_goes_before_one_nobody_counted(city, branch):
    keep, fold, there, here = settle(city, branch, theirs={"count": None})
    merge(keep, fold)
    assert_settled(keep, here, there)


def test_with_reservations_on_both_sides_nothing_happens(city, branch):
    keep, fold, there, here = settle(city, branch)
    factories.reservation((here, 1))
    factories.reservation((there, 1), email="zwei@example.de")
    movements = Movement.objects.count()
    with pytest.raises(Refused) as no:
        merge(keep, fold)
    assert no.value.code == "reserved_twice"
    assert Product.objects.filter(pk=fold.pk).exists()
    assert Movement.objects.count() == movements
    assert is_sound()


def test_the_shop_sees_one_offer_and_its_next_file_finds_it(city, branch, neighbour):
    take(HEADER + f"1;Strada;{A};119,00;1;19;;;\n", neighbour)
    keep = Product.objects.get()
    take(HEADER + f"7;Schuh;{A};99,00;4;19;S;41;\n8;Schuh;;99,00;1;19;S;42;\n", branch)
    fold = Product.objects.get(shop=branch.shop)
    Variant.objects.filter(product=fold, barcode="").update(barcode=B)
    merge(keep, fold)
    assert Variant.objects.filter(became=None).count() == 2
    receipt = take(
        HEADER + f"7;Schuh;{A};98,00;4;19;S;41;\n8;Schuh;{B};98,00;1;19;S;42;\n",
        branch,
        now=NOW + timedelta(hours=1),
    )
    assert (receipt.created, receipt.updated) == (0, 2)
    assert Product.objects.count() == 1
    assert set(Offer.objects.filter(branch=branch).values_list("price", flat=True)) == {
        Decimal("98.00")
    }


@pytest.mark.parametrize(
    ("barcode", "code"),
    [("", "no_gtin"), ("2000000000015", "no_gtin"), ("9521234500019", "no_gtin")],
)
def test_own_goods_without_a_gtin_of_the_world_are_never_shared(city, branch, barcode, code):
    keep, fold = shared(city, "Brot", A), own(branch, "Brot", barcode)
    with pytest.raises(Refused) as no:
        merge(keep, fold)
    assert no.value.code == code


def test_goods_of_two_cities_and_a_page_with_itself(city, branch):
    far = factories.city("Braunschweig", host="bs.example")
    keep = shared(city, "Strada", A)
    for fold in (shared(far, "Strada", A), keep):
        with pytest.raises(Refused):
            merge(keep, fold)
    with pytest.raises(Refused):
        merge(own(branch, "Eigen", B), keep)
    gone = shared(city, "Weg", C)
    merge(keep, gone)
    with pytest.raises(Stale):
        merge(keep, gone)


def test_taken_back_within_days_all_is_as_it_was(city, branch, neighbour):
    keep, fold = shared(city, "Eins", A), shared(city, "Zwei", B, text="Zweiter.")
    factories.offer(branch, product=keep)
    moved = factories.offer(neighbour, product=fold)
    merge(keep, fold)
    entry = LogEntry.objects.get(verb="product.merge")
    assert entry.data["number"] == fold.pk
    assert entry.data["variants"] == [moved.variant_id]
    done = Merge.objects.get()

    back = merging.undo(merge_id=done.pk, by=BY, now=LATER + timedelta(days=13))

    assert (back.pk, back.title, back.text, back.slug) == (fold.pk, "Zwei", "Zweiter.", "zwei")
    moved.refresh_from_db()
    assert moved.variant.product_id == fold.pk
    assert Client().get(f"/produkt/zwei-{fold.pk}/").status_code == 200
    assert f"0{B}" not in SearchDocument.objects.get(product=keep).text
    with pytest.raises(Stale):
        merging.undo(merge_id=done.pk, by=BY, now=LATER)
    assert is_sound()


def test_not_taken_back_late_or_after_something_followed(city, branch):
    keep, fold, third = shared(city, "Eins", A), shared(city, "Zwei", B), shared(city, "Drei", C)
    merge(keep, fold)
    done = Merge.objects.get()
    with pytest.raises(Refused) as no:
        merging.undo(merge_id=done.pk, by=BY, now=LATER + timedelta(days=15))
    assert no.value.code == "too_late"
    merge(third, keep)
    with pytest.raises(Refused) as no:
        merging.undo(merge_id=done.pk, by=BY, now=LATER)
    assert no.value.code == "not_undoable"


def test_settled_offers_are_not_taken_apart_again(city, branch):
    keep, fold, _there, _here = settle(city, branch)
    merge(keep, fold)
    with pytest.raises(Refused):
        merging.undo(merge_id=Merge.objects.get().pk, by=BY, now=LATER)


def test_what_waited_for_the_page_that_goes_waits_for_the_one_that_stays(city, branch):
    first, second, third = shared(city, "Eins", A), shared(city, "Zwei", B), shared(city, "Drei", C)
    pairs = [(first.pk, second.pk), (second.pk, third.pk)]
    proposals.open_pairs(shop=branch.shop, apart=pairs, now=NOW)
    row = MergeProposal.objects.get(first=first)
    proposals.accept(proposal_id=row.pk, keep_id=first.pk, by=BY, now=LATER)
    left = MergeProposal.objects.get()
    assert (left.first_id, left.second_id, left.verdict) == (first.pk, third.pk, "")
