"""Sheets of an XLSX workbook as the tables that every other reader understands.

A workbook is an archive of XML: it is weighed before it is unpacked, and parts that define entities
are not read at all (OWASP XML External Entity Prevention).
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time

import openpyxl
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from shops.domain.imports import tabular
from shops.domain.imports.tabular import Row, Table

ZIP = b"PK\x03\x04"
#: The older XLS, and every workbook with a password.
COMPOUND = b"\xd0\xcf\x11\xe0"
#: Unpacked bytes of all parts: ten times what 20,000 rows of goods come to.
MAX_UNPACKED = 80_000_000


def is_one(content: bytes) -> bool:
    """Whether these bytes are a workbook, readable or not."""
    return content.startswith((ZIP, COMPOUND))


def read(content: bytes) -> list[Table]:
    """One table per sheet that holds rows, in the workbook's order. `Refused` when none does."""
    _weigh(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        tables = [_table(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
        book.close()
    except Refused:
        raise
    except Exception as trouble:  # openpyxl raises whatever a damaged part led it into
        raise Refused(
            _("This workbook is damaged. Please save the sheet as a CSV file."), code="workbook"
        ) from trouble
    found = [table for table in tables if table.rows]
    if not found:
        raise Refused(_("This file holds no rows."), code="empty")
    return found


def _weigh(content: bytes) -> None:
    if len(content) > tabular.MAX_BYTES:
        raise Refused(_("This file is larger than 5 MB. Please split it."), code="too_large")
    if content.startswith(COMPOUND):
        raise Refused(
            _("This workbook is protected or of an older kind. Please save it as XLSX or CSV."),
            code="workbook",
        )
    no_workbook = Refused(
        _("This is an archive, not a sheet. Please send the sheet itself, as XLSX or CSV."),
        code="workbook",
    )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise no_workbook
            if "xl/vbaProject.bin" in names:
                raise Refused(
                    _("This workbook contains macros. Please save it as XLSX or CSV."),
                    code="workbook",
                )
            # SECURITY: sizes are as declared, and zipfile stops reading there; more than declared
            # is an error, so nothing unpacks to more than this.
            if sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Refused(
                    _("This file is larger than 5 MB. Please split it."), code="too_large"
                )
            for part in parts:
                # SECURITY: no document type, so no entities and no bomb made of them.
                if part.filename.endswith((".xml", ".rels")) and _declares(archive.read(part)):
                    raise no_workbook
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise no_workbook from None


def _declares(part: bytes) -> bool:
    """Whether a part of the archive has a document type, in whichever of XML's encodings."""
    return b"<!DOCTYPE" in part.replace(b"\x00", b"")


def _table(sheet: object) -> Table:
    table = Table("xlsx", "")
    for line, cells in _rows(sheet):
        if any(len(cell) > tabular.MAX_CELL for cell in cells):
            table.broken.append((line, "too_long"))
        elif len(cells) > tabular.MAX_COLUMNS:
            table.broken.append((line, "too_wide"))
        elif any(cells):
            table.rows.append(Row(line, cells))
        if len(table.rows) + len(table.broken) > tabular.MAX_ROWS + tabular.HEAD:
            raise Refused(
                _("This file has more than 20,000 rows. Please split it."), code="too_many_rows"
            )
    return table


def _rows(sheet: object) -> Iterator[tuple[int, tuple[str, ...]]]:
    for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):  # type: ignore[attr-defined]
        cells = [_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        yield line, tuple(cells)


def _text(value: object) -> str:
    """A cell as a German sheet would write it: decimals with a comma, whole numbers bare."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # Excel keeps 15 digits; what is written beyond them is noise of the machine.
        bare = f"{value:.15g}"
        if "e" in bare:
            bare = f"{value:.0f}"
        return bare.replace(".", ",")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).replace("\x00", "").strip()
