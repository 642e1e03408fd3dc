"""Production is not deployed onto a stand-in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.payments import checks
from tests.core.test_settings import COMPLETE, ROOT

REAL = {"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRETS": ["whsec_1"]}


@pytest.fixture
def found(settings):
    settings.DEMO, settings.STRIPE_API_BASE = False, ""

    def ask(**given) -> list[str]:
        for name, value in (REAL | given).items():
            setattr(settings, name, value)
        return [one.id for one in checks.the_provider_is_a_real_one(None)]

    return ask


def test_a_real_key_passes(found):
    assert found() == []
    assert found(STRIPE_SECRET_KEY="sk_test_of_a_real_account") == []
    assert found(STRIPE_SECRET_KEY="", STRIPE_WEBHOOK_SECRETS=[]) == [], "nobody can pay"


@pytest.mark.parametrize(
    "base",
    ["http://127.0.0.1:18000", "http://localhost:1", "http://[::1]:1", "http://0.0.0.0:1"],
)
def test_a_stand_in_is_refused(found, base, settings):
    assert found(STRIPE_API_BASE=base) == ["payments.E002"]
    assert found(STRIPE_SECRET_KEY=checks.STANDIN) == ["payments.E001", "payments.E002"]
    settings.DEMO = True
    assert found() == []


def test_unproven_deliveries_are_warned_of(found):
    assert found(STRIPE_WEBHOOK_SECRETS=[]) == ["payments.W003"]


def test_another_server_that_speaks_like_stripe_is_not_this_machine(found):
    assert found(STRIPE_API_BASE="https://stripe.example") == []


def test_the_command_refuses(tmp_path: Path) -> None:
    """As `.ci/run` asks it."""
    ended = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(tmp_path),
            **COMPLETE,
            "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
            "STRIPE_SECRET_KEY": checks.STANDIN,
            "STRIPE_API_BASE": "http://127.0.0.1:18000",
            "STRIPE_WEBHOOK_SECRETS": "whsec_1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "payments.E001" in ended.stderr
    assert "payments.E002" in ended.stderr
