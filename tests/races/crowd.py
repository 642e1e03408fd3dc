"""A crowd: processes and threads that start at one instant and report what happened to them."""

import multiprocessing
import os
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connections

#: CI meets the full volumes, as does `RACES=full`; a tenth shows the same races.
FULL = os.environ.get("CI") == "true" or os.environ.get("RACES") == "full"
PATIENCE = 1000

_fork = multiprocessing.get_context("fork")


def amount(full: int) -> int:
    """How many tries this run makes of `full`."""
    return full if FULL else max(full // 10, 20)


def barrier(parties: int) -> Any:
    """A place where so many of a crowd wait for each other."""
    return _fork.Barrier(parties)


def rush(
    act: Callable[[int], str], *, tries: int, processes: int = 4, threads: int = 4
) -> Counter[str]:
    """Call `act(number)` for every number below `tries`, spread over a crowd that starts together.

    Returns how often each word came back. An exception is its class name and first line: whoever
    asserts on exact counts sees it. A process that dies or hangs fails the test.
    """
    _leave()
    start, words = _fork.Barrier(processes * threads), _fork.Queue()
    crowd = [
        _fork.Process(target=_process, args=(act, tries, place, processes, threads, start, words))
        for place in range(processes)
    ]
    for one in crowd:
        one.start()
    total: Counter[str] = Counter()
    deadline = time.monotonic() + PATIENCE
    for _ in crowd:
        try:
            total += words.get(timeout=max(deadline - time.monotonic(), 1))
        except queue.Empty:
            total["a process did not come back"] += 1
    for one in crowd:
        one.join(timeout=10)
        if one.is_alive():
            one.kill()
    return total


def _process(
    act: Callable[[int], str],
    tries: int,
    place: int,
    processes: int,
    threads: int,
    start: Any,
    words: Any,
) -> None:
    _leave()
    heard: list[Counter[str]] = [Counter() for _ in range(threads)]

    def thread(seat: int) -> None:
        first = place * threads + seat
        start.wait(timeout=60)
        for number in range(first, tries, processes * threads):
            heard[seat][_tried(act, number)] += 1
        connections.close_all()

    crew = [threading.Thread(target=thread, args=(seat,)) for seat in range(threads)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    words.put(sum(heard, Counter()))
    words.close()
    words.join_thread()
    # Nothing of the parent's (its database, its run directory) may be cleaned up from here.
    os._exit(0)


def _tried(act: Callable[[int], str], number: int) -> str:
    try:
        return act(number)
    except Exception as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"


def _leave() -> None:
    """No connection crosses a fork."""
    connections.close_all()
    for alias in connections:
        if hasattr(connections[alias], "close_pool"):
            connections[alias].close_pool()
