"""URL × role: every door is in the table, and answers as the table says."""

import re

import pytest
import time_machine
from django.urls import URLResolver, get_resolver, resolve

from marketplace.core.http import GUARDED
from marketplace.operations.domain import routes
from tests.architecture import knocks, world
from tests.architecture.access_table import DESK_DOORS, DOORS, GET, LIBRARIES, PAGES, POST, ROLES
from tests.factories import NOW

pytestmark = pytest.mark.django_db

OTHERS = ("PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND")
#: Modules of the desk's pages that stand in `DESK_DOORS`.
DESK_ROOMS = (
    "calendar",
    "cases",
    "goods",
    "operator",
    "reports",
    "review",
    "standing",
    "withdrawals",
)
BY_NAME = [pytest.param(door, id=f"{door.name} {door.path}") for door in DOORS]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def ours() -> list[routes.Route]:
    """What views of ours answer; our choosers in the desk are knocked at with the desk."""
    mine = ("marketplace.", "shops.", "cms.")
    found = [route for route in routes.routes() if route.view.startswith(mine)]
    return [route for route in found if not route.path.startswith("/cms/") or "login" in route.path]


def fits(door, town: world.World) -> str:
    """The view that answers at the door's path."""
    found = resolve(door.path.format(**town.fills)).func
    return f"{found.__module__}.{found.__qualname__}"


# --- the table is whole ---------------------------------------------------------------------------


def test_every_url_of_ours_is_in_the_table_as_the_view_says(town):
    """Path by path: view, role, methods, language, guard."""

    def like(pattern: str) -> re.Pattern[str]:
        return re.compile(re.sub(r"<(\w+:)?\w+>", ".+", pattern) + "$")

    unlisted, left = [], list(DOORS)
    for route in ours():
        shape = like(route.path)
        found = [
            door
            for door in left
            if fits(door, town) == route.view and shape.match(door.path.format(**town.fills))
        ]
        if not found:
            unlisted.append(route.path)
            continue
        door = found[0]
        left.remove(door)
        said = (route.role, set(route.methods), route.translated, route.same_origin)
        assert (door.role, set(door.answers), door.translated, door.same_origin) == said, door
        assert door.name in (route.name, route.view.rpartition(".")[2])
    assert unlisted == []
    assert [door.path for door in left] == [], "doors that are gone"


def test_every_other_url_belongs_to_a_library():
    starts = tuple(library.prefix for library in LIBRARIES)
    theirs = [route for route in routes.routes() if route not in ours()]
    unlisted = [each.path for each in theirs if not each.path.startswith(starts)]
    assert len(unlisted) == 1, unlisted
    assert theirs[-1].name == "wagtail_serve"
    for start in starts:
        assert any(each.path.startswith(start) for each in theirs), start


def test_the_walk_misses_no_pattern():
    def count(patterns) -> int:
        return sum(
            count(each.url_patterns) if isinstance(each, URLResolver) else 1 for each in patterns
        )

    assert count(get_resolver().url_patterns) == len(routes.routes())


def test_forms_without_a_token_are_those_of_the_table(town):
    guarded = {name for name in GUARDED if not name.startswith("tests.")}
    assert {fits(door, town) for door in DOORS if door.same_origin} == guarded
    exempt = {
        fits(door, town)
        for door in DOORS
        if getattr(resolve(door.path.format(**town.fills)).func, "csrf_exempt", False)
    }
    assert exempt == guarded | {fits(door, town) for door in DOORS if door.signed}


# --- every door in every role ---------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_told_what_the_table_says(town, role):
    assert [wrong for door in DOORS for wrong in knocks.roles_at(town, door, role)] == []


def test_what_is_not_theirs_is_not_there(town):
    assert list(knocks.scopes(town)) == []


def is_form(door) -> bool:
    return POST in door.answers and not door.signed


@pytest.mark.parametrize("door", [each for each in BY_NAME if is_form(each.values[0])])
def test_a_form_without_its_token_is_refused(town, door):
    path = door.path.format(**town.fills)
    for role in ROLES:
        for headers in (
            {},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"referer": "https://evil.example/korb/"},
        ):
            answer = town.ask(role, POST, path, headers=headers, csrf=True)
            assert answer.status_code == 403, (role, headers)
            assert not list(knocks.wrong_headers(answer, path))
    if door.same_origin:
        for headers in (
            {"sec-fetch-site": "same-origin"},
            {"origin": "http://testserver"},
            {"referer": "http://testserver/produkt/x-1/"},
        ):
            answer = town.ask("anonymous", POST, path, headers=headers, csrf=True)
            assert answer.status_code == door.answers[POST], headers
    else:  # the header alone opens no form behind a session
        answer = town.ask("staff", POST, path, headers=world.HERE, csrf=True)
        assert answer.status_code == 403


