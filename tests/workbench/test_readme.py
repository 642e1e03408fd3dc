"""README promises nothing that is not there: paths, commands, variables, logins, addresses."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import resolve

from marketplace.workbench import town
from marketplace.workbench.domain import places

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
PROSE = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
CODE = re.findall(r"`([^`\n]+)`", PROSE)
BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL)).splitlines()
#: Made by running something, so not in a fresh checkout.
MADE = {".var", ".venv/bin/python"}


def paths() -> list[str]:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    quoted = [
        code
        for code in CODE
        if re.fullmatch(r"\.?[\w.-]+(?:/[\w.-]+)*/?", code)
        and ("/" in code or re.search(r"\.(?:md|toml|txt|py|csv)$", code) or code in MADE)
    ]
    return sorted(set(links + quoted))


def test_there_are_paths_to_look_at() -> None:
    assert len(paths()) > 15


@pytest.mark.parametrize("path", [path for path in paths() if path not in MADE])
def test_every_path_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"manage\.py (\w+)", README))))
def test_every_command_exists(name: str) -> None:
    assert name in get_commands()


TARGETS = {found[1] for code in (*CODE, *BLOCKS) if (found := re.match(r"make ([a-z]+)", code))}


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    "name", sorted({code for code in CODE if re.fullmatch(r"[A-Z_]{4,}", code)})
)
def test_every_variable_is_read(name: str) -> None:
    readers = ("marketplace/settings.py", "marketplace/workbench/management/commands/demo.py")
    text = "".join((ROOT / reader).read_text() for reader in readers)
    assert re.search(rf"""["']{name}["']""", text)


def test_the_logins_are_those_of_the_town() -> None:
    known = {login.email for login in places.logins()}
    assert set(re.findall(r"[\w.]+@example\.de", README)) <= known
    assert f"`{places.PASSWORD}`" in README


@pytest.mark.parametrize("url", sorted(set(re.findall(r"<http://localhost:8000(/[^>]*)>", README))))
def test_every_address_leads_somewhere(url: str) -> None:
    assert resolve(url.removeprefix("/en") or "/")
    for shop, branch in re.findall(r"haendler/([\w-]+)/([\w-]+)/", url):
        (found,) = (each for each in town.load()["shops"] if each["slug"] == shop)
        assert branch in {each["slug"] for each in found["branches"]}


def test_no_index_and_no_machine_is_named() -> None:
    hosts = set(re.findall(r"https?://([^/\s`>)…:]+)", README))
    known = {"localhost", "braunschweig.localhost", "192.168.1.5", "wolfsburg.example"}
    assert hosts <= known
