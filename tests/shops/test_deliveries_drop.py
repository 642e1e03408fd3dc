"""Lists in a folder: each is taken once and moved aside with its receipt."""

import os
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from shops.domain.deliveries import drop
from shops.models import Delivery, Offer
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TABLE = "Artikelnummer;Bestand;VK\nL-1;7;10,00\nX;1;1\nL-1;2;1\n"


@pytest.fixture
def branch():
    at = factories.branch(factories.shop(factories.city(), "Laufwerk"), "Mitte")
    factories.offer(at, sku="L-1", count=5, price="10.00")
    return at


@pytest.fixture
def folder(tmp_path, settings):
    settings.DROP_DIR = tmp_path
    made = tmp_path / "laufwerk" / "mitte"
    made.mkdir(parents=True)
    return made


def put(folder, text=TABLE, name="bestand.csv", *, age=timedelta(minutes=5)):
    path = folder / name
    path.write_text(text, encoding="cp1252")
    at = (NOW - age).timestamp()
    os.utime(path, (at, at))
    return path


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_list_is_taken_and_moved_aside(branch, folder):
    path = put(folder)
    assert drop.sweep(now=NOW) == 1
    found = Delivery.objects.get()
    assert (found.accepted, found.unknown, found.refused) == (1, 1, 1)
    assert Offer.objects.get().counted_at == NOW - timedelta(minutes=5)
    assert not path.exists()
    assert names(folder / "done") == ["20261203-130500-bestand.csv", "20261203-130500-bestand.txt"]
    text = (folder / "done" / "20261203-130500-bestand.txt").read_text()
    assert "Quantity or price changed: 1" in text
    assert "line 4: The same goods already stand in an earlier row." in text
    assert "line 3: goods we do not know (X)" in text
    assert drop.sweep(now=NOW) == 0


def test_the_same_content_again_changes_nothing(branch, folder):
    put(folder)
    drop.sweep(now=NOW)
    Offer.objects.update(on_hand=3)
    put(folder, name="nochmal.csv", age=timedelta(minutes=1))
    assert drop.sweep(now=NOW) == 1
    assert Offer.objects.get().on_hand == 3
    assert Delivery.objects.count() == 1


def test_what_is_no_list_goes_to_failed_and_says_why(branch, folder, tmp_path):
    put(folder, "Name;Ort\na;b\n")
    nowhere = tmp_path / "laufwerk" / "gibt-es-nicht"
    nowhere.mkdir()
    put(nowhere)
    assert drop.sweep(now=NOW) == 2
    said = (folder / "failed" / "20261203-130500-bestand.txt").read_text()
    assert said.startswith("No header was found.")
    said = (nowhere / "failed" / "20261203-130500-bestand.txt").read_text()
    assert said.startswith("These folders name no branch of ours")


def test_what_is_still_written_or_leads_elsewhere_stays(branch, folder, tmp_path):
    put(folder, age=timedelta(seconds=2))
    secret = put(tmp_path, name="geheim.csv")
    (folder / "link.csv").symlink_to(secret)
    (folder / "ordner.csv").mkdir()
    put(folder, name="liste.xlsx")
    assert drop.sweep(now=NOW) == 0
    assert not Delivery.objects.exists()


def test_a_list_we_stumble_over_stops_nobody(branch, folder, monkeypatch):
    put(folder)
    put(folder, TABLE.replace("7", "8"), name="zweite.csv", age=timedelta(minutes=1))
    read = drop.reading.from_table

    def stumble(content):
        if b"L-1;7" in content:
            raise ZeroDivisionError
        return read(content)

    monkeypatch.setattr(drop.reading, "from_table", stumble)
    assert drop.sweep(now=NOW) == 2
    assert names(folder / "failed")[0].endswith("bestand.csv")
    assert Offer.objects.get().on_hand == 8


def test_the_command_and_the_round_take_lists_as_well(branch, folder, capsys):
    with time_machine.travel(NOW, tick=False):
        put(folder)
        call_command("stock_drop")
        assert capsys.readouterr().out == "1\n"
        put(folder, TABLE.replace("7", "8"))
        call_command("tick")
    assert Offer.objects.get().on_hand == 8


def test_a_folder_that_is_not_there(branch, settings, tmp_path):
    settings.DROP_DIR = tmp_path / "nowhere"
    assert drop.sweep(now=NOW) == 0
