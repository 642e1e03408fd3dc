"""What addresses of the public pages say, as typed values. An odd value means none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shops.domain import search

_WHOLE = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Query:
    """What a list of goods is asked for."""

    text: str
    category: str
    page: int
    #: Longer than anybody types: only its beginning was searched.
    is_cut: bool


def query(data: Mapping[str, str]) -> Query:
    """`?q=&kategorie=&page=` of the search."""
    text = " ".join(data.get("q", "").split())
    return Query(
        text=text[: search.MAX_LENGTH],
        category=data.get("kategorie", "")[:80],
        page=whole(data.get("page", "")) or 1,
        is_cut=len(text) > search.MAX_LENGTH,
    )


def whole(text: str) -> int | None:
    """A whole number as an address may hold it; None for anything else."""
    return int(text) if _WHOLE.fullmatch(text) else None
