"""Percentages that a page claims in its own words. Pure.

LAW: a percentage is computed from the 30-day lowest price and stands at the price (PAngV § 11;
CJEU C-330/23). In free text nobody keeps it true, so whoever publishes one is told.
"""

import re
from collections.abc import Iterator
from typing import Any

_CLAIM = re.compile(
    r"""
    [-\N{MINUS SIGN}\N{EN DASH}]\s?[0-9]{1,2}\s?(?:%|Prozent\b|percent\b)
    | [0-9]{1,2}\s?(?:%|Prozent|percent)\s+
      (?:Rabatt|Nachlass|günstiger|billiger|reduziert|weniger|off\b|less\b|cheaper|discount)
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: More are not named.
_MOST = 5


def percentages(*texts: Any) -> list[str]:
    """The claims in these texts and raw stream values, each once, in their order."""
    found = (
        match[0] for text in texts for part in _strings(text) for match in _CLAIM.finditer(part)
    )
    return list(dict.fromkeys(found))[:_MOST]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
