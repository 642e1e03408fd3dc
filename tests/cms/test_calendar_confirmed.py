"""Who has confirmed their hours: the city's list in the desk, and the same for a spreadsheet."""

from datetime import date

import pytest

from shops.domain import timetable
from shops.models import Branch
from tests import factories
from tests.cms.calendar_help import BASE, BY, enter, permitted, take_part, text, zone
from tests.shops.walk import berlin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def three(city) -> list[Branch]:
    """Confirmed this season, before it, never."""
    made = [factories.branch(factories.shop(city, name), name) for name in ("Anton", "Berta", "C")]
    for branch, day in zip(made, ("2026-11-20T10:00", "2026-11-10T10:00"), strict=False):
        timetable.confirm(branch=branch, by=BY, now=berlin(day))
    return made


def test_the_city_sees_who_has_confirmed(desk, city, three):
    factories.branch(three[0].shop, "Unsichtbar", is_live=False)
    factories.week(three[2])
    factories.closure(three[0], date(2026, 12, 28), date(2027, 1, 2), "Inventur")
    factories.closure(three[1], date(2027, 1, 4), date(2027, 1, 5), "Umbau")
    take_part(permitted(city), three[0])
    shown = text(desk.get(f"{BASE}bestaetigt/"))
    assert "1 of 3 confirmed" in shown
    assert "from 15. November 2026 on" in shown
    assert "Unsichtbar" not in shown
    assert ("Inventur" in shown, "Umbau" in shown) == (True, False)
    assert "13:00–18:00" in shown
    assert shown.count("to be confirmed") == 2
    assert "never" in shown
    few = text(desk.get(f"{BASE}bestaetigt/", {"nur": "offen"}))
    assert "Anton" not in few
    assert "Berta" in few
    assert "1 of 3 confirmed" in few


def test_outside_the_season_ninety_days_count(desk, city, three, clock):
    clock.move_to(berlin("2027-02-12T12:00"))
    enter(desk, city)
    shown = text(desk.get(f"{BASE}bestaetigt/"))
    assert "1 of 3 confirmed" in shown
    assert "counts from 14. November 2026 on" in shown
    clock.move_to(berlin("2027-02-19T12:00"))
    assert "0 of 3 confirmed" in text(desk.get(f"{BASE}bestaetigt/"))


def test_the_table_for_a_spreadsheet(desk, city, three):
    odd = factories.shop(city, "=HYPERLINK(1)", slug="odd")
    factories.branch(odd, "@home; hier", slug="odd", zone=zone(city, "-1"))
    answer = desk.get(f"{BASE}bestaetigt/", {"format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="bestaetigt-2026-12-03.csv"' in answer["Content-Disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Shop;Branch;Zone;Hours known;Confirmed on")
    assert "Anton;Anton;;yes;2026-11-20 10:00;no;;" in rows
    assert "'=HYPERLINK(1);\"'@home; hier\";'-1;yes;;yes;;" in rows
    few = text(desk.get(f"{BASE}bestaetigt/", {"format": "csv", "nur": "offen"}))
    assert "Anton" not in few
    assert "Berta" in few
