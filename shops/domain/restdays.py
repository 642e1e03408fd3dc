"""Days on which shops rest by law, and days on which some goods may be handed over. Pure.

LAW: NLöffVZG §§ 3 to 5 (Lower Saxony; law F1, F2), 1. SprengV § 22 (law E3). Other Länder have
their own early closing; a city of theirs must look at `EARLY` before it starts.
"""

from datetime import date, time, timedelta
from functools import lru_cache

import holidays as library

from shops.enums import WindowRule

DAY = timedelta(days=1)
#: (month, day): when shops that are bound to the law close at the latest.
EARLY = {(12, 24): time(14), (12, 31): time(14)}


@lru_cache(maxsize=512)  # pure; a few Länder, years and two languages
def _holidays(land: str, year: int, language: str) -> dict[date, str]:
    found = library.country_holidays("DE", subdiv=land, years=year, language=language)
    return dict(found.items())


def holiday(land: str, day: date, language: str = "de") -> str:
    """The name of the public holiday of that Land (`"NI"`), or "". No Land, no holidays."""
    if not land:
        return ""
    names = _holidays(land, day.year, "de" if language.startswith("de") else "en_US")
    return names.get(day, "")


def is_rest_day(land: str, day: date) -> bool:
    """A Sunday or a public holiday."""
    return day.weekday() == 6 or bool(holiday(land, day))


def latest(day: date) -> time | None:
    """When shops close at the latest on that day, None for midnight."""
    return EARLY.get((day.month, day.day))


def may_hand_over(rule: str, day: date) -> bool:
    """Whether goods under that rule may be handed over on that day.

    Fireworks of category F2: from 29 to 31 December, from the 28th where one of these three is a
    Sunday (1. SprengV § 22 (1)).
    """
    if rule != WindowRule.FIREWORKS_F2:
        return True
    if day.month != 12:
        return False
    days = [date(day.year, 12, number) for number in (29, 30, 31)]
    first = 28 if any(each.weekday() == 6 for each in days) else 29
    return day.day >= first
