"""Words in a shop's own texts that the law has overtaken (law A16, law.md 0). Pure."""

import re

#: The Commission's platform for disputes, closed on 20 July 2025: its address misleads.
_PLATFORM = re.compile(
    r"(?:webgate\.)?ec\.europa\.eu/(?:consumers/)?odr\b|\bOS-Plattform\b", re.IGNORECASE
)
#: Acts that have been replaced, and by what.
_REPEALED = (
    (re.compile(r"\bVerpackG\b|\bVerpackungsgesetz\w*"), "VerpackDG"),
    (re.compile(r"\bBattG\b|\bBatteriegesetz\w*"), "BattDG"),
    (re.compile(r"\bTMG\b|\bTelemediengesetz\w*"), "DDG"),
)


def found(text: str) -> tuple[str, str] | None:
    """The first such words, and what takes their place (empty: nothing does)."""
    platform = _PLATFORM.search(text)
    if platform:
        return platform[0], ""
    for pattern, new in _REPEALED:
        match = pattern.search(text)
        if match:
            return match[0], new
    return None
