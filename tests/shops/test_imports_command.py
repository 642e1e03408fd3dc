"""`import_goods`: dry run by default, receipts for people and machines, sentences for errors."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from shops.models import Branch, Offer
from tests import factories
from tests.shops.imports_help import sheet


@pytest.fixture
def branch(db) -> Branch:
    return factories.branch(factories.shop(factories.city(), "Laufwerk"), "Mitte")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "artikel.csv"
    path.write_text(sheet("1;Becher;9,90;5;19", "2;Teller;gratis;5;19"), encoding="utf-8")
    return str(path)


def run(*args: str) -> str:
    out = StringIO()
    call_command("import_goods", *args, stdout=out)
    return out.getvalue()


def test_a_dry_run_writes_nothing(branch, file):
    receipt = json.loads(run("--shop", "laufwerk", "--json", file))
    assert not Offer.objects.exists()
    assert receipt["rejected"][0].keys() == {"line", "code", "message"}
    assert {
        name: receipt[name] for name in ("rows", "products", "variants", "created", "applied")
    } == {
        "rows": 2,
        "products": 2,
        "variants": 2,
        "created": 1,
        "applied": False,
    }
    assert set(receipt) >= {"updated", "unchanged", "notices", "left_out"}


def test_applied_twice(branch, file):
    run("--shop", "laufwerk", "--branch", "mitte", "--city", "wolfsburg", "--apply", file)
    assert Offer.objects.get().on_hand == 5
    receipt = json.loads(run("--shop", "laufwerk", "--apply", "--json", file))
    assert (receipt["created"], receipt["updated"], receipt["unchanged"]) == (0, 0, 1)


def test_the_receipt_for_people(branch, file):
    text = run("--shop", "laufwerk", file)
    assert "3" in text
    assert "2" in text
    assert len(text.splitlines()) >= 4


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--shop", "niemand"], "no_shop"),
        (["--shop", "laufwerk", "--branch", "nirgends"], "no_branch"),
        (["--shop", "laufwerk", "--city", "braunschweig"], "no_shop"),
        (["--shop", "laufwerk", "--as-of", "gestern"], "as_of"),
        (["--shop", "laufwerk", "--as-of", "2026-13-45T00:00"], "as_of"),
        (["--shop", "laufwerk", "--pictures", "/nirgends"], "no_folder"),
    ],
)
def test_errors_are_sentences(branch, file, args, code):
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_goods", *args, "--json", file, stdout=out)
    assert error.value.returncode == 1
    assert json.loads(out.getvalue())["error"]["code"] == code
    assert str(error.value)


def test_a_file_that_is_none(branch, tmp_path):
    with pytest.raises(CommandError):
        run("--shop", "laufwerk", str(tmp_path / "fehlt.csv"))
    (tmp_path / "leer.csv").write_bytes(b"")
    with pytest.raises(CommandError):
        run("--shop", "laufwerk", str(tmp_path / "leer.csv"))


def test_several_branches_or_cities_have_to_be_told_apart(branch, file):
    factories.branch(branch.shop, "Vorsfelde")
    with pytest.raises(CommandError):
        run("--shop", "laufwerk", file)
    run("--shop", "laufwerk", "--branch", "vorsfelde", file)

    elsewhere = factories.city("Braunschweig", host="braunschweig.localhost")
    factories.branch(factories.shop(elsewhere, "Laufwerk"), "Mitte")
    with pytest.raises(CommandError):
        run("--shop", "laufwerk", "--branch", "mitte", file)
    run("--shop", "laufwerk", "--branch", "mitte", "--city", "braunschweig", file)
