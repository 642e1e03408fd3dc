"""Files made by dice: dry run and import agree, sums add up, taken twice is taken once."""

import random
from datetime import timedelta

import pytest

from shops.models import Movement, Offer
from tests import factories
from tests.factories import NOW
from tests.shops.imports_help import sums, take

GTINS = ["9521234500018", "9521234500025", "9521234500032", "9521234500019", "2000000000015", ""]
HEADER = "Art.-Nr.;Bezeichnung;EAN;VK;Bestand;MwSt;Modell;Größe"


def row(dice: random.Random) -> str:
    return ";".join(
        [
            dice.choice(["", "1", "2", "3", "4", "5", "6"]),
            dice.choice(["Schuh", "Hemd", "Becher", ""]),
            dice.choice(GTINS),
            dice.choice(["9,90", "12,00", "0,00", "gratis", "$ 5"]),
            dice.choice(["0", "1", "7", "", "vorhanden", "-2"]),
            dice.choice(["19", "7", "A", "16", ""]),
            dice.choice(["", "", "M", "N"]),
            dice.choice(["41", "42", ""]) + dice.choice(["", "", ";zu viel"]),
        ]
    )


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_files(db, seed):
    dice = random.Random(seed)
    city = factories.city()
    first = factories.branch(factories.shop(city, "Laufwerk"))
    branches = [
        first,
        factories.branch(first.shop, "Vorsfelde"),
        factories.branch(factories.shop(city, "Schuh Ahlers")),
    ]
    for step in range(8):
        branch = dice.choice(branches)
        text = "\n".join([HEADER, *(row(dice) for _ in range(dice.randint(1, 12))), ""])
        now = NOW + timedelta(hours=step)
        receipt = take(text, branch, now=now)

        before = Movement.objects.count()
        again = take(text, branch, now=now + timedelta(minutes=30))
        assert sums(again)[:2] == (0, 0)
        assert sums(again)[2] == sum(sums(receipt))
        assert Movement.objects.count() == before
    for offer in Offer.objects.all():
        moved = sum(offer.movements.values_list("delta", flat=True))
        assert moved == (offer.on_hand or 0)
        assert offer.variant.product.shop_id in (None, offer.branch.shop_id)
        assert (offer.variant.gtin is not None) == (offer.variant.product.shop_id is None)
