"""Children are kept alive, ended together and never outlive their supervisor."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.workbench import prepare, watchdog
from marketplace.workbench.children import PAUSES, ROOT, SETTLED, Child, Program
from tests.workbench.processes import command_of, descendants, eventually, lives

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")

#: A server that is well, and a helper with a child of its own; each leaves its number behind.
TOWN = """
import http.server, os, pathlib, subprocess, sys, time
from marketplace.workbench.children import Program
from marketplace.workbench.supervisor import Supervisor

here, port, mode = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

def note(name):
    (here / f"{name}.{os.getpid()}").touch()

class Well(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

def server():
    note("server")
    http.server.HTTPServer(("127.0.0.1", port), Well).serve_forever()

def helper():
    grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (here / f"grandchild.{grandchild.pid}").touch()
    note("helper")
    time.sleep(600)

def command(name):
    return (sys.executable, here / "town.py", here, str(port), name)

if mode in ("server", "helper"):
    {"server": server, "helper": helper}[mode]()
else:
    copies = mode == "copy"
    Supervisor(
        [
            Program("server", command("server"), server if copies else None),
            Program("helper", command("helper"), helper if copies else None),
        ],
        health=("127.0.0.1", port),
        env=dict(os.environ),
        logs=here / "log",
        say=lambda line: print(line, flush=True),
        opened=lambda: print("open", flush=True),
    ).run()
    print("closed", flush=True)
"""


class Town:
    """A supervisor in a process of its own, and what its children noted."""

    def __init__(self, folder: Path, mode: str) -> None:
        self.folder = folder
        (folder / "town.py").write_text(TOWN)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.said = folder / "said"
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, folder / "town.py", folder, str(port), mode],
                stdout=said,
                stderr=said,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                start_new_session=True,
            )
        eventually(lambda: self.hears("open"))
        eventually(lambda: self.pids("helper"))

    def hears(self, words: str) -> bool:
        return words in self.said.read_text()

    def pids(self, name: str = "*") -> set[int]:
        return {
            int(path.suffix[1:]) for path in self.folder.glob(f"{name}.*") if path.suffix != ".py"
        }

    def watchdog(self) -> int:
        (found,) = (
            pid for pid in descendants(self.process.pid) if "workbench.watchdog" in command_of(pid)
        )
        return found


@pytest.fixture(params=["copy", "command"])
def town(request, tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path, request.param)
    yield town
    if town.process.poll() is None:
        town.process.kill()
        town.process.wait()


def test_a_killed_child_is_started_again_and_said_so(town: Town) -> None:
    (helper,) = town.pids("helper")
    (grandchild,) = town.pids("grandchild")
    os.kill(helper, signal.SIGKILL)
    eventually(lambda: town.hears("The helper stopped (SIGKILL). Starting it again"))
    eventually(lambda: town.pids("helper") - {helper})
    assert not lives(grandchild), "what it left behind was not cleared"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything_in_peace(town: Town, number: int) -> None:
    everybody = town.pids() | {town.watchdog()}
    town.process.send_signal(number)
    assert town.process.wait(20) == 0
    assert town.hears("closed")
    assert not [pid for pid in everybody if lives(pid)]


def test_children_die_with_a_killed_supervisor(town: Town) -> None:
    everybody = town.pids() | {town.watchdog()}
    assert len(everybody) == 4
    town.process.kill()
    town.process.wait()
    eventually(lambda: not [pid for pid in everybody if lives(pid)], seconds=10)


def test_a_killed_watchdog_is_replaced_and_knows_everybody(town: Town) -> None:
    first = town.watchdog()
    os.kill(first, signal.SIGKILL)
    eventually(lambda: not lives(first))
    eventually(lambda: descendants(town.process.pid) - town.pids() - {first})
    everybody = town.pids() | {town.watchdog()}
    town.process.kill()
    town.process.wait()
    eventually(lambda: not [pid for pid in everybody if lives(pid)], seconds=10)


def test_pauses_grow_and_shrink_again(tmp_path: Path) -> None:
    child = Child(Program("x", ()), tmp_path / "log", {})
    pauses = []
    for _failure in range(len(PAUSES) + 2):
        child.since = 100.0
        pauses.append(child.plan(now=101.0))
    assert pauses == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    assert child.again_at == 101.0 + PAUSES[-1]
    assert child.plan(now=100.0 + SETTLED + 1) == 0
    child.since = 200.0
    assert child.plan(now=201.0) == PAUSES[0]


def test_telling_groups_that_are_gone_is_no_error() -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "pass"], start_new_session=True)
    sleeper.wait()
    assert watchdog.tell([sleeper.pid], signal.SIGTERM) == []


def test_a_port_is_free_or_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not prepare.is_free("127.0.0.1", port)
    assert prepare.is_free("127.0.0.1", port)


def test_a_folder_belongs_to_one_demo(tmp_path: Path) -> None:
    with prepare.alone(tmp_path) as first, prepare.alone(tmp_path) as second:
        assert (first, second) == (True, False)
    with prepare.alone(tmp_path) as again:
        assert again
