"""What lies in the checkout: files of a readable size, known names, no trace of a machine."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture import source

LINES = 400
KILOBYTES = 900
TOP = {
    ".ci",
    ".editorconfig",
    ".gitattributes",
    ".github",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "cms",
    "deploy",
    "manage.py",
    "marketplace",
    "pyproject.toml",
    "requirements",
    "shops",
    "templates",
    "tests",
}
LEFT_BEHIND = {".venv", ".var", ".git", ".mypy_cache", ".ruff_cache", ".hypothesis", "__pycache__"}
#: Written with gaps, or this file would name them itself.
TRACES = {
    "a package registry": r"pyp[i]\.org|python[h]osted|registry\.npm[j]s|deb\.debia[n]\.org",
    "a path of one machine": r"/wor[k]/|/far[m]/|/roo[t]/|/hom[e]/[a-z]|/User[s]/[a-z]",
}


def tracked(root: Path = source.ROOT) -> list[Path]:
    """What is, or would be, committed."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:  # unpacked from an archive: all but what .gitignore names
        found = (path for path in root.rglob("*") if path.is_file())
        return [p for p in found if not LEFT_BEHIND & set(p.relative_to(root).parts)]
    return [root / name for name in done.stdout.split("\0") if name and (root / name).is_file()]


def too_long(paths: list[Path]) -> list[str]:
    """Python files above the limit; migrations are written by Django."""
    return [
        f"{path}: {lines} lines"
        for path in paths
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and (lines := len(path.read_text().splitlines())) > LINES
    ]


def traces(paths: list[Path]) -> list[str]:
    """Lines that name a registry or a path of the machine they were written on."""
    found = []
    for path in paths:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for what, pattern in TRACES.items():
            found += [f"{path}: {what}: {match[0]}" for match in re.finditer(pattern, text)]
    return found


def test_python_files_are_short() -> None:
    assert too_long(tracked()) == []


def test_no_large_files() -> None:
    large = [path for path in tracked() if path.stat().st_size > KILOBYTES * 1024]
    assert large == []


def test_top_level_is_known() -> None:
    names = {path.relative_to(source.ROOT).parts[0] for path in tracked()}
    assert names <= TOP, f"not expected beside pyproject.toml: {sorted(names - TOP)}"


def test_no_machine_and_no_registry_is_named() -> None:
    assert traces(tracked()) == []


@pytest.mark.parametrize(
    "text", ["https://" + "pypi" + ".org/simple", "open('/" + "work/main/x')", "/" + "home/anna/x"]
)
def test_traces_find(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.py"
    path.write_text(text)
    assert len(traces([path])) == 1


def test_long_files_are_found(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("\n" * LINES)
    assert too_long([path]) == []
    path.write_text("\n" * (LINES + 1))
    assert len(too_long([path])) == 1
