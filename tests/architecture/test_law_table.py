"""The table of the law names the tests that prove it, and no other."""

from tests.architecture import law_table
from tests.architecture.law_table import Row

#: Every row of the requirements.
ROWS = [
    *(f"A{number}" for number in range(1, 17)),
    *(f"B{number}" for number in range(1, 7)),
    *(f"C{number}" for number in range(1, 8)),
    *(f"D{number}" for number in range(1, 16)),
    *(f"E{number}" for number in range(1, 16)),
    *(f"F{number}" for number in range(1, 3)),
    *(f"G{number}" for number in range(1, 8)),
    *(f"H{number}" for number in range(1, 6)),
    *(f"K{number}" for number in range(1, 8)),
]
#: Rows that must be proven: what somebody who pays has a right to, and what is sold here.
MUST = {
    *(f"A{number}" for number in range(3, 17)),
    *(f"B{number}" for number in range(1, 6)),
    *("C1", "C2", "C5", "D3", "D12", "D13"),
    *(f"E{number}" for number in range(1, 8)),
}
#: Of these, the ones that nothing proves yet. A row that is proven has to leave this set.
OPEN: set[str] = set()


def page() -> list[Row]:
    return law_table.read(law_table.PAGE.read_text())


def test_every_row_of_the_law_stands_in_the_table_once() -> None:
    assert [row.number for row in page()] == ROWS


def test_the_table_names_the_tests_that_wear_the_mark_and_no_other() -> None:
    marks = law_table.marked()
    assert set(marks) <= set(ROWS)
    told = {row.number: sorted(row.tests) for row in page() if row.tests}
    assert told == {row: sorted(tests) for row, tests in marks.items()}, (
        "write the column anew: python -m tests.architecture.law_table"
    )


def test_every_row_that_must_be_proven_is() -> None:
    proven = {row.number for row in page() if row.tests}
    assert MUST - proven == OPEN


def test_no_cell_is_empty() -> None:
    for row in page():
        assert row.rule, row
        assert row.screens, row
        assert row.left, row


def test_a_mark_that_the_table_does_not_name_is_noticed() -> None:
    text = law_table.PAGE.read_text()
    marks = {"B1": ["shops/test_x.py::test_b1_new"]}
    again = law_table.read(law_table.written(text, marks))
    assert {row.number: row.tests for row in again if row.tests} == {
        "B1": ("shops/test_x.py::test_b1_new",)
    }
    assert [row.number for row in again] == ROWS
