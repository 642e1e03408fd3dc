"""Which branches have confirmed their hours, for the desk. One query; writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from shops import access
from shops.domain import confirming, hours, opening
from shops.domain.week import Closed, Special
from shops.models import Branch, City


@dataclass(frozen=True, slots=True)
class Entry:
    """One branch."""

    branch: Branch
    is_known: bool
    is_due: bool
    #: Coming open Sundays it takes part in, and its closures until the end of the year.
    sundays: list[Special]
    closures: list[Closed]


@dataclass(frozen=True, slots=True)
class Confirmations:
    """All branches that people can see, and how many of them have confirmed."""

    entries: list[Entry]
    #: From here on a confirmation counts.
    since: datetime
    is_advent: bool
    last_day: date

    @property
    def waiting(self) -> list[Entry]:
        return [each for each in self.entries if each.is_due]

    @property
    def confirmed(self) -> int:
        return len(self.entries) - len(self.waiting)


def confirmations(*, city: City, now: datetime) -> Confirmations:
    """Every live branch with what it has said about its hours, by the name of its shop."""
    rows = access.public_branches(city).select_related("shop", "zone")
    last_day = timezone.localdate(now).replace(month=12, day=31)
    return Confirmations(
        entries=[
            _entry(branch, last_day, now)
            for branch in rows.order_by("shop__sort_name", "name", "pk")
        ],
        since=confirming.since(now),
        is_advent=confirming.is_advent(now),
        last_day=last_day,
    )


def table(entries: Iterable[Entry]) -> list[list[str]]:
    """The same as rows of a spreadsheet, with a head; dates as every spreadsheet reads them."""
    head = [
        _("Shop"),
        _("Branch"),
        _("Zone"),
        _("Hours known"),
        _("Confirmed on"),
        _("To be confirmed"),
        _("Open Sundays"),
        _("Closed"),
    ]
    return [head, *(_row(each) for each in entries)]


def _row(entry: Entry) -> list[str]:
    branch, yes, no = entry.branch, _("yes"), _("no")
    confirmed = branch.hours_confirmed_at
    return [
        branch.shop.name,
        branch.name,
        branch.zone.name if branch.zone else "",
        yes if entry.is_known else no,
        f"{timezone.localtime(confirmed):%Y-%m-%d %H:%M}" if confirmed else "",
        yes if entry.is_due else no,
        ", ".join(each.day.isoformat() for each in entry.sundays),
        ", ".join(_closed(each) for each in entry.closures),
    ]


def _closed(closure: Closed) -> str:
    days = dict.fromkeys([closure.first.isoformat(), closure.last.isoformat()])
    return " / ".join(days) + (f" {closure.reason}" if closure.reason else "")


def _entry(branch: Branch, last_day: date, now: datetime) -> Entry:
    calendar = hours.calendar(branch)
    today = calendar.local(now).date()
    return Entry(
        branch=branch,
        is_known=opening.is_known(calendar),
        is_due=confirming.due(branch, now),
        sundays=[each for each in calendar.sundays if each.day >= today],
        closures=[
            each for each in calendar.closures if each.last >= today and each.first <= last_day
        ],
    )
