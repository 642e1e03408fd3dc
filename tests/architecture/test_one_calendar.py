"""Nobody but the calendar computes an opening time (design 6).

Whoever would do so needs the rows of hours, or days of the week and public holidays. Each module
that touches one of them stands here with what it does instead; a new one has to explain itself.
"""

import ast
from pathlib import Path

from tests.architecture import source

#: Rows of which only `shops.domain.hours` makes a calendar.
ROWS = {"OpeningHours", "SpecialHours", "Season", "Closure", "SundayShop"}
WRITE_OR_LIST = {
    "shops/models/__init__.py",  # names them
    "shops/models/hours.py",  # they are here
    "shops/models/sunday.py",  # they are here
    "shops/domain/hours.py",  # compiles them
    "shops/domain/timetable.py",  # writes them
    "shops/domain/sundays.py",  # writes them
    "shops/domain/week.py",  # a fact of the same name
    "shops/domain/calendar.py",  # that fact
    "shops/domain/opening.py",  # that fact
    "shops/domain/exchange/osm.py",  # closures it brought before
    "shops/domain/exchange/ics.py",  # closures it brought before
    "marketplace/retail/domain/ahead.py",  # lists them, to be taken back one by one
    "marketplace/retail/domain/hours_files.py",  # lists them for a file
    "marketplace/retail/domain/opening_hours.py",  # takes one back
    "marketplace/workbench/domain/places.py",  # the demo town's own
    "cms/domain/year.py",  # who takes part, by name
}
#: What an opening time could be computed from.
DAYS = {"weekday", "isoweekday", "is_rest_day", "country_holidays", "latest"}
KNOW_DAYS = {
    "shops/domain/calendar.py",  # the resolver
    "shops/domain/restdays.py",  # the law it asks
    "shops/domain/opening.py",  # which row of the week is today's, to mark it
    "shops/domain/sundays.py",  # which Sundays a permit can open
    "shops/domain/plausible.py",  # refuses hours the law forbids
    "shops/domain/exchange/osm.py",  # tells a rhythm from exceptions
    "shops/domain/exchange/repeats.py",  # RFC 5545
    "shops/domain/outward.py",  # weeks in which clicks are summed up
    "marketplace/reservations/domain/withdrawal/dates.py",  # ends of terms (BGB § 193)
    "cms/domain/queries.py",  # the four Sundays of Advent
    "cms/domain/standing.py",  # the latest wording of a page
    "marketplace/reservations/domain/queries/baskets.py",  # the latest wording of each text
}


def modules(root: Path) -> dict[str, ast.Module]:
    """Every module of ours below `root` by its path, migrations and tests left out."""
    found = {}
    for package in ("shops", "marketplace", "cms"):
        for path in sorted((root / package).rglob("*.py")):
            if "migrations" not in path.parts:
                found[str(path.relative_to(root))] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def naming(trees: dict[str, ast.Module], names: set[str]) -> set[str]:
    """Modules in which one of the names is imported, defined or called."""
    return {path for path, tree in trees.items() if names & set(_names(tree))}


def called(trees: dict[str, ast.Module], names: set[str]) -> set[str]:
    """Modules that call something of that name on something."""
    return {
        path
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in names
        and not _is_queryset(node)
    }


def _names(tree: ast.Module) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.append(node.id)
        elif isinstance(node, ast.alias | ast.ClassDef):
            found.append(node.name)
        elif isinstance(node, ast.Attribute):
            found.append(node.attr)
    return found


def _is_queryset(node: ast.Call) -> bool:
    """`rows.latest("pk")` is Django's."""
    return bool(node.args) and isinstance(node.args[0], ast.Constant)


def test_rows_of_hours_are_read_by_those_who_write_or_list_them() -> None:
    assert naming(modules(source.ROOT), ROWS) == WRITE_OR_LIST


def test_days_of_the_week_and_holidays_are_known_to_the_calendar_alone() -> None:
    assert called(modules(source.ROOT), DAYS) == KNOW_DAYS


def test_somebody_who_computes_an_opening_time_is_noticed(tmp_path: Path) -> None:
    """The control."""
    page = tmp_path / "shops" / "page.py"
    page.parent.mkdir()
    page.write_text(
        "from shops.models import OpeningHours\n"
        "def is_open(branch, now):\n"
        "    return OpeningHours.objects.filter(branch=branch, weekday=now.weekday()).exists()\n"
    )
    trees = modules(tmp_path)
    assert naming(trees, ROWS) == called(trees, DAYS) == {"shops/page.py"}
