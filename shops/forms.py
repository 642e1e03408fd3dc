"""What addresses of the public pages say, as typed values. An odd value means none."""

import re
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shops.domain import search
from shops.domain.facets import Wanted
from shops.domain.queries import Sought

if TYPE_CHECKING:
    from django.http import QueryDict

_WHOLE = re.compile(r"[0-9]{1,18}")
#: As people type a price into a filter; a thousands' point is not for guessing.
_AMOUNT = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,2})?")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
#: Values of options that one address may name.
_MOST_OPTIONS = 20


def query(data: "QueryDict") -> Wanted:
    """`?q=&kategorie=&heute=1&um=18:00&offen=1&sicher=1&wo=&von=&bis=&wahl=Größe:43&page=`."""
    return Wanted(
        text=" ".join(_plain(data.get("q", "")).split())[: search.MAX_LENGTH],
        category=_plain(data.get("kategorie", ""))[:80],
        page=whole(data.get("page", "")) or 1,
        today=_is_ticked(data, "heute"),
        open=_is_ticked(data, "offen"),
        sure=_is_ticked(data, "sicher"),
        by=clock(data.get("um", "")),
        quarter=_plain(data.get("wo", ""))[:80],
        least=amount(data.get("von", "")),
        most=amount(data.get("bis", "")),
        options=frozenset(_pairs(data.getlist("wahl"))),
    )


def is_cut(data: Mapping[str, Any]) -> bool:
    """Longer than anybody types: only its beginning was searched."""
    return len(" ".join(data.get("q", "").split())) > search.MAX_LENGTH


def sought(data: Mapping[str, Any]) -> Sought:
    """`?offen=1&branche=&wo=` of the list of shops."""
    return Sought(
        open=_is_ticked(data, "offen"),
        trade=_plain(data.get("branche", ""))[:80],
        quarter=_plain(data.get("wo", ""))[:80],
    )


def whole(text: str) -> int | None:
    """A whole number as an address may hold it; None for anything else."""
    return int(text) if _WHOLE.fullmatch(text) else None


def clock(text: str) -> time | None:
    """A time of the day as an address holds it, 18:00; None for anything else."""
    return time.fromisoformat(text) if _CLOCK.fullmatch(text) else None


def amount(text: str) -> Decimal | None:
    """Euros as people type them, 12 or 12,50; None for anything else."""
    plain = text.strip().removesuffix("€").strip()
    return Decimal(plain.replace(",", ".")) if _AMOUNT.fullmatch(plain) else None


def _is_ticked(data: Mapping[str, Any], name: str) -> bool:
    return data.get(name, "") == "1"


def _pairs(values: list[str]) -> list[tuple[str, str]]:
    """`Größe:43` as name and value; what has no name is none."""
    found = []
    for value in values[:_MOST_OPTIONS]:
        name, colon, rest = _plain(value)[:160].partition(":")
        if colon and name and rest:
            found.append((name, rest))
    return found


def _plain(text: str) -> str:
    """Without what no address needs and PostgreSQL refuses."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
