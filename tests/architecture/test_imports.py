"""The house has one direction, in imports, strings and templates alike.

Each checker is shown a small house with one planted fault first: a checker that finds nothing
proves nothing.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import source

PLANTS = {
    "a foreign key": (
        "shops/models/planted.py",
        'from django.db import models\nx = models.ForeignKey("reservations.Line", on_delete=1)\n',
        "ForeignKey",
    ),
    "a foreign key by keyword": (
        "shops/models/planted.py",
        'from django.db import models\nx = models.OneToOneField(to="reservations.Line")\n',
        "OneToOneField",
    ),
    "get_model": (
        "shops/domain/planted.py",
        'from django.apps import apps\nx = apps.get_model("reservations", "Line")\n',
        "get_model",
    ),
    "include in a URL configuration": (
        "shops/planted.py",
        'from django.urls import include\nx = include("marketplace.retail.urls")\n',
        "include",
    ),
    "a neighbour's URL configuration": (
        "cms/planted.py",
        'from django.urls import include\nx = include("marketplace.retail.urls")\n',
        "include",
    ),
    "import by name": (
        "shops/planted.py",
        'from importlib import import_module\nx = import_module("marketplace.operations.tick")\n',
        "import_module",
    ),
    "a template rendered from below": (
        "shops/planted.py",
        'x = "reservations/basket.html"\n',
        "template",
    ),
    "a migration's dependency": (
        "shops/migrations/0999_planted.py",
        'class Migration:\n    dependencies = [("reservations", "0001_initial")]\n',
        "depends",
    ),
    "load": ("templates/shops/planted.html", "{% load planted_tags %}\n", "load"),
    "include": (
        "templates/shops/planted.html",
        '{% include "reservations/x.html" only %}\n',
        "include",
    ),
    "extends": (
        "templates/components/planted.html",
        '{% extends "retail/base.html" %}\n',
        "extends",
    ),
}
MISPLACED = {
    "HTTP in the domain": ("shops/domain/planted.py", "from django.http import HttpRequest\n"),
    "messages in the domain": ("shops/domain/planted.py", "from django.contrib import messages\n"),
    "the system clock": ("shops/domain/planted.py", "x = timezone.now()\n"),
    "the day of the system clock": ("shops/domain/planted.py", "x = timezone.localdate()\n"),
    "a signal": ("shops/planted.py", "from django.dispatch import receiver\n"),
    "a class-based view": ("shops/planted.py", "from django.views.generic import ListView\n"),
}
CONTRACTS = {
    "upwards": ("shops/planted.py", "import marketplace.reservations\n", "One direction"),
    "sideways": ("cms/planted.py", "import marketplace.retail\n", "One direction"),
    "models ask the domain": ("shops/models/planted.py", "import shops.domain\n", "Models"),
    "the domain asks a view": ("shops/domain/planted.py", "import shops.views\n", "The domain"),
    "an enum knows models": ("shops/enums.py", "import shops.models\n", "Enums"),
    "a form asks a view": ("shops/forms.py", "import shops.views\n", "Forms"),
}


@pytest.fixture
def small_house(tmp_path: Path) -> Path:
    """The real contracts over empty packages."""
    shutil.copy(source.ROOT / "pyproject.toml", tmp_path)
    plan = source.house()
    for package in plan.packages:
        folder = tmp_path.joinpath(*package.split("."))
        for shelf in ("", "domain", "models", "views", "migrations", "templatetags"):
            (folder / shelf).mkdir(parents=True, exist_ok=True)
            (folder / shelf / "__init__.py").touch()
    (tmp_path / "marketplace" / "__init__.py").touch()
    retail = tmp_path / "marketplace" / "retail"
    (retail / "templatetags" / "planted_tags.py").touch()
    (tmp_path / "templates").mkdir()
    return tmp_path


def plant(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_contracts_hold() -> None:
    done = lint_imports(source.ROOT)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.parametrize("fault", CONTRACTS)
def test_contracts_find(small_house: Path, fault: str) -> None:
    name, text, contract = CONTRACTS[fault]
    plant(small_house, name, text)
    done = lint_imports(small_house)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(rf"{contract}.*BROKEN", done.stdout), done.stdout


def test_strings_and_templates_point_down() -> None:
    assert source.wrong_way() == []


@pytest.mark.parametrize("fault", PLANTS)
def test_wrong_way_finds(small_house: Path, fault: str) -> None:
    assert source.wrong_way(small_house) == []
    name, text, what = PLANTS[fault]
    plant(small_house, name, text)
    (found,) = source.wrong_way(small_house)
    assert name in found
    assert what in found


def test_everything_has_a_place() -> None:
    assert source.homeless() == []


def test_homeless_finds(small_house: Path) -> None:
    plant(small_house, "marketplace/helpers.py", "")
    plant(small_house, "templates/somewhere/page.html", "")
    assert source.homeless(small_house) == [
        "marketplace.helpers",
        "templates/somewhere/page.html",
    ]


def test_shelves_keep_to_their_job() -> None:
    assert source.misplaced() == []


@pytest.mark.parametrize("fault", MISPLACED)
def test_misplaced_finds(small_house: Path, fault: str) -> None:
    assert source.misplaced(small_house) == []
    name, text = MISPLACED[fault]
    plant(small_house, name, text)
    assert len(source.misplaced(small_house)) == 1
