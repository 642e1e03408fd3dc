"""Waiting for other processes, and looking whether they live."""

import time
from collections.abc import Callable
from pathlib import Path


def eventually(what: Callable[[], object], *, seconds: float = 30, because: str = "") -> None:
    """Until it is so; fails when it takes too long."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, because or what
        time.sleep(0.05)


def lives(pid: int) -> bool:
    """Whether a process runs. A zombie does not; in a container nobody may be there to bury it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def descendants(pid: int) -> set[int]:
    """Living children of a process, and theirs."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] not in "ZX":
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found: set[int] = set()
    wave = {pid}
    while wave := {child for each in wave for child in parents.get(each, [])} - found:
        found |= wave
    return found


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
