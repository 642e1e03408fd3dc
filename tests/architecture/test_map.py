"""The drawn map equals the contracts."""

import re

from tests.architecture import source

PAGE = source.ROOT / "marketplace" / "docs" / "architecture.md"


def drawn(text: str) -> source.House:
    """The house as the page draws it."""
    block = re.search(r"^## The map$.*?^```text\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert block, "the page has no map"
    lines, optional = [], set()
    for line in block[1].splitlines():
        names = []
        for part in re.split(r"\s{2,}", line)[0].split("·"):
            name = part.strip()
            if name.startswith("("):
                name = name.strip("()")
                optional.add(name)
            names.append(name)
        lines.append(tuple(names))
    return source.House(tuple(lines), frozenset(optional))


def test_map_equals_contracts() -> None:
    assert drawn(PAGE.read_text()) == source.house()


def test_a_moved_line_is_noticed() -> None:
    text = PAGE.read_text()
    assert drawn(text.replace("shops  ", "stores  ", 1)) != source.house()
    assert drawn(text.replace("(marketplace.figures)", "marketplace.figures", 1)) != source.house()


def test_every_package_exists_or_is_planned() -> None:
    plan = source.house()
    for package in plan.packages:
        path = source.ROOT.joinpath(*package.split("."))
        exists = path.is_dir() or path.with_suffix(".py").is_file()
        assert exists or package in plan.optional, f"{package} is drawn but does not exist"
        assert not (exists and package in plan.optional), f"{package} exists: drop its parentheses"
