"""Processes of the supervisor, each with a process group and a log of its own."""

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

#: Where the packages lie.
ROOT = Path(__file__).resolve().parents[2]
#: Seconds before the first, second … start in a row; the last one repeats.
PAUSES = (0.5, 1, 2, 4, 8, 15, 30)
#: Whoever ran this long starts again at once.
SETTLED = 60.0
_MOST_FILES = 4096


@dataclass(frozen=True, slots=True)
class Program:
    """What is to run. `name` is what people read and what its log is called.

    With `run` the child is a copy of this process and has everything imported already, which saves
    seconds; without, or where copying is unsafe, `command` starts it from nothing.
    """

    name: str
    command: Sequence[str]
    run: Callable[[], None] | None = None


class Process(Protocol):
    """What Popen and Copy have in common."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self) -> int: ...


class Copy:
    """A forked child. `code` as Popen has it: negative is the signal that ended it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.code: int | None = None

    def poll(self) -> int | None:
        return self._ask(os.WNOHANG)

    def wait(self) -> int:
        return self._ask(0) or 0

    def _ask(self, options: int) -> int | None:
        if self.code is None:
            pid, status = os.waitpid(self.pid, options)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code


class Child:
    """One program, running or about to."""

    def __init__(self, program: Program, log: Path, env: Mapping[str, str]) -> None:
        self.program = program
        self.log = log
        self.env = env
        self.process: Process | None = None
        self.again_at = 0.0
        self.since = 0.0
        self.failures = 0

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> int:
        """Returns the process group."""
        self.since = time.monotonic()
        with self.log.open("ab") as log:
            if self.program.run is not None:
                self.process = self._copy(self.program.run, log.fileno())
            else:
                self.process = subprocess.Popen(
                    self.program.command,
                    cwd=ROOT,
                    env=dict(self.env),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        return self.process.pid

    def plan(self, now: float) -> float:
        """It ended: when to start it again, in seconds from `now`."""
        self.failures = 0 if now - self.since > SETTLED else self.failures + 1
        pause = PAUSES[min(self.failures, len(PAUSES)) - 1] if self.failures else 0.0
        self.again_at = now + pause
        return pause

    def _copy(self, run: Callable[[], None], log: int) -> Copy:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._become(run, log)
        return Copy(pid)

    def _become(self, run: Callable[[], None], log: int) -> NoReturn:
        """In the child: away from terminal, signals and files of the supervisor, then run."""
        code = 1
        try:
            os.setsid()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(log, 1)
            os.dup2(log, 2)
            # The pipe to the watchdog is among them: with it we would outlive our supervisor.
            os.closerange(3, _MOST_FILES)
            os.environ.update(self.env)
            os.chdir(ROOT)
            run()
            code = 0
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else int(bool(ending.code))
        except BaseException:  # nothing of ours may run on in the child
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
