"""Switches for what goes wrong between us and the provider, each for a number of times."""

import threading
from collections.abc import Container
from dataclasses import asdict, dataclass

#: What can happen to a call. `on` names endpoints: a part of "POST /v1/refunds" is enough.
CALLS = {
    "lost": "the effect happens, the answer never arrives",
    "reset": "the connection breaks before anything happens",
    "slow": "the answer takes `seconds` longer, the key being in use meanwhile",
    "conflict": "409, another request is at it",
    "limit": "429, too many",
    "error": "500 without an effect, remembered under the key",
    "error_after": "500 after the effect, remembered under the key",
    "overtaken": "the shopper pays in the moment before the session is expired",
}
#: What can happen to an event on its way. `on` names types: a part is enough.
EVENTS = {
    "duplicate": "comes twice",
    "reorder": "`times` events are held and come in reverse",
    "drop": "never comes",
    "late": "comes `seconds` of the stand-in's clock later",
    "forged": "a copy with a wrong signature comes first",
    "foreign": "a well-signed copy under an account nobody knows comes first",
}


@dataclass
class Fault:
    kind: str
    on: str = ""
    times: int = 1
    seconds: float = 0


class Faults:
    """What is switched on. In memory: a restart is a world in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set: list[Fault] = []
        #: Everything is refused, nothing is delivered.
        self.dark = False

    def add(self, kind: str, on: str = "", times: int = 1, seconds: float = 0) -> None:
        """The next `times` calls or events that contain `on` go wrong in this way."""
        if kind not in CALLS and kind not in EVENTS:
            raise ValueError(f"no such fault: {kind}")
        with self._lock:
            self._set.append(Fault(kind, on, int(times), float(seconds)))

    def clear(self) -> None:
        with self._lock:
            self._set.clear()
        self.dark = False

    def take(self, what: str, kinds: Container[str]) -> Fault | None:
        """The first switched-on fault that meets this call or event; counts it down."""
        with self._lock:
            for fault in self._set:
                if fault.kind in kinds and fault.on in what:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._set.remove(fault)
                    return Fault(fault.kind, fault.on, fault.times, fault.seconds)
        return None

    def listed(self) -> list[dict[str, object]]:
        with self._lock:
            return [asdict(fault) for fault in self._set]
