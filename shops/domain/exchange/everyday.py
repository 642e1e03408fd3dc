"""Hours as people and search pages write them, as a value that `osm` reads. Pure.

All of the text is understood or none of it: a word we do not know may be the one that matters.
"""

import re
from collections.abc import Iterator

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_NAMES = (
    "montags? mo mon monday mondays",
    "dienstags? di tu tue tues tuesday tuesdays",
    "mittwochs? mi we wed wednesday wednesdays",
    "donnerstags? do th thu thur thurs thursday thursdays",
    "freitags? fr fri friday fridays",
    "samstags? sonnabends? sa sat saturday saturdays",
    "sonntags? so su sun sunday sundays",
)
_HOLIDAY = r"feiertags?|feiertage|ph|(?:public )?holidays?"
_TOKEN = re.compile(
    "|".join(
        (
            *(
                rf"(?P<d{number}>(?:{names.replace(' ', '|')})\b\.?)"
                for number, names in enumerate(_NAMES)
            ),
            rf"(?P<d7>(?:{_HOLIDAY})\b)",
            r"(?P<all>(?:24 (?:stunden|hours)(?: geöffnet)?|open 24 hours)\b)",
            r"(?P<off>(?:geschlossen|closed|ruhetag|off)\b)",
            r"(?P<time>(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?(?![\d.:])"
            r"(?:\s*(?P<half>[ap])\.?m\b\.?)?)",
            r"(?P<to>[-–—]|\b(?:bis|to)\b)",
            r"(?P<noise>[\s:;,|&]+|\b(?:uhr|und|u|and|von|from|h)\b\.?)",
        )
    ),
    re.IGNORECASE,
)
#: A day, "-", (minutes of the day, half of it), "off" or "all".
Token = tuple[str, int, str]


def as_value(text: str) -> str:
    """The `opening_hours` value of that text; "" where not all of it is understood."""
    tokens = list(_tokens(text))
    week: dict[int, list[str]] = {}
    while tokens:
        days = _take_days(tokens)
        spans = _take_spans(tokens)
        if not days or not spans:
            return ""
        for day in days:
            week.setdefault(day, []).extend(spans)
    if any("off" in spans and len(spans) > 1 for spans in week.values()):
        return ""
    names = (*_DAYS, "PH")
    return "; ".join(f"{names[day]} {','.join(week[day])}" for day in sorted(week))


def _tokens(text: str) -> Iterator[Token]:
    """What is written there, without noise; one "?" where we do not know a word."""
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            yield ("?", 0, "")
            return
        place = match.end()
        kind = match.lastgroup or ""
        if match["time"]:
            yield ("time", int(match["hour"]) * 60 + int(match["minute"] or 0), match["half"] or "")
        elif re.fullmatch(r"d\d", kind):
            yield ("day", int(kind[1]), "")
        elif kind != "noise":
            yield (kind, 0, "")


def _take_days(tokens: list[Token]) -> list[int]:
    """Days from the front: Mo-Fr, Sa."""
    days: list[int] = []
    while tokens and tokens[0][0] == "day":
        first = last = tokens.pop(0)[1]
        if [each[0] for each in tokens[:2]] == ["to", "day"]:
            last = tokens[1][1]
            del tokens[:2]
            if 7 in (first, last):
                return []
        days += [first] if first == last else _from_to(first, last)
    return days


def _from_to(first: int, last: int) -> list[int]:
    return [(first + number) % 7 for number in range((last - first) % 7 + 1)]


def _take_spans(tokens: list[Token]) -> list[str]:
    """Hours from the front, or that it is closed."""
    if tokens and tokens[0][0] in ("off", "all"):
        return ["off"] if tokens.pop(0)[0] == "off" else ["00:00-24:00"]
    spans: list[str] = []
    while [each[0] for each in tokens[:3]] == ["time", "to", "time"]:
        span = _span(tokens[0], tokens[2])
        del tokens[:3]
        if not span:
            return []
        spans.append(span)
    return spans


def _span(opens: Token, closes: Token) -> str:
    """ "9–11 AM" is both in the morning; "9–5 PM" may be anything."""
    is_shared = bool(closes[2]) and not opens[2]
    start, end = _minutes(opens, opens[2] or closes[2]), _minutes(closes, closes[2] or opens[2])
    if start is None or end is None or start >= 24 * 60 or (is_shared and end <= start):
        return ""
    if bool(opens[2]) and not closes[2]:
        return ""
    return f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


def _minutes(token: Token, half: str) -> int | None:
    """Minutes of the day, in twelve hours or twenty-four."""
    minutes = token[1]
    if half:
        if not 60 <= minutes < 13 * 60:
            return None
        minutes = minutes % (12 * 60) + (12 * 60 if half.lower() == "p" else 0)
    return minutes if minutes <= 24 * 60 else None
