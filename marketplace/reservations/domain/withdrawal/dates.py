"""Until when one may withdraw, and until when the money is back. Pure.

LAW: BGB §§ 187 (1), 188, 193, 355, 356 (2) and (3), 357 (1) (law A7, A10). Days are those of the
town; holidays those of its Land, where the goods are handed over and given back.
"""

import calendar
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from shops.domain import restdays

DAY = timedelta(days=1)
#: Full days for withdrawing, and the buyer's for giving back, and the shop's for the money.
FORTNIGHT = timedelta(days=14)
#: Without an instruction the right ends so many months and a fortnight after the hand-over.
MONTHS_WITHOUT_INSTRUCTION = 12
#: The shop is reminded so long before the money is due.
REMIND_BEFORE = timedelta(days=3)


def last_day(*, handed: Iterable[datetime], land: str, instructed: bool) -> date:
    """The last day on which a declaration is in time. `handed` is when each part was collected: the
    last one counts, and its day does not. ValueError for nothing handed over."""
    begin = timezone.localdate(max(handed))
    if not instructed:
        begin = _months_later(begin, MONTHS_WITHOUT_INSTRUCTION)
    end = begin + FORTNIGHT
    while end.weekday() >= calendar.SATURDAY or restdays.holiday(land, end):
        end += DAY
    return end


def ends_at(*, handed: Iterable[datetime], land: str, instructed: bool) -> datetime:
    """The midnight after that day. Sent before it is in time (BGB § 355 (1))."""
    end = last_day(handed=handed, land=land, instructed=instructed)
    return timezone.make_aware(datetime.combine(end + DAY, time()))


def refund_due_at(received_at: datetime) -> datetime:
    """When the money must be back: a fortnight after the declaration arrived, to the end of that
    day. Not moved by weekends: the machine pays on each day."""
    end = timezone.localdate(received_at) + FORTNIGHT
    return timezone.make_aware(datetime.combine(end + DAY, time()))


def return_until(received_at: datetime) -> date:
    """The last day on which the buyer brings the goods back or sends them off (BGB § 357 (1))."""
    return timezone.localdate(received_at) + FORTNIGHT


def remind_at(refund_due: datetime) -> datetime:
    """From when the shop is reminded."""
    return timezone.localtime(refund_due) - REMIND_BEFORE - DAY


def _months_later(day: date, months: int) -> date:
    """The day of the same number, or the month's last (BGB § 188 (2), (3))."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
