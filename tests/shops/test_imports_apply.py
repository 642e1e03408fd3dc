"""Taking files: the real export, repeats, what a change writes, pictures, batches."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.core.models import LogEntry, Picture
from marketplace.core.money import cents
from shops.domain import catalogue, counts, stock
from shops.domain.imports import apply, plan
from shops.enums import Reason, TaxClass
from shops.models import (
    Branch,
    Movement,
    Offer,
    PriceChange,
    Product,
    ProductPicture,
    SearchDocument,
    Variant,
)
from tests import factories
from tests.factories import NOW
from tests.shops.imports_help import LATER, SYSTEM, sheet, sums, take


@pytest.fixture
def branch(db) -> Branch:
    return factories.branch(factories.shop(factories.city()))


def everything() -> dict[str, list]:
    """All rows an import may write."""
    models = (Product, Variant, Offer, Movement, PriceChange, ProductPicture, Picture, LogEntry)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_the_real_spree_export_twice(branch, shared_data, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    content = (shared_data / "products/spree/products.csv").read_bytes()
    folder = shared_data / "images/products_spree"

    first = take(content, branch, folder=folder)

    assert (first.rows, first.products, first.variants) == (211, 37, 87)
    assert sums(first) == (87, 0, 0)
    assert (first.rejected, dict(first.left_out), first.pictures) == ([], {}, 124)
    assert Picture.objects.count() == ProductPicture.objects.count() == 124
    assert ProductPicture.objects.filter(variant=None).count() == 37
    offers = Offer.objects.filter(branch=branch)
    assert set(offers.values_list("on_hand", "source", "counted_at")) == {(5000, "FILE", NOW)}
    espresso = offers.get(sku="AUTOMATIC-ESPRESSO-MACHINE-SILVER")
    assert espresso.price == Decimal("819.99")
    assert espresso.variant.label == "Color: Silver"
    assert espresso.variant.product.language == "en"

    before = everything()
    with CaptureQueriesContext(connection) as queries:
        second = apply.take(content=content, branch=branch, by=SYSTEM, now=LATER, folder=folder)
    assert sums(second) == (0, 0, 87)
    assert (second.repeated, second.adds_up, second.pictures) == (True, True, 0)
    assert everything() == before
    writes = ("INSERT", "UPDATE", "DELETE")
    assert not [each["sql"] for each in queries if each["sql"].startswith(writes)]


def test_goods_in_other_currencies_stay_out(branch, shared_data):
    content = (shared_data / "products/spree/products_import_fixture.csv").read_bytes()
    receipt = take(content, branch)
    assert (receipt.rows, receipt.products, receipt.variants) == (17, 2, 15)
    assert receipt.left_out == {"no_eur_price": 15}
    assert sums(receipt) == (0, 0, 0)
    assert not Product.objects.exists()


def test_the_same_file_does_not_bring_back_what_was_sold(branch):
    content = sheet("1;Becher;9,90;5;19")
    take(content, branch)
    offer = Offer.objects.get()
    stock.claim(units=[stock.Units(offer.pk, 2)], now=NOW)
    sold_at = NOW + timedelta(hours=1)
    stock.consume(units=[stock.Units(offer.pk, 2)], by=SYSTEM, now=sold_at)

    receipt = take(content, branch, now=LATER)

    assert sums(receipt) == (0, 0, 1)
    offer.refresh_from_db()
    assert (offer.on_hand, offer.counted_at) == (3, NOW)


def test_the_same_numbers_in_a_new_file_are_a_new_count(branch):
    take(sheet("1;Becher;9,90;5;19"), branch)
    receipt = take(sheet("1;Becher;9,90;5;19", "2;Teller;12,00;1;19"), branch, now=LATER)
    assert sums(receipt) == (1, 0, 1)
    offer = Offer.objects.get(sku="1")
    assert (offer.on_hand, offer.counted_at) == (5, LATER)
    assert Movement.objects.filter(offer=offer, reason=Reason.COUNT, delta=0).count() == 1


def test_said_again_with_a_newer_time_the_same_file_is_a_count(branch):
    content = sheet("1;Becher;9,90;5;19")
    take(content, branch)
    receipt = take(content, branch, now=LATER, as_of=LATER - timedelta(minutes=5))
    assert not receipt.repeated
    assert Offer.objects.get().counted_at == LATER - timedelta(minutes=5)


def test_a_count_in_the_future_is_refused(branch):
    with pytest.raises(Refused) as refusal:
        apply.preview(
            content=sheet("1;Becher;9,90;5;19").encode(), branch=branch, now=NOW, as_of=LATER
        )
    assert refusal.value.code == "as_of"


def test_changes_are_written_and_nothing_else(branch):
    lines = ["1;Becher;9,90;5;19", "2;Teller;12,00;1;19", "3;Kanne;30,00;2;7"]
    take(sheet(*lines), branch)
    lines[1], lines[2] = "2;Großer Teller;12,00;1;19", "3;Kanne;28,50;4;19"
    receipt = take(sheet(*lines), branch, now=LATER)

    assert sums(receipt) == (0, 2, 1)
    plate, pot = Offer.objects.get(sku="2"), Offer.objects.get(sku="3")
    assert plate.variant.product.title == "Großer Teller"
    assert plate.variant.product.slug == "grosser-teller"
    assert "grosser teller" in plate.variant.product.document.text
    assert (pot.price, pot.on_hand, pot.variant.tax_class) == (Decimal("28.50"), 4, "STANDARD")
    assert [cents(change.price) for change in pot.price_changes.order_by("pk")] == [3000, 2850]
    assert plate.price_changes.count() == 1


def test_stock_unknown_in_the_file(branch):
    """An empty cell takes back what a file said, never what somebody counted by eye."""
    take(sheet("1;Becher;9,90;5;19", "2;Teller;12,00;7;19"), branch)
    seen = Offer.objects.get(sku="2")
    counts.count_by_eye(offer_id=seen.pk, on_shelf=6, by=SYSTEM, now=NOW + timedelta(minutes=1))

    receipt = take(sheet("1;Becher;9,90;;19", "2;Teller;12,00;vorhanden;19"), branch, now=LATER)

    assert sums(receipt) == (0, 1, 1)
    assert Offer.objects.get(sku="1").on_hand is None
    seen.refresh_from_db()
    assert seen.on_hand == 6


def test_a_file_without_stock_column_leaves_stock_alone(branch):
    take(sheet("1;Becher;9,90;5;19"), branch)
    receipt = take("Art.-Nr.;Bezeichnung;VK\n1;Becher;10,90\n", branch, now=LATER)
    assert sums(receipt) == (0, 1, 0)
    offer = Offer.objects.get()
    assert (offer.on_hand, offer.counted_at, offer.price) == (5, NOW, Decimal("10.90"))


def test_the_file_names_the_time_of_each_count(branch):
    head = "Art.-Nr.;Bezeichnung;VK;Bestand;Gezählt am\n"
    rows = "1;Becher;9,90;5;03.12.2026 11:00\n2;Teller;9,90;5;04.12.2026\n3;Kanne;9,90;5;neulich\n"
    receipt = take(head + rows, branch)
    told = sorted((notice.line, notice.code) for notice in receipt.notices)
    assert told == [(0, "tax_assumed"), (3, "as_of"), (4, "as_of")]
    times = list(Offer.objects.order_by("sku").values_list("counted_at", flat=True))
    assert times == [NOW.replace(hour=10, minute=0), NOW, NOW]

    older = head + "1;Becher;9,90;9;03.12.2026 10:00\n"
    receipt = take(older, branch, now=LATER)
    assert sums(receipt) == (0, 0, 1)
    assert "older_count" in [notice.code for notice in receipt.notices]
    assert Offer.objects.get(sku="1").on_hand == 5


def test_an_import_cut_off_between_batches_goes_on_where_it_was(branch, monkeypatch):
    monkeypatch.setattr(plan, "BATCH", 1)
    content = sheet("1;Becher;9,90;5;19", "2;Teller;12,00;1;19", "3;Kanne;30,00;2;7").encode()
    writes = []

    def cut_off(*args, **named):
        writes.append(1)
        if len(writes) == 3:
            raise KeyboardInterrupt
        return write_batch(*args, **named)

    write_batch = apply._write_batch
    monkeypatch.setattr(apply, "_write_batch", cut_off)
    with pytest.raises(KeyboardInterrupt):
        apply.take(content=content, branch=branch, by=SYSTEM, now=NOW)
    assert Offer.objects.count() == 2

    receipt = take(content, branch, now=LATER)

    assert sums(receipt) == (1, 0, 2)
    # Nothing was counted twice: the file's numbers are true since it first arrived.
    assert set(Offer.objects.values_list("counted_at", flat=True)) == {NOW}
    assert Movement.objects.count() == 3
    assert take(content, branch, now=LATER).repeated


def test_written_together_as_one_by_one(branch):
    """The rows of `shelve` are those of `catalogue` and `counts`."""
    text = "Art.-Nr.;Bezeichnung;EAN;VK;Bestand;MwSt;Hersteller;Farbe;Beschreibung\n"
    take(text + "7;Möhre;2000000000015;1,20;9;7;Gärtnerei;Gelb;Frisch vom Feld\n", branch)
    other = factories.branch(factories.shop(branch.shop.city, "Zweitwerk"))
    product = catalogue.create_product(
        city=branch.shop.city,
        shop=other.shop,
        title="Möhre",
        text="Frisch vom Feld",
        brand="Gärtnerei",
        source_key="sku:7",
    )
    variant = catalogue.create_variant(
        product=product,
        options=[["Farbe", "Gelb"]],
        barcode="2000000000015",
        tax_class=TaxClass.REDUCED,
    )
    offer = catalogue.create_offer(
        branch=other, variant=variant, price=Decimal("1.20"), sku="7", now=NOW
    )
    counts.count(offer_id=offer.pk, counted=9, as_of=NOW, source="FILE", by=SYSTEM, now=NOW)
    catalogue.finish_product(product=product, now=factories.NOW)

    own = {"id", "shop_id", "product_id", "branch_id", "variant_id", "offer_id"}
    for model in (Product, Variant, Offer, Movement, PriceChange, SearchDocument):
        first, second = model.objects.order_by("pk").values()
        differing = {name for name in first if first[name] != second[name]}
        assert differing <= own, (model.__name__, differing)


def test_broken_and_missing_pictures_are_told(branch, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "bilder"
    folder.mkdir()
    (folder / "becher.jpg").write_bytes(b"no picture at all")
    content = (
        "Art.-Nr.;Bezeichnung;VK;MwSt;Bild\n"
        "1;Becher;9,90;19;C:\\Bilder\\Becher.JPG\n2;Teller;9,90;19;teller.jpg\n"
    )
    receipt = apply.take(content=content.encode(), branch=branch, by=SYSTEM, now=NOW, folder=folder)
    told = {notice.code: str(notice.message) for notice in receipt.notices}
    assert set(told) == {"picture_refused", "picture_missing"}
    assert "becher.jpg" in told["picture_refused"]
    assert "teller.jpg" in told["picture_missing"]
    assert sums(receipt) == (2, 0, 0)
    assert not ProductPicture.objects.exists()


def test_a_folder_that_is_none(branch, tmp_path):
    with pytest.raises(Refused) as refusal:
        take(sheet("1;Becher;9,90;5;19"), branch, folder=tmp_path / "nirgends")
    assert refusal.value.code == "no_folder"


def test_an_actor_is_kept(branch):
    person = factories.member(branch.shop)
    content = sheet("1;Becher;9,90;5;19").encode()
    apply.take(content=content, branch=branch, by=Actor.member(person), now=NOW)
    assert Movement.objects.get().by == person
    assert set(LogEntry.objects.filter(actor=person).values_list("verb", flat=True)) == {
        "goods.import_begun",
        "goods.imported",
    }
