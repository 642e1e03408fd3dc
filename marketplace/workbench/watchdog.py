"""Ends the demo's processes when their supervisor is gone, however it went.

Its arguments say whom to watch from the start; it reads "123" and "-123" (process groups that came
and went) from a pipe whose other end the supervisor holds. The end of that pipe is the supervisor's
death, SIGKILL included.
Only the standard library, so that it starts at once and cannot fail on anything of ours.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable

#: Seconds between asking and killing.
GRACE = 5.0


def tell(groups: Iterable[int], number: int) -> list[int]:
    """Send a signal to these process groups; returns those that still exist."""
    alive = []
    for group in groups:
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            continue
        except PermissionError:  # macOS says so of a group of zombies
            continue
        alive.append(group)
    return alive


def main() -> None:
    # RACE: by argument, so that no moment exists in which a new watchdog knows nobody.
    groups = {int(each) for each in sys.argv[1:]}
    for line in sys.stdin:
        group = int(line)
        if group > 0:
            groups.add(group)
        else:
            groups.discard(-group)
    tell(groups, signal.SIGTERM)
    until = time.monotonic() + GRACE
    while tell(groups, 0) and time.monotonic() < until:
        time.sleep(0.05)
    tell(groups, signal.SIGKILL)


if __name__ == "__main__":
    main()
