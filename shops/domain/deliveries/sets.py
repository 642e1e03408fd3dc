"""Very many offers in one statement: held in primary-key order, then written as a set.

The ORM's `bulk_update` builds a CASE of all rows for each column, which takes minutes for fifty
thousand. Here the rows travel as one value (SQLite) or a few arrays (PostgreSQL).
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connections, router

from shops.models import Offer

if TYPE_CHECKING:
    from django.db.models import QuerySet

_CENT = Decimal("0.01")
#: Columns a count writes, beside its offer's id and version, and their types on PostgreSQL.
_COUNTED = {
    "on_hand": "integer",
    "counted_at": "timestamptz",
    "unsure_since": "timestamptz",
    "sold_units": "integer",
    "observed_minutes": "integer",
    "pace": "double precision",
    "sure_until": "timestamptz",
    "likely_until": "timestamptz",
}


class Counted(NamedTuple):
    """New numbers of one offer, good only as long as it has this version."""

    id: int
    version: int
    on_hand: int
    counted_at: datetime
    unsure_since: datetime | None
    sold_units: int
    observed_minutes: int
    #: Units an opening hour.
    pace: float
    sure_until: datetime | None
    likely_until: datetime | None


class Priced(NamedTuple):
    """A new price of one offer."""

    id: int
    price: Decimal


def read(offers: "QuerySet[Offer, Any]") -> Iterator[list[Any]]:
    """What a `values_list` yields whose third column is a price and whose seventh is a time.

    Django looks at each value of each row; here there are few different ones among very many.
    """
    connection = connections[router.db_for_read(Offer)]
    operations: Any = connection.ops
    money = cache(lambda found: Decimal(str(found)).quantize(_CENT))

    @cache
    def moment(found: Any) -> Any:
        if connection.vendor == "postgresql":
            return found
        return operations.convert_datetimefield_value(found, None, connection)

    with connection.cursor() as cursor:
        cursor.execute(*offers.query.get_compiler(connection.alias).as_sql())
        for row in cursor.fetchall():
            values = list(row)
            values[2], values[6] = money(values[2]), moment(values[6])
            yield values


def hold(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Take these offers for the rest of the transaction; version and price (in cents) of each."""
    # RACE: always by primary key, as claims do (truth 10). Where the database locks rows, nobody
    # moves them from here on; SQLite's transaction has the whole file already. What was read
    # before is held against the versions found here, and again by the write itself.
    connection = connections[router.db_for_write(Offer)]
    sent: Any = list(ids)
    asked = "id = ANY(%s) ORDER BY id FOR UPDATE"
    if connection.vendor != "postgresql":
        sent = json.dumps(sent)
        asked = "id IN (SELECT value FROM json_each(%s)) ORDER BY id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, version, price FROM shops_offer WHERE {asked}", [sent])  # noqa: S608
        return {pk: (version, round(price * 100)) for pk, version, price in cursor.fetchall()}


def write_counts(rows: Sequence[Counted], *, source: str) -> int:
    """Write these counts where the versions still hold; how many did."""
    changes = ", ".join(f"{name} = fresh.{name}" for name in _COUNTED)
    types = {"id": "bigint", "version": "bigint", **_COUNTED}
    return _write(
        f"{changes}, source = %s, version = shops_offer.version + 1",
        " AND shops_offer.version = fresh.version",
        types,
        rows,
        (source,),
    )


def write_prices(rows: Sequence[Priced]) -> int:
    """Write these prices; how many."""
    return _write("price = fresh.price", "", {"id": "bigint", "price": "numeric"}, rows, ())


def _write(
    changes: str,
    condition: str,
    types: dict[str, str],
    rows: Sequence[tuple[object, ...]],
    values: tuple[str, ...],
) -> int:
    if not rows:
        return 0
    connection = connections[router.db_for_write(Offer)]
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{kind}[]" for kind in types.values())
        fresh = f"unnest({arrays}) AS fresh({', '.join(types)})"
        sent: list[Any] = [list(column) for column in zip(*rows, strict=True)]
    else:
        # There are few different moments among them, and each is some work to write.
        moment = cache(connection.ops.adapt_datetimefield_value)
        cells = ", ".join(
            f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(types)
        )
        fresh = f"(SELECT {cells} FROM json_each(%s)) AS fresh"  # noqa: S608 our own names
        times = [place for place, kind in enumerate(types.values()) if kind == "timestamptz"]
        made = [list(row) for row in rows]
        for place in times:
            for values_ in made:
                values_[place] = moment(values_[place])
        sent = [json.dumps(made, default=str)]
    statement = (
        f"UPDATE shops_offer SET {changes} FROM {fresh}"  # noqa: S608 names are ours, values not
        f" WHERE shops_offer.id = fresh.id{condition}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *sent])
        written: int = cursor.rowcount
        return written
