"""Hours as people write them: understood as a whole, or not at all."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shops.domain.exchange import everyday, osm
from tests.needs import require


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Montag: 09:00–18:00 Uhr\nDienstag: Geschlossen", "Mo 09:00-18:00; Tu off"),
        ("Montag\n9–18\nSamstag\n10–14", "Mo 09:00-18:00; Sa 10:00-14:00"),
        ("Monday\t9 AM–6 PM\nSunday\tClosed", "Mo 09:00-18:00; Su off"),
        ("Sat 9–11 AM, 12–5 p.m.", "Sa 09:00-11:00,12:00-17:00"),
        ("Fri 12 PM–12 AM", "Fr 12:00-00:00"),
        ("Do. bis Fr. 9.30 bis 18.00 Uhr", "Th 09:30-18:00; Fr 09:30-18:00"),
        ("Mo, Di: 8-12 und 14-18 Uhr", "Mo 08:00-12:00,14:00-18:00; Tu 08:00-12:00,14:00-18:00"),
        ("Mo 8-12\nMo 14-18", "Mo 08:00-12:00,14:00-18:00"),
        ("Sa-Mo 10-12; Feiertage geschlossen", "Mo 10:00-12:00; Sa 10:00-12:00; Su 10:00-12:00; "
         "PH off"),
        ("Mi 24 Stunden geöffnet", "We 00:00-24:00"),
        ("Di-Fr: 8.30-19.00, Sa: 7.30-17.00", "Tu 08:30-19:00; We 08:30-19:00; Th 08:30-19:00; "
         "Fr 08:30-19:00; Sa 07:30-17:00"),
    ],
)  # fmt: skip
def test_a_text_becomes_a_value(text: str, value: str):
    assert everyday.as_value(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nach Vereinbarung",
        "Mo-Fr 9-18 Uhr nach Vereinbarung",
        "Mo-Fr",
        "9-18",
        "Mo 9",
        "Mo 9-",
        "Mo 9-25",
        "Mo 9-5 PM",
        "Mo 9 AM-5",
        "Mo 13 PM-14 PM",
        "Mo-Fr 9-18, 24.12. geschlossen",
        "Mo 9-18\nMo geschlossen",
        "jeden 1. Mo 9-18",
        "Mo-PH 9-18",
        "Sommer: Mo 9-18",
        "Mo 9-12-14",
    ],
)
def test_what_is_not_understood_as_a_whole_is_nothing(text: str):
    assert everyday.as_value(text) == ""


def test_values_of_the_wild_mean_the_same_week_either_way():
    folder = Path(require("shared data")) / "opening_hours"
    compared = 0
    for text in (folder / "osm_sample_values.txt").read_text("utf-8").splitlines()[:60]:
        value, today = everyday.as_value(text), date(2026, 11, 27)
        said = osm.read(text, "NI", today) if value else osm.Found()
        if said.is_structure:
            assert osm.read(value, "NI", today).weekly == said.weekly, text
            compared += 1
    assert compared > 20


@given(some.text(some.sampled_from("MoDiFr 0129:.-–,;\nUhrapm"), max_size=60))
def test_any_text_is_harmless(text: str):
    everyday.as_value(text)
