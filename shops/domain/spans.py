"""The hours of one day as people write them: "9–13, 14:30–18". Pure."""

import re
from collections.abc import Iterable
from datetime import time

Span = tuple[time, time]

#: More openings than this on one day are a slip of the fingers.
MOST = 4

_CLOCK = r"(\d{1,2})(?:[:.h]?(\d{2}))?"
_SPAN = re.compile(rf"{_CLOCK}-{_CLOCK}")
#: In the order in which they are looked for; German and English alike.
_DASHES = re.compile(r"\s*(?:[-‐‑‒–—−~]|\bbis\b|\bto\b|\btill?\b|\buntil\b)\s*")
_BETWEEN = re.compile(r"\s*(?:[,;/+&]|\bund\b|\band\b)\s*")
_NOISE = re.compile(r"\b(?:von|from|uhr|o'clock)\b|(?<=\d)h\b")
_CLOSED = frozenset({"", "-", "zu", "geschlossen", "ruhetag", "closed", "frei"})
_ALWAYS = frozenset({"24h", "24 h", "24 stunden", "24 hours", "rund um die uhr", "0-24", "00-24"})


def read(text: str) -> tuple[Span, ...]:
    """Opening and closing of each piece, in order; nothing or "geschlossen" is (), closed.

    24:00 is midnight, 00:00; a piece may run past it. `ValueError` for anything else.
    """
    words = text.strip().lower()
    if words in _ALWAYS:
        return ((time(), time()),)
    words = _DASHES.sub("-", _NOISE.sub("", words).strip())
    if words.strip() in _CLOSED:
        return ()
    pieces = _BETWEEN.split(words)
    if len(pieces) > MOST:
        raise ValueError(text)
    return tuple(sorted(_piece(piece.strip()) for piece in pieces))


def write(spans: Iterable[Span]) -> str:
    """As `read` takes it back: full hours short, midnight at the end of a day as 24."""
    return ", ".join(f"{_short(opens)}–{_short(closes, 24)}" for opens, closes in spans)


def _piece(text: str) -> Span:
    met = _SPAN.fullmatch(text.replace(" ", ""))
    if met is None:
        raise ValueError(text)
    from_hour, from_minute, to_hour, to_minute = (int(each or 0) for each in met.groups())
    if to_hour == 24 and to_minute == 0:
        to_hour = 0
    return time(from_hour, from_minute), time(to_hour, to_minute)


def _short(at: time, midnight: int = 0) -> str:
    hour = midnight if at == time() else at.hour
    return f"{hour}:{at.minute:02}" if at.minute else f"{hour}"
