"""German is complete, its compiled form is that of its source, and nothing in it was dropped."""

import gettext
import re
import subprocess
from pathlib import Path

from tests.databases import ROOT
from tests.needs import require

FOLDER = ROOT / "marketplace" / "locale" / "de" / "LC_MESSAGES"
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+[^>]*>")
IGNORED = (".venv", ".var", "tests", "requirements")


def entries(path: Path) -> dict[tuple[str, str], list[str]]:
    """(context, id) -> translations of a .po file; enough of the format for our own."""
    found: dict[tuple[str, str], list[str]] = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            match = re.match(r'(msg\w+(?:\[\d\])?) (".*")$', line)
            if match:
                key = match[1]
                parts[key] = ""
            if key and line.endswith('"') and '"' in line:
                text = line[line.index('"') + 1 : -1]
                parts[key] += text.encode().decode("unicode_escape").encode("latin-1").decode()
        if parts.get("msgid"):
            strings = [text for name, text in parts.items() if name.startswith("msgstr")]
            found[parts.get("msgctxt", ""), parts["msgid"]] = strings
    return found


def test_german_is_complete():
    missing = [key for key, strings in entries(FOLDER / "django.po").items() if not all(strings)]
    assert missing == []
    assert "#, fuzzy" not in (FOLDER / "django.po").read_text(encoding="utf-8")


def test_the_compiled_catalogue_is_that_of_its_source():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    said = {text for text in compiled.values() if isinstance(text, str)}
    for (_context, msgid), strings in entries(FOLDER / "django.po").items():
        assert set(strings) <= said, msgid


def test_placeholders_survive():
    for (_context, msgid), strings in entries(FOLDER / "django.po").items():
        for text in strings:
            lost = set(PLACES.findall(text)) - set(PLACES.findall(msgid))
            assert lost == set(), (msgid, text)


def test_every_sentence_of_the_sources_is_in_the_catalogue(tmp_path):
    require("gettext")
    names = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    sources = [name for name in names if not name.startswith(IGNORED)]
    target = tmp_path / "found.po"
    subprocess.run(
        [
            *("xgettext", "--from-code=UTF-8", "--language=Python", "--no-location", "--no-wrap"),
            *("--keyword=gettext_lazy", "--keyword=gettext", "--keyword=_"),
            *("--keyword=pgettext:1c,2", "--keyword=ngettext:1,2", "-o", str(target)),
            *sources,
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    unknown = entries(target).keys() - entries(FOLDER / "django.po").keys()
    assert unknown == set()
