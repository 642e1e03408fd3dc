"""Bytes of a text table to rows that know their line: encodings, separators, quotes, limits.

Order of encodings as `data.md` found it to work: BOM, UTF-8, Windows-1252, code page 850; what then
still does not read like German or its neighbours is refused, never guessed (Big5, for one).
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 120
MAX_CELL = 10_000
#: A quoted cell over more lines than this is a quote somebody forgot to close.
MAX_LINES_PER_ROW = 400
#: Rows looked at when separator and header are found; till exports put titles above the header.
HEAD = 20

SEPARATORS = ";,\t|"
_OTHER = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"RIFF",
    b"GIF8",
    b"7z\xbc\xaf",
    b"Rar!",
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UMLAUT = re.compile(
    r"(?<=[A-Za-zäöüß])[äöüß]|[äöüÄÖÜ](?=[a-zäöüß])|[ÄÖÜ](?=[A-ZÄÖÜ])|(?<=[A-Z])[ÄÖÜ]"
)
#: Letters and signs that German price lists and their neighbours use beyond ASCII.
_LIKELY = frozenset(
    "äöüÄÖÜßẞéèêëàâáåæçñóòôøœúùûíìîïšžłčřÉÈÀÂÁÅÆÇÑÓÔØŒÚŠŽ€£§°²³½¼¾×·•…„“”‚‘’«»‹›–—´®©™±µ¡¿ªº\xa0\xad"
)
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold, and what is said when it is more."""

    most_bytes: int
    most_rows: int
    too_large: Promise
    too_many: Promise


GOODS = Limits(
    MAX_BYTES,
    MAX_ROWS,
    _("This file is larger than 5 MB. Please split it."),
    _("This file has more than 20,000 rows. Please split it."),
)


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of one record and the physical line (from 1) on which it starts."""

    line: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class Table:
    """All records but blank ones; `broken`: lines that could not be taken apart, with why."""

    encoding: str
    separator: str
    rows: list[Row] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)


def read(content: bytes, limits: Limits = GOODS) -> Table:
    """The table in a file's bytes. `Refused` when there is none or it is too large."""
    text, encoding = _text(content, limits)
    lines = io.StringIO(text, newline="").readlines()
    first, separator = _declared(lines)
    escaped = '\\"' in text and '""' not in text
    separator = separator or _separator(lines, first, escaped)
    table = Table(encoding, separator)
    for line, cells, trouble in _records(lines, first, separator, escaped):
        if trouble:
            table.broken.append((line, trouble))
        elif any(cells):
            table.rows.append(Row(line, cells))
        if len(table.rows) + len(table.broken) > limits.most_rows + HEAD:
            raise Refused(limits.too_many, code="too_many_rows")
    if not table.rows:
        raise Refused(_("This file holds no rows."), code="empty")
    return table


def body(table: Table, at: int, limits: Limits = GOODS) -> tuple[list[Row], list[tuple[int, str]]]:
    """Rows below the header `table.rows[at]`, as wide as it, and the lines that do not fit.

    Short rows are padded, empty extra cells cut; extra cells with content mean that something
    slipped sideways, and nobody can say what: that row is not taken.
    """
    header = table.rows[at]
    width = len(header.cells)
    rows: list[Row] = []
    broken = [trouble for trouble in table.broken if trouble[0] > header.line]
    for row in table.rows[at + 1 :]:
        if any(row.cells[width:]):
            broken.append((row.line, "too_wide"))
        else:
            padding = ("",) * (width - len(row.cells))
            rows.append(Row(row.line, row.cells[:width] + padding))
    if len(rows) + len(broken) > limits.most_rows:
        raise Refused(limits.too_many, code="too_many_rows")
    return rows, sorted(broken)


