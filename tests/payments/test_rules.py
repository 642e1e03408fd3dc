"""Rules of the money machine that a reader could break: floats, the SDK, calls in transactions."""

import ast
from pathlib import Path

import pytest

from tests.architecture import source

PAYMENTS = source.ROOT / "marketplace" / "payments"
ADAPTER = {"stripe_adapter.py", "stripe_shapes.py"}
#: Those that talk, always through `in_the_open`, and what the runner hands the gateway to.
TALKERS = {"operations.py", "calls.py", "inbox.py", "reconcile.py", "onboarding.py"}
CALLS = {
    "open_checkout",
    "fetch_payment",
    "expire_checkout",
    "create_account",
    "fetch_account",
    "account_link",
    "list_events",
}


def trees(*folders: Path) -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text())
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
        if "migrations" not in path.parts
    }


def floats(tree: ast.Module) -> list[int]:
    """Lines on which a float is written, made or named."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Attribute) and node.attr in ("FloatField", "total_seconds"))
    ]


def imports_stripe(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if any(name.split(".")[0] == "stripe" for name in names):
            return True
    return False


def talks(tree: ast.Module) -> list[str]:
    """Calls of a gateway's methods."""
    return [
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (
            node.func.attr in CALLS
            or (isinstance(node.func.value, ast.Name) and node.func.value.id == "gateway")
        )
    ]


def test_no_float_touches_money() -> None:
    assert {path.name: floats(tree) for path, tree in trees(PAYMENTS).items() if floats(tree)} == {}


def test_stripe_is_imported_by_the_adapter_alone() -> None:
    roots = [source.ROOT / name for name in ("marketplace", "shops", "cms")]
    found = {path for path, tree in trees(*roots).items() if imports_stripe(tree)}
    assert {path.name for path in found if path.parent == PAYMENTS / "gateway"} == ADAPTER
    assert {path.parent for path in found} == {PAYMENTS / "gateway"}


def test_only_these_talk_to_the_provider() -> None:
    found = {
        path.name for path, tree in trees(PAYMENTS / "domain").items() if talks(tree)
    } - TALKERS
    assert found == set()


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (floats, "price = 1.5"),
        (floats, "price = float(text)"),
        (floats, "price = models.FloatField()"),
        (imports_stripe, "import stripe.checkout"),
        (imports_stripe, "def f():\n    from stripe import StripeClient"),
        (talks, "found = provider.fetch_payment(spot)"),
        (talks, "gateway.capture(spot)"),
    ],
)
def test_the_rules_see(check, text) -> None:
    """The control."""
    assert check(ast.parse(text))
    assert not check(ast.parse("price = Decimal('1.50')"))
