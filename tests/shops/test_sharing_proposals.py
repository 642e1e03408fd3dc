"""Pairs that may be one, and numbers that shops give their own goods."""

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops import access
from shops.domain.sharing import gtins, proposals
from shops.domain.sharing.gtins import Became
from shops.enums import Verdict
from shops.models import MergeProposal, Product, Variant
from tests import factories
from tests.factories import NOW
from tests.shops.imports_help import LATER, take

pytestmark = pytest.mark.django_db

BY = Actor.system()
A, B, C = "9521234500018", "9521234500025", "9521234500032"
HEADER = "Art.-Nr.;Bezeichnung;EAN;VK;Bestand;MwSt;Modell;Größe\n"


@pytest.fixture
def city():
    return factories.city()


@pytest.fixture
def branch(city):
    return factories.branch(factories.shop(city, "Laufwerk"))


@pytest.fixture
def neighbour(city):
    return factories.branch(factories.shop(city, "Schuh Ahlers"))


def two_pages(branch) -> list[Product]:
    take(HEADER + f"1;Schuh 41;{A};99,00;1;19;;\n2;Schuh 42;{B};99,00;1;19;;\n", branch)
    return list(Product.objects.order_by("pk"))


def as_one(branch, price="95,00", now=NOW):
    rows = f"7;Schuh;{A};{price};1;19;S;41\n8;Schuh;{B};{price};1;19;S;42\n"
    return take(HEADER + rows, branch, now=now)


def test_a_file_that_holds_two_pages_for_one_proposes_that_once(branch, neighbour):
    first, second = two_pages(branch)
    receipt = as_one(neighbour)
    assert [notice.code for notice in receipt.notices] == ["apart"]
    row = MergeProposal.objects.get()
    assert (row.first, row.second, row.shop) == (first, second, neighbour.shop)
    # Night after night, from here and from there.
    as_one(neighbour, price="94,00", now=LATER)
    as_one(branch, price="93,00", now=LATER)
    assert MergeProposal.objects.count() == 1
    assert Product.objects.count() == 2


def test_what_was_rejected_is_not_proposed_again(branch, neighbour):
    two_pages(branch)
    as_one(neighbour)
    row = MergeProposal.objects.get()
    with pytest.raises(Refused):
        proposals.reject(proposal_id=row.pk, note=" ", by=BY, now=NOW)
    proposals.reject(proposal_id=row.pk, note="Zwei Modelle.", by=BY, now=NOW)
    as_one(neighbour, price="94,00", now=LATER)
    row.refresh_from_db()
    assert (MergeProposal.objects.count(), row.verdict) == (1, Verdict.REJECTED)
    with pytest.raises(Stale):
        proposals.accept(proposal_id=row.pk, keep_id=row.first_id, by=BY, now=LATER)


def test_accepted_the_next_file_finds_one_page(branch, neighbour):
    first, _second = two_pages(branch)
    as_one(neighbour)
    row = MergeProposal.objects.get()
    with pytest.raises(Refused):
        proposals.accept(proposal_id=row.pk, keep_id=first.pk + 99, by=BY, now=NOW)
    proposals.accept(proposal_id=row.pk, keep_id=first.pk, by=BY, now=NOW)
    receipt = as_one(neighbour, price="94,00", now=LATER)
    assert (receipt.created, receipt.updated, receipt.notices) == (0, 2, [])
    assert Product.objects.get() == first
    assert not MergeProposal.objects.exists()


def test_a_shop_alone_with_both_decides_itself(branch, neighbour):
    two_pages(branch)
    as_one(branch)
    assert access.shop_merges(branch.shop).count() == 1
    take(HEADER + f"7;Schuh;{A};95,00;1;19;;\n", neighbour)
    assert not access.shop_merges(branch.shop).exists()
    assert not access.shop_merges(neighbour.shop).exists()


def own_variant(branch, *codes: str) -> list[Variant]:
    rows = "".join(f"{n};Becher;{code};5,00;3;19;B;{n}\n" for n, code in enumerate(codes, 1))
    take(HEADER + rows, branch)
    return list(Variant.objects.filter(product__shop=branch.shop).order_by("pk"))


def give(branch, variant, text):
    return gtins.give(shop=branch.shop, variant_id=variant.pk, text=text, by=BY, now=NOW)


def test_a_number_makes_own_goods_everybodys(branch, neighbour):
    (variant,) = own_variant(branch, "")
    assert give(branch, variant, "9 521234 500018")[0] == Became.SHARED
    variant.refresh_from_db()
    assert (variant.gtin, variant.product.shop) == (f"0{A}", None)
    take(HEADER + f"X;Tasse;{A};4,00;1;19;;\n", neighbour)
    assert Product.objects.count() == 1
    with pytest.raises(Refused) as no:
        give(branch, variant, B)
    assert no.value.code == "not_own"


def test_a_number_that_others_have_joins_their_page(branch, neighbour):
    take(HEADER + f"X;Tasse;{A};4,00;1;19;;\n", neighbour)
    shared = Product.objects.get()
    (variant,) = own_variant(branch, "")
    became, product = give(branch, variant, A)
    assert (became, product) == (Became.JOINED, shared)
    assert Product.objects.get() == shared
    assert shared.variants.get().offers.count() == 2


def test_goods_are_shared_as_a_whole(branch, neighbour):
    take(HEADER + f"X;Tasse;{B};4,00;1;19;;\n", neighbour)
    first, second = own_variant(branch, "", "")
    assert give(branch, first, A)[0] == Became.NOTED
    first.refresh_from_db()
    assert (first.gtin, first.barcode) == (None, A)
    assert give(branch, second, B)[0] == Became.JOINED
    assert set(Variant.objects.values_list("gtin", flat=True)) == {f"0{A}", f"0{B}"}


def test_two_pages_in_the_way_are_proposed_to_be_joined(branch, neighbour):
    two_pages(neighbour)
    first, second = own_variant(branch, "", "")
    give(branch, first, A)
    with pytest.raises(Refused) as no:
        give(branch, second, B)
    assert no.value.code == "gtin_elsewhere"
    second.refresh_from_db()
    assert second.barcode == ""
    assert MergeProposal.objects.count() == 1
    assert first.product.shop == branch.shop


@pytest.mark.parametrize(
    "text",
    ["2000000000015", "0212345678909", "20000004", "00000000", "9521234500019", "Becher", "123"],
)
def test_numbers_of_ones_own_scales_and_wrong_ones_are_refused(branch, text):
    (variant,) = own_variant(branch, "")
    with pytest.raises(Refused):
        give(branch, variant, text)
    variant.refresh_from_db()
    assert (variant.gtin, variant.product.shop) == (None, branch.shop)