def _text(content: bytes, limits: Limits) -> tuple[str, str]:
    if len(content) > limits.most_bytes:
        raise Refused(limits.too_large, code="too_large")
    no_text = Refused(
        _("This is not a text table. Please export the goods as a CSV file."), code="binary"
    )
    if content.startswith(_OTHER) or (b"\x00" in content and not content.startswith(_UTF16)):
        raise no_text
    text, encoding = _decoded(content)
    text = text.rstrip("\x1a")
    if "\x00" in text or len(_CONTROL.findall(text)) > 10 + len(text) // 200:
        raise no_text
    text = _CONTROL.sub("", text)
    if not text.strip():
        raise Refused(_("This file is empty."), code="empty")
    return text, encoding


def _decoded(content: bytes) -> tuple[str, str]:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            try:
                return content[len(bom) :].decode(encoding), encoding
            except UnicodeDecodeError:
                raise Refused(
                    _("This file is damaged: its letters cannot be read."), code="encoding"
                ) from None
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _eight_bit(content)


def _eight_bit(content: bytes) -> tuple[str, str]:
    """Windows-1252 or, as tills still write, code page 850: whichever reads more like German."""
    best = ("", "", -1, 0)
    for encoding in ("cp1252", "cp850"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        foreign = [letter for letter in text if letter > "\x7f"]
        likely = sum(letter in _LIKELY for letter in foreign)
        score = len(_UMLAUT.findall(text)) * 4 + likely - 2 * (len(foreign) - likely)
        if not best[1] or score > best[2]:
            best = (text, encoding, score, len(foreign) - likely)
    text, encoding, score, unlikely = best
    if score < 0 or unlikely > 2 + len(text) // 500:
        raise Refused(
            _("The letters of this file cannot be read. Please save it as UTF-8."), code="encoding"
        )
    return text, encoding


def _declared(lines: list[str]) -> tuple[int, str]:
    """Excel's first line `sep=;`: where the rows start, and the separator it names."""
    match = re.fullmatch(r'"?sep=(.)"?', lines[0].strip("\r\n"), re.IGNORECASE)
    return (1, match[1]) if match and match[1] != '"' else (0, "")


def _separator(lines: list[str], first: int, escaped: bool) -> str:
    """The separator under which the first rows agree on the greatest width."""

    def agreement(separator: str) -> float:
        head = islice(_records(lines, first, separator, escaped), HEAD)
        widths = [len(cells) for _line, cells, trouble in head if not trouble and any(cells)]
        wide = Counter(width for width in widths if width > 1)
        if not wide:
            return 0.0
        width, rows = max(wide.items(), key=lambda pair: pair[0] * pair[1])
        return width * rows / len(widths)

    return max(SEPARATORS, key=agreement)


class _Unclosed(Exception):
    """The record would have to go on beyond the file or beyond reason."""


class _Feed:
    """Hands physical lines to the csv reader and knows where the current record began."""

    def __init__(self, lines: list[str], at: int) -> None:
        self.lines = lines
        self.start = self.at = at

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        inside = self.at > self.start
        if inside and (self.at >= len(self.lines) or self.at - self.start > MAX_LINES_PER_ROW):
            raise _Unclosed
        if self.at >= len(self.lines):
            raise StopIteration
        self.at += 1
        return self.lines[self.at - 1]


def _records(
    lines: list[str], first: int, separator: str, escaped: bool
) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """Line, cells and trouble ("" when fine) of each record.

    A quote that never closes would swallow the rest of the file; its line alone is given up and
    reading starts again on the next one.
    """
    feed = _Feed(lines, first)
    reader = _reader(feed, separator, escaped)
    while True:
        feed.start = start = feed.at
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (_Unclosed, csv.Error):
            yield start + 1, (), "quote"
            feed = _Feed(lines, start + 1)
            reader = _reader(feed, separator, escaped)
            continue
        trouble = ""
        if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
            trouble = "too_wide"
        elif any(len(cell) > MAX_CELL for cell in cells):
            trouble = "too_long"
        yield start + 1, tuple(cell.strip() for cell in cells[:MAX_COLUMNS]), trouble


def _reader(feed: _Feed, separator: str, escaped: bool) -> "Iterator[list[str]]":
    if escaped:
        return csv.reader(feed, delimiter=separator, doublequote=False, escapechar="\\")
    return csv.reader(feed, delimiter=separator)
