"""Weeks that shops of a trade have as a rule: a start that is corrected, not filled in. Pure."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shops.domain import spans
from shops.domain.week import Weekly
from shops.enums import Trade


@dataclass(frozen=True, slots=True)
class Pattern:
    """A week to begin with, and what the law makes of that trade."""

    key: str
    name: Promise
    trade: Trade
    #: From Monday on, as `spans.read` takes it.
    days: tuple[str, ...]

    @property
    def weekly(self) -> list[Weekly]:
        return [
            Weekly(weekday, opens, closes)
            for weekday, text in enumerate(self.days)
            for opens, closes in spans.read(text)
        ]


_MIDDAY, _NONE = "9-13, 14:30-18", [""]

PATTERNS = (
    Pattern("laden", _("Shop in town"), Trade.RETAIL, (*["9:30-18:30"] * 5, "10-16", "")),
    Pattern("mittag", _("Shop with a lunch break"), Trade.RETAIL, (*[_MIDDAY] * 5, "9-13", "")),
    Pattern("markt", _("Supermarket, chemist's"), Trade.RETAIL, (*["8-20"] * 6, "")),
    Pattern("tage", _("A few days a week"), Trade.RETAIL, (*_NONE * 3, *["12-18"] * 3, "")),
    Pattern("backwaren", _("Bakery, pastry shop"), Trade.BAKERY, (*["6-18"] * 5, "6-13", "8-11")),
    Pattern("blumen", _("Flowers"), Trade.FLOWERS, (*["8:30-18"] * 5, "8:30-14", "10-13")),
    Pattern("apotheke", _("Pharmacy"), Trade.FREE, (*["8-18:30"] * 5, "8:30-13", "")),
    Pattern("cafe", _("Café, museum shop"), Trade.FREE, ("", *["10-18"] * 6)),
    Pattern("station", _("Station, petrol station"), Trade.FREE, ("6-22",) * 7),
)


def of(key: str) -> Pattern | None:
    """The pattern of that key; None for any other word."""
    return next((each for each in PATTERNS if each.key == key), None)
