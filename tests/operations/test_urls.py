import json
from io import StringIO

from django.core.management import call_command

from marketplace.core.roles import ROLES
from marketplace.operations.domain import routes


def table() -> list[dict]:
    out = StringIO()
    call_command("urls", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_every_path_has_somebody_who_may_knock():
    rows = table()
    assert [row["path"] for row in rows if row["role"] not in ROLES] == []
    assert [row["path"] for row in rows if not row["methods"]] == []


def test_the_table_says_what_a_view_said():
    (row,) = [row for row in table() if row["name"] == "operations:readyz"]
    assert row == {
        "path": "/readyz",
        "name": "operations:readyz",
        "view": "marketplace.operations.views.probes.readyz",
        "methods": ["GET"],
        "role": "probe",
        "object": None,
        "translated": False,
        "same_origin": False,
    }


def test_libraries_are_listed_by_their_paths():
    rows = {row["name"]: row for row in table()}
    assert rows["wagtailadmin_home"]["role"] == "editor"
    assert rows["account_login"]["role"] == "public"
    assert rows["account_login"]["translated"]
    assert rows["account_change_password"]["role"] == "member"
    assert rows["wagtail_serve"]["path"].startswith("/")
    assert table()[-1]["name"] == "wagtail_serve", "every view of ours comes before it"


def test_for_people():
    out = StringIO()
    call_command("urls", stdout=out)
    assert len(out.getvalue().splitlines()) == len(routes.routes())
