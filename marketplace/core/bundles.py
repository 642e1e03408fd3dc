"""One stylesheet out of many: what a page loads is built from the readable files beside it.

A file finder, so that the demo and `collectstatic` get the same: the sheets named in
`settings.BUNDLES` come with their imports put in (CSS Cascade 5: a layered import is that layer's
block) and without comments and blanks. Built again when one of its files is newer.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import rcssmin
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

_IMPORT = re.compile(
    r'@import\s+url\("(?P<path>[^"]+)"\)(?:\s+layer\((?P<layer>[\w-]+)\))?(?:\s+(?P<media>\([^;]+))?;'
)
#: One import's layer ends and the next import goes on with the same: one block for both.
_SAME_LAYER = re.compile(r"\}/\*([\w-]+)\*/\s*@layer \1 \{")


class Bundles(BaseFinder):
    """Serves built sheets in place of their sources; asked before all other finders."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.storage = FileSystemStorage(location=settings.VAR_DIR / "bundles")

    def check(self, **options: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **options: Any) -> Any:
        if path not in settings.BUNDLES:
            return []
        built = str(self._built(path))
        return [built] if find_all else built

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        for path in settings.BUNDLES:
            self._built(path)
            yield path, self.storage

    def _built(self, path: str) -> Path:
        source = settings.BASE_DIR / "marketplace" / "static" / path
        target = Path(self.storage.path(path))
        makers = (*parts(source), Path(__file__))
        newest = max(file.stat().st_mtime for file in makers)
        if not target.exists() or target.stat().st_mtime < newest:
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_name(f"{target.name}.{os.getpid()}")
            draft.write_text(build(source), encoding="utf-8")
            draft.replace(target)  # RACE: several processes may build at once; each leaves a whole
        return target


def parts(source: Path) -> list[Path]:
    """A sheet and all it imports."""
    found = [source]
    for match in _IMPORT.finditer(source.read_text(encoding="utf-8")):
        found += parts(source.parent / match["path"])
    return found


def build(source: Path) -> str:
    """The sheet with its imports in their place, small."""
    # rcssmin takes the blank in `.field :is(input)` for one that means nothing; a star says the
    # same and keeps it. Declarations have no blank before their colon.
    return str(rcssmin.cssmin(_with_imports(source).replace(" :", " *:").replace("> *:", "> :")))


def _with_imports(source: Path) -> str:
    text = source.read_text(encoding="utf-8")

    def put_in(match: re.Match[str]) -> str:
        inner = _with_imports(source.parent / match["path"])
        if match["layer"]:
            inner = f"@layer {match['layer']} {{\n{inner}\n}}/*{match['layer']}*/"
        if match["media"]:
            inner = f"@media {match['media'].strip()} {{\n{inner}\n}}"
        return inner

    return _SAME_LAYER.sub("", _IMPORT.sub(put_in, text))
