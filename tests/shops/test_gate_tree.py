"""The rules that the goods tree is planted with (law, section 4)."""

import json

import pytest

from marketplace.core.domain.history import Actor
from shops.domain import categories, tree
from shops.domain.gate import refresh, ruled
from shops.models import Category
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()


@pytest.fixture
def planted():
    tree.plant()
    return ruled.plant(by=BY, now=NOW)


def asked(slug):
    return refresh.rulings()[Category.objects.get(slug=slug).pk]


def test_every_branch_the_file_names_is_in_the_tree_and_gets_its_rules_once(planted):
    said = json.loads(ruled.FILE.read_text(encoding="utf-8"))
    assert planted == len(said)
    assert ruled.plant(by=BY, now=NOW) == 0
    # What a city has changed stays.
    beer = Category.objects.get(slug="bier")
    ruled.set_rules(category=beer, min_age=18, by=BY, now=NOW)
    assert ruled.plant(by=BY, now=NOW) == 0
    assert asked("bier").min_age == 18


def test_all_food_tells_what_is_in_it(planted):
    rows = list(Category.objects.all())
    food = Category.objects.get(slug="essen-trinken")
    rulings = refresh.rulings()
    for pk in categories.below(rows, food.pk) - {food.pk}:
        found = rulings[pk]
        assert found.blocked or {"food", "loose_food"} & set(found.rules), pk


@pytest.mark.parametrize(
    ("slug", "rule"),
    [
        ("krimis-thriller", "book"),
        ("shirts-tops", "textile"),
        ("kameras", "electrical"),
        ("wasser-saft", "deposit"),
        ("farben-tapeten", "hazard"),
        ("film-musik-spiele", "media"),
        ("brettspiele", "warnings"),
    ],
)
def test_what_the_law_asks_is_asked(planted, slug, rule):
    assert rule in asked(slug).rules


@pytest.mark.law("E1", "E3", "E4")
def test_e1_e3_ages_and_e4_what_is_not_taken(planted):
    assert [asked(slug).min_age for slug in ("bier", "spirituosen", "feuerwerk")] == [16, 18, 18]
    assert asked("tabak-zubehoer").blocked
    assert asked("apothekenwaren").blocked