@pytest.mark.parametrize("door", BY_NAME)
def test_other_methods_are_refused_and_told_which_are_not(town, door):
    path = door.path.format(**town.fills)
    for role in ("anonymous", "staff"):
        for method in OTHERS:
            answer = town.ask(role, method, path)
            assert answer.status_code == 405, method
            assert answer["Allow"] == "GET, HEAD, POST"
            assert not list(knocks.wrong_headers(answer, path))
        for method in {GET, POST} - set(door.answers):
            answer = town.ask(role, method, path, headers=world.HERE)
            assert answer.status_code == 405, method
            assert answer["Allow"] == ("GET, HEAD" if GET in door.answers else "POST")


@pytest.mark.parametrize("door", BY_NAME)
def test_no_city_no_page(town, door):
    path = door.path.format(**town.fills)
    for method, host in ((GET, "evil.example"), (POST, "testserver.evil.example"), (GET, "a b")):
        answer = town.ask("staff", method, path, headers={"host": host})
        probe = door.role == "probe"
        assert answer.status_code == (421 if not probe else answer.status_code)
        assert probe or "testserver" not in answer.content.decode().replace(host, "")
        assert not list(knocks.wrong_headers(answer, path))


# --- libraries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("library", [*LIBRARIES, PAGES], ids=lambda each: each.prefix)
def test_doors_of_libraries(town, library):
    for path, roles in library.probes.items():
        for role, status in roles.items():
            answer = town.ask(role, GET, path)
            assert answer.status_code == status, (role, path, answer.headers.get("Location"))
            assert not list(knocks.wrong_headers(answer, path))
            for method in OTHERS:
                assert town.ask(role, method, path).status_code == 405


#: What Wagtail shows to everybody: its icons, its words, and the slash it appends to any path.
FURNITURE = {"/cms/sprite/", "/cms/jsi18n/", "/cms/.*/$"}


def desk() -> list[str]:
    """Every path of the desk, with something in the place of each number and name."""
    paths = [route.path for route in routes.routes() if route.path.startswith("/cms/")]
    paths = [re.sub(r"<(?:int:)?\w+>", "1", path) for path in paths]
    paths = [re.sub(r"<str:\w+>|<slug:\w+>|<uuid:\w+>|<\w+:\w+>", "1", path) for path in paths]
    return sorted({path for path in paths if "(" not in path and path != "/cms/login/"} - FURNITURE)


def test_every_page_of_ours_in_the_desk_is_in_the_table():
    found = {
        (route.name, route.path, route.role, route.methods)
        for route in routes.routes()
        if route.view.startswith(tuple(f"cms.views.{name}." for name in DESK_ROOMS))
        and route.role == "editor"
    }
    assert found == {
        (door.name, re.sub(r"{(\w+)}", r"<int:\1>", door.path), door.role, tuple(door.answers))
        for door in DESK_DOORS
    }


@pytest.mark.parametrize("role", ROLES)
def test_the_desk_tells_each_role_what_the_table_says(town, role):
    for door in DESK_DOORS:
        path = door.path.format(**town.fills)
        for method in door.answers:
            answer = town.ask(role, method, path, headers=world.HERE)
            assert answer.status_code == knocks.expected(door, role, method), (method, path)
            assert not list(knocks.wrong_headers(answer, path))


@pytest.mark.parametrize("door", DESK_DOORS, ids=lambda door: door.name)
def test_another_citys_desk_is_not_there(town, door):
    for place in knocks.places(door):
        for value in (town.foreign[place]["far"], town.missing[place]):
            path = door.path.format(**(town.fills | {place: value}))
            for role in ("editor", "superuser"):
                for method in door.answers:
                    assert town.ask(role, method, path, headers=world.HERE).status_code == 404
    for method in {GET, POST} - set(door.answers):
        path = door.path.format(**town.fills)
        assert town.ask("editor", method, path, headers=world.HERE).status_code == 405
    if POST in door.answers:
        path = door.path.format(**town.fills)
        assert town.ask("editor", POST, path, csrf=True).status_code == 403


@pytest.mark.parametrize("role", ["anonymous", "staff", "owner", "far"])
def test_nobody_without_rights_gets_into_the_desk(town, role):
    paths = desk()
    assert len(paths) > 100
    entered = []
    for path in paths:
        for method in (GET, POST):
            answer = town.ask(role, method, path)
            if answer.status_code not in (302, 403, 404):
                entered.append((method, path, answer.status_code))
            if role == "anonymous" and answer.status_code == 302:
                assert answer["Location"].startswith("/cms/login/?next="), path
            assert not list(knocks.wrong_headers(answer, path))
    assert entered == [], entered


def test_the_way_from_the_desk_to_the_login_is_no_circle(town):
    """Somebody signed in without rights ends at a page, wherever the desk sends them."""
    client = town.client("staff")
    answer = client.get("/cms/", follow=True)
    assert answer.status_code in (200, 403, 404)
    assert not answer.request["PATH_INFO"].startswith("/cms/") or answer.status_code != 200


def test_editors_get_into_the_desk(town):
    for role in ("editor", "superuser"):
        assert town.ask(role, GET, "/cms/").status_code == 200
