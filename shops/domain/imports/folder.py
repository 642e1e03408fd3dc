"""Pictures by file name from a folder beside the goods file. Nothing is ever fetched."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused

#: Larger files are no product photographs; `core.domain.pictures` would refuse them anyway.
MAX_BYTES = 30_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """One file of the folder: its own name, its bytes' hash as `Picture.sha256` keeps it."""

    path: Path
    sha256: str


@dataclass(slots=True)
class Folder:
    """File names without regard to case; each file is hashed at most once."""

    _paths: dict[str, Path] = field(default_factory=dict)
    _known: dict[str, Found] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    @classmethod
    def at(cls, path: Path) -> "Folder":
        """The regular files lying directly in `path`. `Refused` when it is no folder."""
        if not path.is_dir():
            raise Refused(_("The folder with the pictures does not exist."), code="no_folder")
        files = sorted(entry for entry in path.iterdir() if entry.is_file())
        return cls({entry.name.casefold(): entry for entry in files})

    def find(self, name: str) -> Found | None:
        """The file of that name; asked for in vain, the name is remembered in `missing`."""
        key = name.casefold()
        path = self._paths.get(key)
        if path is None or path.stat().st_size > MAX_BYTES:
            self.missing.add(name)
            return None
        if key not in self._known:
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            self._known[key] = Found(path, sha256)
        return self._known[key]
