"""The demo towns, made once: places, goods, a week of reservations. The same town every time.

Only codes and secret links differ, which are drawn by chance as for everybody.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from pathlib import Path

from marketplace.core.domain import history, statistics
from marketplace.core.domain.history import Actor
from marketplace.core.models import LogEntry
from marketplace.workbench import town
from marketplace.workbench.domain import (
    accounts,
    claims,
    lawful,
    lives,
    pages,
    places,
    pricetags,
    purchases,
    sharing,
    tills,
    townhours,
)
from shops.domain import cities
from shops.models import City

BEGUN = "town.begun"
MADE = "town.made"


class Ground(Enum):
    """What a database holds."""

    EMPTY = "empty"
    #: Half a town: somebody pulled the plug while it was made.
    HALF = "half"
    TOWN = "town"
    #: A city that is no demo town. SECURITY: known passwords never get in there.
    FOREIGN = "foreign"


def look() -> Ground:
    """What this database holds; two cheap queries."""
    verbs = set(
        LogEntry.objects.filter(verb__in=(BEGUN, MADE), scope="").values_list("verb", flat=True)
    )
    if MADE in verbs:
        return Ground.TOWN
    if BEGUN in verbs:
        return Ground.HALF
    return Ground.FOREIGN if City.objects.exists() else Ground.EMPTY


def made_at() -> datetime:
    """When the town was made: all its dates are relative to that."""
    return LogEntry.objects.filter(verb=MADE, scope="").latest("pk").at


def plant(
    *,
    base_url: str,
    now: datetime,
    say: Callable[[str], None],
    provider: Path | None = None,
    public: str = "",
) -> City:
    """Make the town as it would stand at `now`, on an empty database.

    Not one transaction: mails go out and files are written on the way. `say` hears what is done.
    `provider`: where the stand-in keeps its books; without it nobody pays online.
    `public`: what browsers will call it.
    """
    by = Actor.system()
    history.record(verb=BEGUN, subject="town:1", scope="", by=by, now=now)
    say("Building the town: shops, people, goods ...")
    city = places.build(base_url=base_url, by=by, now=now)
    lawful.plant(by=by, now=now - purchases.ACCOUNTS_SINCE)
    for each in City.objects.all():
        townhours.plant(city=each, by=by, now=now)
    with _paying(provider, public, by=by, now=now) as till:
        _live(city, till, by=by, now=now, say=say)
    for each in City.objects.select_related("site__root_page"):
        sharing.plant(city=each, by=by, now=now)
        pages.plant(city=each, now=now)
    tills.plant(city=city, now=now)
    pricetags.plant(city=city, by=by, now=now)
    history.record(verb=MADE, subject="town:1", scope="", by=by, now=now)
    return city


@contextmanager
def _paying(
    state: Path | None, public: str, *, by: Actor, now: datetime
) -> Iterator[purchases.Till | None]:
    if state is None:
        yield None
        return
    accounts.plant(state=state, by=by, now=now - purchases.ACCOUNTS_SINCE)
    with purchases.till(state, now, public=public) as till:
        yield till


def _live(
    city: City,
    till: purchases.Till | None,
    *,
    by: Actor,
    now: datetime,
    say: Callable[[str], None],
) -> None:
    if till:
        purchases.long_ago(till=till, city=city, now=now)
    for each in City.objects.all():
        places.fill(city=each, now=now, first=True, by=by)
    statistics.count()
    say("A week of reservations ...")
    lives.past_days(city=city, now=now)
    if till:
        purchases.past_days(till=till, city=city, now=now)
    claims.plant(city=city, now=now)
    for each in City.objects.all():
        places.fill(city=each, now=now, first=False, by=by)
    places.credit(by=by, now=now)
    lives.open_now(city=city, now=now)
    if till:
        purchases.open_now(till=till, city=city, now=now)


def move(*, base_url: str, now: datetime) -> None:
    """Answer at another address than last time; links in mails follow."""
    for city in City.objects.select_related("site").filter(slug__in=town.TOWNS):
        address = places.address_of(city.slug, base_url)
        cities.readdress(city=city, base_url=address, hosts=(), by=Actor.system(), now=now)
