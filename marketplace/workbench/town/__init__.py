"""The demo towns as data: places, people, goods, pictures. `README.md` says where it is from."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PICTURES = FOLDER / "pictures"
PAGES = FOLDER / "pages"
FILES = FOLDER / "files"
FRONTS = FOLDER / "fronts"
#: Every picture is our own render.
CREDIT = "Stadtregal"
#: The first is the one that answers on `localhost`; its shops are the ones in the README.
TOWNS = ("wolfsburg", "braunschweig")


def load(name: str = TOWNS[0]) -> dict[str, Any]:
    """City, shops with branches and members, shoppers, and which file goes to which branch."""
    town: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for shop in town["shops"]:
        for branch in shop["branches"]:
            branch["hours"] = _hours(branch["hours"])
    return town


def legal() -> dict[str, Any]:
    """What shops say of themselves by law, by town; people and numbers are made up."""
    said: dict[str, Any] = json.loads((FOLDER / "legal.json").read_text(encoding="utf-8"))
    return said


def file(name: str) -> Path:
    """The goods file of one import."""
    return FILES / name


def pages(name: str) -> Any:
    """A city's pages with their texts in both languages, or the texts of their pictures."""
    path = PAGES / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def _hours(weekly: dict[str, list[list[str]]]) -> list[tuple[int, str, str]]:
    """`{"0-4": [["09:00", "18:00"]]}` as (weekday, opens, closes), Monday being 0."""
    found = []
    for days, intervals in weekly.items():
        first, _dash, last = days.partition("-")
        for weekday in range(int(first), int(last or first) + 1):
            found += [(weekday, opens, closes) for opens, closes in intervals]
    return found
