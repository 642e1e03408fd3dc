"""The load: a process of its own that keeps some connections busy and tells what came back.

    python -m tests.bench.load          reads a job a line, answers a line

Closed loop, as wrk: each connection sends its next request when the answer to the last one is
there. Nothing of Django is loaded here. `cpu` tells what share of one core this process took: it
runs on the machine it measures.

The job: {"port": 8000, "connections": 8, "seconds": 3, "requests": [base64, ...]}. Without
`seconds` each request is sent once (writes: each one has a session and a form of its own).
"""

import asyncio
import base64
import json
import resource
import statistics
import sys
import time
from collections import Counter
from itertools import cycle
from typing import Any

PATIENCE = 60


class Sender:
    """What all connections share: the requests still to send, and what came back."""

    def __init__(self, requests: list[bytes], seconds: float | None) -> None:
        self.requests = cycle(requests) if seconds else iter(requests)
        self.seconds = seconds
        self.until = float("inf")
        self.times: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.broken = 0
        self.last = 0.0

    def next(self, now: float) -> bytes | None:
        return None if now >= self.until else next(self.requests, None)


class Connection(asyncio.Protocol):
    """One kept-alive connection."""

    def __init__(self, sender: Sender, done: "asyncio.Future[None]") -> None:
        self.sender, self.done = sender, done
        self.begun = 0.0
        self.buffer = b""
        self.missing = -1

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        now = time.perf_counter()
        request = self.sender.next(now)
        if request is None:
            self.finish()
            return
        self.begun, self.buffer, self.missing = now, b"", -1
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self.missing < 0:
            self.buffer += data
            head, gap, body = self.buffer.partition(b"\r\n\r\n")
            if not gap:
                return
            self.missing = length(head) - len(body)
        else:
            self.missing -= len(data)
        if self.missing > 0:
            return
        now = time.perf_counter()
        self.sender.times.append(now - self.begun)
        self.sender.statuses[self.buffer[9:12].decode()] += 1
        self.sender.last = now
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():  # the server hung up in the middle
            self.sender.broken += 1
            self.finish()

    def finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        self.transport.close()


def length(head: bytes) -> int:
    """Bytes of the body; every answer of Django's that is no stream says it."""
    for line in head.split(b"\r\n")[1:]:
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError(f"an answer without its length: {head[:200]!r}")


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """Send, and sum up."""
    loop = asyncio.get_running_loop()
    sender = Sender([base64.b64decode(each) for each in job["requests"]], job.get("seconds"))
    started, spent = time.perf_counter(), _cpu()
    if sender.seconds:
        sender.until = started + sender.seconds
    waiting = []
    for _ in range(job["connections"]):
        done = loop.create_future()
        await loop.create_connection(
            lambda done=done: Connection(sender, done),  # type: ignore[misc]
            "127.0.0.1",
            job["port"],
        )
        waiting.append(done)
    await asyncio.wait_for(asyncio.gather(*waiting), (sender.seconds or 0) + PATIENCE)
    took = max(sender.last - started, 1e-9)
    times = sorted(sender.times) or [0.0]
    return {
        "requests": len(sender.times),
        "rps": len(sender.times) / took,
        "p50": statistics.median(times) * 1000,
        "p95": times[min(len(times) - 1, int(len(times) * 0.95))] * 1000,
        "statuses": dict(sender.statuses),
        "broken": sender.broken,
        "cpu": (_cpu() - spent) / took,
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(asyncio.run(run(json.loads(line)))) + "\n")
        sys.stdout.flush()
