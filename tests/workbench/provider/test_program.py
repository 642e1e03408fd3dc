"""Started as the demo will start it: only there, on the loopback address, with a memory."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import stripe

from marketplace.workbench.provider import StandIn, accounts, server, sessions
from marketplace.workbench.provider import __main__ as program
from marketplace.workbench.provider.control import VERBS
from marketplace.workbench.provider.faults import CALLS, EVENTS
from tests.databases import ROOT
from tests.workbench.provider.people import BACK, SUCCESS, Receiver

#: No database of ours: one round is enough.
pytestmark = pytest.mark.both

MODULE = "marketplace.workbench.provider"


@contextmanager
def started(*args: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", MODULE, "--port", "0", *args],
        cwd=ROOT,
        env=os.environ | {"DEMO": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def connect(url: str) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_x", base_addresses={"api": url}, max_network_retries=0)


@pytest.mark.parametrize("demo", [None, "", "0", "true"])
def test_production_refuses_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], demo: str | None
) -> None:
    if demo is None:
        monkeypatch.delenv("DEMO", raising=False)
    else:
        monkeypatch.setenv("DEMO", demo)
    assert program.main(["--port", "0"]) == 2
    assert "demo only" in capsys.readouterr().err


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--port", "0", "--webhook", "http://127.0.0.1:1/"],
        ["--port", "0", "--secret", "whsec_x"],
        ["--port", "0", "--webhook", "file:///etc/passwd", "--secret", "whsec_x"],
    ],
)
def test_half_an_order_is_refused(monkeypatch: pytest.MonkeyPatch, args: list[str]) -> None:
    monkeypatch.setenv("DEMO", "1")
    with pytest.raises(SystemExit) as error:
        program.main(args)
    assert error.value.code == 2


def test_it_remembers_after_kill_9_and_ends_when_told(tmp_path: Path) -> None:
    state = str(tmp_path / "provider.sqlite3")
    with Receiver() as receiver:
        webhook = ("--webhook", receiver.url, "--secret", receiver.secret)
        with started("--state", state, *webhook) as (process, url):
            assert url.startswith("http://127.0.0.1:")
            account = connect(url).v1.accounts.create({"country": "DE"}).id
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        with started("--state", state, *webhook, "--public", "http://town.example/pay") as (
            process,
            url,
        ):
            assert connect(url).v1.accounts.retrieve(account).id == account
            link = connect(url).v1.account_links.create(
                {
                    "account": account,
                    "type": "account_onboarding",
                    "return_url": SUCCESS,
                    "refresh_url": BACK,
                }
            )
            assert link.url.startswith("http://town.example/pay/setup/")
            process.terminate()
            assert process.wait(10) == 0


def test_what_was_not_delivered_is_after_a_restart(tmp_path: Path) -> None:
    state = str(tmp_path / "provider.sqlite3")
    with StandIn(state=state) as provider:
        account = connect(provider.url).v1.accounts.create({"country": "DE"}).id
        provider.onboard(account)
        provider.move(3600)
        later = provider.store.now()
    with (
        Receiver() as receiver,
        StandIn(state=state, webhook=(receiver.url, receiver.secret)) as provider,
    ):
        assert provider.drain() == 0
        assert receiver.types == ["account.updated"]
        assert provider.store.now() >= later


def test_nobody_else_can_reach_it() -> None:
    assert server.HOST == "127.0.0.1"
    with StandIn() as provider:
        assert provider._server.server_address[0] == "127.0.0.1"


def test_the_page_about_it_names_every_switch_and_outcome() -> None:
    page = (Path(program.__file__).parent / "README.md").read_text()
    named = {*CALLS, *EVENTS, *accounts.OUTCOMES, *sessions.OUTCOMES}
    assert [name for name in named if name not in page] == []
    assert [verb for verb in VERBS if not hasattr(StandIn, verb)] == []
