"""Where a group of a file goes, by dice: majority, ties, own and shared, whatever the order."""

import itertools
import random
from collections import Counter
from decimal import Decimal

import pytest

from shops.domain import catalogue
from shops.domain.imports import detect, lookup, match
from shops.domain.imports.goods import Group, Item
from shops.models import Branch, MergeProposal, Product, Variant
from tests import factories
from tests.shops.imports_help import LATER, take

pytestmark = pytest.mark.django_db


def gtin(number: int) -> str:
    """A valid GTIN-13 of the prefix that GS1 keeps for examples."""
    bare = f"952{number:09}"
    odd, even = sum(map(int, bare[::2])), sum(map(int, bare[1::2]))
    return f"{bare}{-(odd + 3 * even) % 10}"


NUMBERS = [gtin(number) for number in range(1, 9)]


@pytest.fixture
def branch() -> Branch:
    return factories.branch(factories.shop(factories.city(), "Laufwerk"))


def group(items: list[Item]) -> Group:
    return Group(key="modell:m", title="Schuh", items=items)


def item(line: int, number: str, sku: str = "") -> Item:
    return Item(
        line=line,
        sku=sku,
        price=Decimal("9.00"),
        gtin=f"0{number}" if number else "",
        options=[["Größe", str(line)]],
    )


def homes(branch: Branch, items: list[Item]) -> list[match.Match]:
    one = group(items)
    known = lookup.known(branch=branch, groups=[one], with_pictures=False)
    return match.match(groups=[one], known=known, used=set()).matches


@pytest.mark.parametrize("seed", range(12))
def test_most_of_its_numbers_decide_and_never_their_order(branch, seed):
    dice = random.Random(seed)
    pages = []
    for number in NUMBERS:
        if not pages or dice.random() < 0.5:
            pages.append(catalogue.create_product(city=branch.shop.city, shop=None, title="P"))
        page = dice.choice(pages)
        catalogue.create_variant(product=page, gtin=f"0{number}")
    numbers = dice.sample(NUMBERS, dice.randint(2, len(NUMBERS)))
    items = [item(line, number) for line, number in enumerate(numbers, 2)]
    there = Counter(
        Variant.objects.filter(gtin__in=[f"0{number}" for number in numbers]).values_list(
            "product", flat=True
        )
    )
    most = max(there.values())
    expected = min(pk for pk, many in there.items() if many == most)
    for _turn in range(4):
        dice.shuffle(items)
        (found,) = homes(branch, items)
        assert found.home.pk == expected
        assert found.shared
        assert found.apart == (sorted(there) if len(there) > 1 else [])


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_as_many_here_as_there_the_citys_page_goes_first(branch, order):
    own = catalogue.create_product(
        city=branch.shop.city, shop=branch.shop, title="Eigen", source_key="modell:m"
    )
    mine = catalogue.create_variant(product=own, options=[["Größe", "41"]])
    catalogue.create_offer(branch=branch, variant=mine, price=Decimal("9.00"), sku="1", now=LATER)
    shared = catalogue.create_product(city=branch.shop.city, shop=None, title="Geteilt")
    catalogue.create_variant(product=shared, gtin=f"0{NUMBERS[0]}")
    items = [item(2, "", "1"), item(3, NUMBERS[0]), item(4, NUMBERS[1])]
    found = homes(branch, [items[place] for place in order])
    assert found[0].home == shared
    assert found[0].apart == []


def test_more_of_its_own_the_shop_keeps_its_page(branch):
    header = "Art.-Nr.;Bezeichnung;EAN;VK;Bestand;MwSt;Modell;Größe\n"
    rows = "1;Schuh;;9,00;1;19;S;41\n2;Schuh;;9,00;1;19;S;42\n"
    take(header + rows, branch)
    other = factories.branch(factories.shop(branch.shop.city, "Ahlers"))
    take(header + f"X;Schuh;{NUMBERS[0]};9,00;1;19;;\n", other)
    take(header + rows + f"3;Schuh;{NUMBERS[0]};9,00;1;19;S;43\n", branch, now=LATER)
    own = Product.objects.get(shop=branch.shop)
    assert own.variants.count() == 2
    # The third is offered where everybody finds it.
    assert Variant.objects.get(gtin=f"0{NUMBERS[0]}").offers.count() == 2
    assert not MergeProposal.objects.exists()


#: In-store ranges and broken ones, as files of all kinds write them.
LOCAL = ["2000000000015", "2912345678905", "0212345678909", "0412345678907", "20000004", "00000017",
         "212345678905", "412345678903", "9521234500019", "4,00638E+12"]  # fmt: skip
DOORS = {
    "till": "Art.-Nr.;Bezeichnung;EAN;VK;Bestand;MwSt\n1;Brot;{};5,90;3;7\n",
    "shopify": (
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,"
        "Variant Inventory Qty,Variant Price,Variant Barcode\n"
        'brot,Brot,Title,Default Title,1,shopify,3,5.90,"{}"\n'
    ),
}


@pytest.mark.parametrize("kind", DOORS)
@pytest.mark.parametrize("number", LOCAL)
def test_no_door_lets_a_number_of_ones_own_meet_another_shops(branch, kind, number):
    content = DOORS[kind].format(number)
    assert detect.read(content.encode()).kind == kind
    neighbour = factories.branch(factories.shop(branch.shop.city, "Ahlers"))
    for at in (branch, neighbour):
        take(content, at)
    assert set(Variant.objects.values_list("gtin", flat=True)) == {None}
    assert set(Product.objects.values_list("shop", flat=True)) == {
        branch.shop_id,
        neighbour.shop_id,
    }
    assert [product.variants.get().offers.count() for product in Product.objects.all()] == [1, 1]
