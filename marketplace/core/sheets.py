"""Tables that people open in a spreadsheet. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

#: With a byte order mark, so that Excel reads the umlauts as they are.
CONTENT_TYPE = "text/csv; charset=utf-8"
BOM = "\ufeff"
#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def text(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV: semicolons between cells, a byte order mark before the first."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return BOM + file.getvalue()


def _harmless(cell: str) -> str:
    """SECURITY: what others have typed must not run as a formula on somebody's machine."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
