"""Official drawings: shown as they were published, or not at all.

LAW: the harmonised notice on the statutory guarantee and the label of a durability guarantee have a
fixed design (Regulation (EU) 2025/1960); who shows something that only looks like them misleads. So
the files are not ours to draw: the operator lays the published ones below `marketplace/static/` and
says in the environment which they are and what their SHA-256 is (`GUARANTEE_NOTICE=path,sum`). A
file that is missing or another one is not shown; pages say the same in words meanwhile, and say
that these are ours.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

#: Name of the variable -> what it is, for whoever reads a warning.
DRAWINGS = {
    "GUARANTEE_NOTICE": "the harmonised notice on the statutory guarantee",
    "GUARANTEE_LABEL": "the label of a manufacturer's durability guarantee (GARAN)",
}


@dataclass(frozen=True, slots=True)
class Official:
    """A drawing that is the published one, byte for byte."""

    url: str
    path: Path

    @property
    def svg(self) -> str:
        """Its source, for documents; empty where it is no SVG."""
        return self.path.read_text(encoding="utf-8") if self.path.suffix == ".svg" else ""


class Wrong(Exception):
    """There is a file, and it is not the published one."""


def find(name: str) -> Official | None:
    """The drawing, or None while there is none that may be shown."""
    try:
        return look(name)
    except Wrong:
        return None


def look(name: str) -> Official | None:
    """The same, but a file that is missing although it is named, or another one, is `Wrong`."""
    if not settings.OFFICIAL[name]:
        return None
    wanted, _comma, expected = ",".join(settings.OFFICIAL[name]).partition(",")
    path = finders.find(wanted)
    if path is None or isinstance(path, list):
        raise Wrong(f"{wanted} does not lie below static/")
    file = Path(path)
    if _sha256(file, file.stat().st_mtime_ns) != expected.strip().lower():
        raise Wrong(f"{wanted} is not the file with the SHA-256 that was named")
    return Official(url=static(wanted), path=file)


@lru_cache(maxsize=8)
def _sha256(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
