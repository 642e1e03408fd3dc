"""Loads the calendars of branches; `calendar` itself never touches the database."""

from collections import defaultdict
from collections.abc import Iterable

from shops.domain.calendar import Calendar, Closed, Weekly
from shops.models import Branch, Closure, OpeningHours


def calendars(branch_ids: Iterable[int]) -> dict[int, Calendar]:
    """The calendar of each branch, in three queries however many there are."""
    ids = sorted(set(branch_ids))
    return of_branches(Branch.objects.filter(pk__in=ids).only("pk", "paused_until"))


def of_branches(branches: Iterable[Branch]) -> dict[int, Calendar]:
    """The calendar of each branch that is loaded already, in two queries."""
    paused = {branch.pk: branch.paused_until for branch in branches}
    weekly: dict[int, list[Weekly]] = defaultdict(list)
    for row in OpeningHours.objects.filter(branch_id__in=paused).order_by("weekday", "opens"):
        weekly[row.branch_id].append(Weekly(row.weekday, row.opens, row.closes))
    closures: dict[int, list[Closed]] = defaultdict(list)
    for gap in Closure.objects.filter(branch_id__in=paused).order_by("first_date"):
        closures[gap.branch_id].append(Closed(gap.first_date, gap.last_date, gap.reason))
    return {
        pk: Calendar(weekly=tuple(weekly[pk]), closures=tuple(closures[pk]), paused_until=until)
        for pk, until in paused.items()
    }


def calendar_of(branch_id: int) -> Calendar:
    """The calendar of one branch."""
    return calendars([branch_id])[branch_id]
