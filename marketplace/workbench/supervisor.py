"""Keeps server, worker and ticker of the demo alive, and ends them together.

Every program gets a process group of its own: Ctrl-C reaches only the supervisor, which then ends
the others in order, and what a crashed program leaves behind can be cleared before it starts again.
"""

import http.client
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO

from marketplace.workbench import watchdog
from marketplace.workbench.children import ROOT, Child, Program

#: The others wait for the server to open, but not longer: two cores open it faster alone.
PATIENCE = 8.0
#: Seconds a program has for its end.
GRACE = 8.0
STEP = 0.1


class Supervisor:
    """Runs programs until it is told to stop (SIGINT, SIGTERM, SIGHUP).

    The first program is the server; `health` is where it answers, `opened` is called when it does.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        health: tuple[str, int],
        env: Mapping[str, str],
        logs: Path,
        say: Callable[[str], None],
        opened: Callable[[], None],
    ) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self.children = [Child(each, logs / f"{each.name}.log", env) for each in programs]
        for child in self.children:
            child.log.write_bytes(b"")
        self.health = health
        self.say = say
        self.opened = opened
        self.is_open = False
        self.stop = threading.Event()
        self.watch: subprocess.Popen[str] | None = None

    def run(self) -> None:
        """Returns when everything has ended."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._told) for number in numbers}
        started = time.monotonic()
        try:
            while not self.stop.is_set():
                self._keep_watchdog()
                everybody = self.is_open or time.monotonic() - started > PATIENCE
                for child in self.children if everybody else self.children[:1]:
                    self._keep(child)
                if not self.is_open and self._answers():
                    self.is_open = True
                    self.opened()
                self.stop.wait(STEP)
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _told(self, number: int, frame: FrameType | None) -> None:
        if self.stop.is_set():  # asked twice
            watchdog.tell(self._groups(), signal.SIGKILL)
        self.stop.set()

    def _keep(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.again_at:
                self._report(child.start())
            return
        code = child.process.poll()
        if code is None:
            return
        group = child.process.pid
        child.process = None
        # What it left behind would keep the port.
        watchdog.tell([group], signal.SIGKILL)
        self._report(-group)
        pause = child.plan(now)
        again = "Starting it again" + (f" in {pause:g} s." if pause else ".")
        self.say(f"The {child.program.name} stopped ({_cause(code)}). {again} Log: {child.log}")

    def _keep_watchdog(self) -> None:
        if self.watch is not None and self.watch.poll() is None:
            return
        self.watch = subprocess.Popen(
            [sys.executable, "-m", "marketplace.workbench.watchdog", *map(str, self._groups())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            start_new_session=True,
        )

    def _report(self, group: int) -> None:
        pipe: IO[str] | None = self.watch.stdin if self.watch else None
        try:
            if pipe is not None:
                pipe.write(f"{group}\n")
                pipe.flush()
        except BrokenPipeError:
            return  # a new watchdog is told everything in the next round

    def _groups(self) -> list[int]:
        return [child.process.pid for child in self.children if child.process is not None]

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(*self.health, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _end(self) -> None:
        """Ask everybody, wait, kill whoever is left."""
        watchdog.tell(self._groups(), signal.SIGTERM)
        until = time.monotonic() + GRACE
        while any(child.runs for child in self.children) and time.monotonic() < until:
            time.sleep(0.05)
        watchdog.tell(self._groups(), signal.SIGKILL)
        for child in self.children:
            if child.process is not None:
                child.process.wait()
        if self.watch is not None and self.watch.stdin is not None:
            for group in self._groups():
                self._report(-group)
            self.watch.stdin.close()
            self.watch.wait()


def _cause(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
