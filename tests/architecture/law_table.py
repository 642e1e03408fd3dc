"""The table of the law (`marketplace/docs/law.md`) and the tests that wear a row's mark.

python -m tests.architecture.law_table      write the column of tests anew from the marks
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture import source

PAGE = source.ROOT / "marketplace" / "docs" / "law.md"
#: Stands where a cell holds nothing.
NOTHING = "–"
BETWEEN = "<br>"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    number: str
    rule: str
    tests: tuple[str, ...]
    screens: str
    left: str

    def line(self) -> str:
        tests = BETWEEN.join(f"`{each}`" for each in self.tests) or NOTHING
        return f"| {self.number} | {self.rule} | {tests} | {self.screens} | {self.left} |"


def read(text: str) -> list[Row]:
    """The rows of the page, in their order."""
    return [row for line in text.splitlines() if (row := _row(line)) is not None]


def written(text: str, marks: dict[str, list[str]]) -> str:
    """The page with its column of tests as the marks have it."""
    lines = []
    for line in text.splitlines():
        row = _row(line)
        if row is not None:
            found = tuple(sorted(marks.get(row.number, ())))
            line = Row(row.number, row.rule, found, row.screens, row.left).line()
        lines.append(line)
    return "\n".join(lines) + "\n"


def marked(folder: Path = source.ROOT / "tests") -> dict[str, list[str]]:
    """Row -> tests that wear its mark, as `shops/test_trader.py::test_d3_…`."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for name, rows in _marks(ast.parse(path.read_text())):
            for row in rows:
                found.setdefault(row, []).append(f"{path.relative_to(folder)}::{name}")
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            rows = [
                argument.value
                for each in node.decorator_list
                if isinstance(each, ast.Call) and ast.unparse(each.func) == "pytest.mark.law"
                for argument in each.args
                if isinstance(argument, ast.Constant)
            ]
            if rows:
                yield node.name, rows


def _row(line: str) -> Row | None:
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if len(cells) != 5 or not cells[0][:1].isalpha() or not cells[0][1:].isdigit():
        return None
    tests = cells[2].replace("`", "")
    names = () if tests == NOTHING else tuple(tests.split(BETWEEN))
    return Row(cells[0], cells[1], names, cells[3], cells[4])


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(), marked()))
