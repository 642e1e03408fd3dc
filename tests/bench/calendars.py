"""What hours cost: the facts of all branches behind a list, and the moments of a long shelf.

CPU is this process's own, so neighbours do not count. `cold` has just forgotten all that
`shops.domain` remembers of calendars: what the first request of a fresh process pays.
"""

import io
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as clock

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from marketplace.core.domain.history import Actor
from shops import access
from shops.domain import calendar, holding, hours, promises, queries, restdays, timetable, week
from shops.domain.calendar import Weekly
from shops.models import Branch, City, Offer
from tests.bench import browser, count

#: How often a figure is taken in one round.
REPEATED, COLD, NULLS = 40, 3, 300
#: Modules whose pure functions remember.
REMEMBERING = (calendar, hours, promises, restdays, week)
SECOND = timedelta(seconds=1)


class Untrue(Exception):
    """What was measured has not done its work."""


def facts(city: City) -> dict[str, float]:
    """One round: milliseconds of CPU that the branches' facts cost, beside a view without any."""
    now = timezone.now()
    null = _null()
    _facts(city, now)
    _list(city, now)
    ms = {
        "null": _cpu(lambda _now: null(), now, NULLS),
        "warm": _cpu(lambda at: _facts(city, at), now, REPEATED),
        "cold": _cpu(lambda at: _facts(city, at), now, COLD, first=_forget),
        "list": _cpu(lambda at: _list(city, at), now, COLD),
    }
    return ms | {"ratio": ms["warm"] / ms["null"]}


def counted(city: City) -> dict[str, int]:
    """Statements, and how much there was to tell."""
    now = timezone.now()
    promised = _facts(city, now)
    those = [promised.of(pk) for pk in promised.terms]
    today = sum(each is not None and each.there_at is not None for each in those)
    if not 0 < today < len(those):
        raise Untrue(f"{today} of {len(those)} branches hand over today: that measures nothing")
    return {
        "sql": _statements(lambda: _facts(city, now)),
        "list_sql": _statements(lambda: _list(city, now)),
        "branches": len(those),
        "calendars": len({each.calendar for each in promised.terms.values()}),
        "today": today,
    }


def rewriting(branch: Branch, turn: int) -> dict[str, float]:
    """One round: what a new week leaves to a worker, through the queue as it is."""
    _work()  # what came before
    before = _moments(branch)
    opens = 10 - turn % 2
    new = [Weekly(day, clock(opens), clock(opens + 8)) for day in range(6)]
    timetable.set_week(branch=branch, weekly=new, by=Actor.system(), now=timezone.now())
    branch.refresh_from_db()
    if branch.moments_stale_since is None:
        raise Untrue("a new week has asked nobody to rewrite")
    wall, spent = time.perf_counter(), time.process_time()
    _work()
    row = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - spent}
    branch.refresh_from_db()
    if branch.moments_stale_since is not None:
        raise Untrue("the worker has left the moments as they were")
    after = _moments(branch)
    for offer in _counted(branch):
        found = holding.moments(offer, hours.calendar(branch))
        if after[offer.pk] != (found.sure_until, found.likely_until):
            raise Untrue(f"offer {offer.pk} has other moments than its calendar gives")
    return row | {"offers": len(after), "changed": sum(before[pk] != after[pk] for pk in after)}


def _facts(city: City, now: datetime) -> promises.Promises:
    """All that "collectable today", "by 17:00" and "open now" ask of the branches."""
    promised = promises.load(
        access.public_branches(city), answer_minutes=city.answer_minutes, now=now
    )
    promised.today()
    promised.by(clock(17))
    promised.open_branches()
    return promised


def _list(city: City, now: datetime) -> None:
    """The list of shops with its filters and the door of each branch."""
    for letter in queries.shops(city=city, now=now).letters:
        for view in letter.shops:
            _doors = [each.opening for each in view.branches]


def _forget() -> None:
    for module in REMEMBERING:
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


def _null() -> Callable[[], None]:
    """`/null/` through all middleware, without a server."""
    application = get_wsgi_application()
    headers = {"HTTP_HOST": browser.HOST, "HTTP_X_FORWARDED_PROTO": "https"}
    asked = RequestFactory().get("/null/", **headers).environ

    def ask() -> None:
        statuses: list[str] = []
        answer = application(dict(asked), lambda status, _headers: statuses.append(status))
        b"".join(answer)
        answer.close()  # type: ignore[attr-defined]
        if statuses != ["200 OK"]:
            raise Untrue(f"the null view answers {statuses}")

    ask()
    return ask


def _cpu(
    act: Callable[[datetime], object],
    start: datetime,
    times: int,
    *,
    first: Callable[[], None] = lambda: None,
) -> float:
    """Milliseconds of CPU of one call, of so many; a second passes between two."""
    spent = 0.0
    for number in range(times):
        first()
        began = time.process_time()
        act(start + number * SECOND)
        spent += time.process_time() - began
    return spent / times * 1000


def _statements(act: Callable[[], object]) -> int:
    counter = count.Counter()
    with connection.execute_wrapper(counter):
        act()
    return len(counter.statements)


def _work() -> None:
    """What is due is done, by the worker that production runs."""
    call_command("worker", "--batch", stdout=io.StringIO())


def _counted(branch: Branch) -> list[Offer]:
    offers = Offer.objects.filter(branch=branch).exclude(counted_at=None)
    return list(offers.select_related("variant__product__category"))


def _moments(branch: Branch) -> dict[int, tuple[datetime | None, datetime | None]]:
    return {each.pk: (each.sure_until, each.likely_until) for each in _counted(branch)}
