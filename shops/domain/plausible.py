"""What no shop can mean: hours that overlap, days that have passed, doors the law keeps shut.

Every check raises `Refused`, with a sentence that says what to do, or does nothing.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from shops.domain import hours, restdays
from shops.domain.calendar import Weekly
from shops.enums import Trade
from shops.models import Branch

#: Longest closure and furthest exception; longer ones are typing mistakes.
LONGEST = timedelta(days=366)
FURTHEST = timedelta(days=2 * 366)

Span = tuple[time, time]


def season(first: tuple[int, int], last: tuple[int, int]) -> None:
    """(month, day) of both ends exist."""
    for month, day in (first, last):
        try:
            date(2024, month, day)  # a leap year: 29 February may begin or end a season
        except ValueError:
            raise Refused(
                _("There is no such day. Please check day and month."), code="no_such_day"
            ) from None


def closure(branch: Branch, first: date, last: date, now: datetime) -> None:
    """First day before last, at most a year, not over yet."""
    if last < first:
        raise Refused(
            _("The last day lies before the first one. Please check both dates."), code="order"
        )
    if last - first > LONGEST:
        raise Refused(
            _("That is more than a year. Please check both dates, or take the branch offline."),
            code="too_long",
        )
    day_ahead(branch, last, now)


def week(weekly: Sequence[Weekly], trade: Trade) -> None:
    """No overlaps, and on Sundays what the law leaves to the trade."""
    for weekday in range(7):
        spans([(row.opens, row.closes) for row in weekly if row.weekday == weekday])
    sundays = [(row.opens, row.closes) for row in weekly if row.weekday == 6]
    _rest_hours(sundays, trade)


def spans(said: Sequence[Span]) -> None:
    """In a day nothing overlaps, and only the last may run past midnight."""
    ordered = sorted(said)
    for (_opens, closes), (after, _closes) in pairwise(ordered):
        if closes <= _opens or after < closes:
            raise Refused(
                _("Two of the hours of one day overlap. Please check them."), code="overlap"
            )


def rest_day(branch: Branch, day: date, said: Sequence[Span]) -> None:
    """On Sundays and holidays what the law leaves to the trade."""
    if restdays.is_rest_day(branch.shop.city.land, day):
        _rest_hours(said, Trade(branch.trade))


def _rest_hours(said: Sequence[Span], trade: Trade) -> None:
    """LAW: NLöffVZG §§ 3, 4: shops rest, bakeries and flower shops open for three hours."""
    limit = trade.rest_day_hours
    if limit is None or not said:
        return
    if limit == 0:
        raise Refused(
            _(
                "On Sundays and public holidays shops stay closed. The city can permit single "
                "Sundays; then you take part with one click."
            ),
            code="rest_day",
        )
    minutes = sum(_minutes(opens, closes) for opens, closes in said)
    if minutes > limit * 60:
        raise Refused(
            _("On Sundays and public holidays you may open for three hours at most."),
            code="rest_day_hours",
        )


def _minutes(opens: time, closes: time) -> int:
    start, end = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    return end - start if end > start else end - start + 24 * 60


def day_ahead(branch: Branch, day: date, now: datetime) -> None:
    """Neither past nor more than two years away."""
    today = hours.calendar(branch).local(now).date()
    if day < today:
        raise Refused(_("This day has passed. Please check the date."), code="passed")
    if day - today > FURTHEST:
        raise Refused(_("That is more than two years ahead. Please check the date."), code="far")
