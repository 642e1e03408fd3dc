"""An oracle for calendars: it walks minute by minute with one eye on the wall clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from shops.domain.calendar import Calendar, Weekly

BERLIN = ZoneInfo("Europe/Berlin")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def weekly(days: str, *spans: str) -> tuple[Weekly, ...]:
    """weekly("012", "10:00-13:00", "14:00-18:00")"""
    rows = []
    for day in days:
        for span in spans:
            opens, closes = (time.fromisoformat(text) for text in span.split("-"))
            rows.append(Weekly(int(day), opens, closes))
    return tuple(rows)


class Walk:
    """Some days of one calendar, minute by minute.

    `shown` is the latest the wall clock has shown by then: it jumps in spring and rests for an hour
    in autumn, so a time on the door is reached once, whatever the clock does.
    """

    def __init__(self, calendar: Calendar, first: date, days: int) -> None:
        self.calendar, self.days = calendar, [first + n * DAY for n in range(-1, days)]
        self.minutes, shown = clock(first, days)
        self.begin, self.end = self.minutes[0], self.minutes[-1] + MINUTE
        spans = {day: list(self._spans(day)) for day in self.days}
        self.of_day: dict[date, list[datetime]] = {}
        self.open: set[datetime] = set()
        for minute, wall in zip(self.minutes, shown, strict=True):
            for day in (wall.date(), wall.date() - DAY):
                if any(opens <= wall < closes for opens, closes in spans[day]):
                    self.of_day.setdefault(day, []).append(minute)
                    self.open.add(minute)

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if any(closure.first <= day <= closure.last for closure in self.calendar.closures):
            return
        for row in self.calendar.weekly:
            if row.weekday == day.weekday():
                closing_day = day + DAY if row.closes <= row.opens else day
                yield datetime.combine(day, row.opens), datetime.combine(closing_day, row.closes)

    def at(self, number: int) -> datetime:
        """Some minute of the middle: the first day is for its evening, the last for answers."""
        return self.minutes[1500 + number % (len(self.minutes) - 3000)]

    def first(self, start: datetime, *, is_open: bool) -> datetime | None:
        while start < self.end:
            if (start in self.open) is is_open:
                return start
            start += MINUTE
        return None

    def add(self, start: datetime, minutes: int) -> datetime | None:
        while minutes and start < self.end:
            minutes -= start in self.open
            start += MINUTE
        return None if minutes else start

    def collect_by(self, ready_at: datetime, opening_days: int) -> datetime | None:
        for _day, minutes in sorted(self.of_day.items()):
            if minutes[-1] + MINUTE <= ready_at:
                continue
            opening_days -= minutes[0] >= ready_at
            if opening_days <= 0:
                return minutes[-1] + MINUTE
        return None


@cache
def clock(first: date, days: int) -> tuple[list[datetime], list[datetime]]:
    minutes, shown = [], []
    minute, latest = berlin(f"{first}T00:00"), datetime.combine(first - DAY, time())
    while minute < berlin(f"{first + days * DAY}T00:00"):
        latest = max(latest, minute.astimezone(BERLIN).replace(tzinfo=None))
        minutes.append(minute)
        shown.append(latest)
        minute += MINUTE
    return minutes, shown
