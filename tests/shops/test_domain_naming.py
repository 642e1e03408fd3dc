"""Names of categories in files: known, asked once, answered, remembered."""

import pytest

from marketplace.core.domain.history import Actor
from shops.domain import naming, tree
from shops.domain.imports import apply
from shops.domain.naming import Answer, Categories
from shops.models import Category, CategoryAlias, Product, SearchDocument
from tests import factories
from tests.factories import NOW
from tests.shops.imports_help import LATER, take

pytestmark = pytest.mark.django_db

BY = Actor.system()
HEADER = "Art.-Nr.;Bezeichnung;VK;Bestand;MwSt;Warengruppe\n"


@pytest.fixture
def branch():
    tree.plant()
    return factories.branch(factories.shop(factories.city(), "Laufwerk"))


def of(slug: str) -> Category:
    return Category.objects.get(slug=slug)


def answer(branch, name: str, slug: str | None) -> int:
    row = CategoryAlias.objects.get(shop=branch.shop, name=name)
    said = Answer(of(slug) if slug else None)
    return naming.answer(shop=branch.shop, answers={row.pk: said}, by=BY, now=NOW)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Schuhe", "schuhe"),
        ("SCHUHE", "schuhe"),
        ("Shoes", "schuhe"),
        ("Teigwaren", "nudeln-reis"),
        ("Lebensmittel > Teigwaren", "nudeln-reis"),
        ("Mode -> Schuhe -> Kletterpatschen", "schuhe"),
        ("187", "schuhe"),
        ("1239", "spielzeug"),
        ("Animals & Pet Supplies > Pet Supplies > Dings", "tierbedarf"),
        ("Nahrungsmittel, Getränke & Tabak > Dings", "essen-trinken"),
        ("Food, Beverages & Tobacco > Food Items > Pasta & Noodles", "essen-trinken"),
        ("Kram", None),
        ("999999", None),
        ("", None),
    ],
)
def test_names_are_ours_other_words_and_googles(branch, text, slug):
    found = Categories(branch.shop)
    category = found.find(text)
    assert (category.slug if category else None) == slug
    assert bool(found.unknown) == (slug is None and text != "")


def test_an_unknown_name_is_asked_once_per_shop(branch):
    rows = "1;Rad;9,00;1;19;WG 17\n2;Ding;9,00;1;19;Wg  17\n3;Schuh;9,00;1;19;Schuhe\n"
    receipt = take(HEADER + rows, branch)
    assert "category" in [notice.code for notice in receipt.notices]
    row = CategoryAlias.objects.get()
    assert (row.shop, row.key, row.is_open) == (branch.shop, "wg 17", True)
    take(HEADER + rows.replace("9,00", "8,00"), branch, now=LATER)
    assert CategoryAlias.objects.count() == 1
    other = factories.branch(factories.shop(branch.shop.city, "Ahlers"))
    take(HEADER + "1;Kram;9,00;1;19;WG 17\n", other)
    assert CategoryAlias.objects.count() == 2


def test_a_dry_run_asks_nothing(branch):
    content = (HEADER + "1;Rad;9,00;1;19;WG 17\n").encode()
    apply.preview(content=content, branch=branch, now=NOW)
    assert not CategoryAlias.objects.exists()


def test_the_answer_sorts_what_waits_and_what_comes(branch):
    take(HEADER + "1;Rad;9,00;1;19;WG 17\n2;Lenker;9,00;1;19;WG 17\n3;X;1,00;1;19;WG 3\n", branch)
    (first, second) = naming.questions(shop=branch.shop)
    assert [(first.alias.name, first.goods), (second.alias.name, second.goods)] == [
        ("WG 17", 2),
        ("WG 3", 1),
    ]
    assert answer(branch, "WG 17", "fahrrad") == 2
    assert set(
        Product.objects.filter(category__slug="fahrrad").values_list("title", flat=True)
    ) == {
        "Rad",
        "Lenker",
    }
    assert " bikes " in SearchDocument.objects.get(product__title="Rad").words
    assert [each.alias.name for each in naming.questions(shop=branch.shop)] == ["WG 3"]
    receipt = take(HEADER + "1;Rad;9,00;1;19;WG 17\n4;Sattel;9,00;1;19;WG 17\n", branch, now=LATER)
    assert (receipt.created, receipt.unchanged, receipt.notices) == (1, 1, [])
    assert Product.objects.get(title="Sattel").category.slug == "fahrrad"


def test_ignored_is_not_asked_again(branch):
    take(HEADER + "1;Rad;9,00;1;19;WG 17\n", branch)
    assert answer(branch, "WG 17", None) == 0
    assert naming.questions(shop=branch.shop) == []
    receipt = take(HEADER + "2;Ding;9,00;1;19;WG 17\n", branch, now=LATER)
    assert receipt.notices == []
    assert set(Product.objects.values_list("category", flat=True)) == {None}


def test_an_answer_may_be_changed_and_its_goods_move_on(branch):
    take(HEADER + "1;Rad;9,00;1;19;WG 17\n2;Helm;9,00;1;19;WG 17\n", branch)
    answer(branch, "WG 17", "fahrrad")
    # Somebody has put one of them elsewhere by hand: that stays.
    Product.objects.filter(title="Helm").update(category=of("helme-schloesser"))
    assert answer(branch, "WG 17", "sport") == 1
    assert Product.objects.get(title="Rad").category.slug == "sport"
    assert Product.objects.get(title="Helm").category.slug == "helme-schloesser"


def test_a_shops_answer_goes_before_what_everybody_says(branch):
    naming.ask(shop=branch.shop, names=["Schuhe"], now=NOW)
    answer(branch, "Schuhe", "sport")
    assert Categories(branch.shop).find("Schuhe") == of("sport")


def test_another_shops_names_are_not_ours(branch):
    other = factories.branch(factories.shop(branch.shop.city, "Ahlers"))
    for at in (branch, other):
        take(HEADER + "1;Rad;9,00;1;19;WG 17\n", at)
    row = CategoryAlias.objects.get(shop=other.shop)
    said = {row.pk: Answer(of("fahrrad"))}
    assert naming.answer(shop=branch.shop, answers=said, by=BY, now=NOW) == 0
    row.refresh_from_db()
    assert row.is_open
    answer(branch, "WG 17", "fahrrad")
    assert Product.objects.get(shop=other.shop).category is None


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Fahrradzubehoer", "fahrradteile"),
        ("Damenschuhe", "schuhe"),
        ("Heimtextil", "textilien-bettwaren"),
        ("Sonstiges > Kinderbuch", "kinderbuecher"),
        ("Zzyzx 4711", None),
    ],
)
def test_likeness_proposes(branch, name, slug):
    alike = naming.Alike(Category.objects.order_by("pk"))
    found = alike.best(name)
    assert (found.slug if found else None) == slug
