"""Named places where a test may cut the power.

`fault("ready.half")` does nothing unless the environment says otherwise: `FAULT_AT=ready.half`
kills this process there with SIGKILL, so no `finally` and no rollback of ours runs;
`FAULT_RANDOM=0.02:7` kills at any point with chance 0.02, drawn from seed 7, so that a life can be
repeated.
"""

import os
import random
import signal

#: Every named point and what is half done there. A test holds this equal to the calls.
POINTS: dict[str, str] = {
    "place.inserted": "checkout and lines written, nothing claimed",
    "place.claimed": "units claimed, checkout not yet committed",
    "place.committed": "checkout committed, shopper not yet answered",
    "ready.half": "stock told what was not found, lines not yet picked",
    "ready.take": "goods found lie set aside, their money not yet asked for",
    "hand_over.half": "goods taken from stock, lines not yet consumed",
    "cancel.half": "reservation cancelled, stock not yet released",
    "expire.half": "reservation expired, stock not yet released",
    "withdrawal.stored": "declaration and the mail of its receipt written, not yet committed",
    "withdrawal.received": "declaration committed, not yet assigned to its order",
    "withdrawal.matched": "withdrawal assigned, goods and money not yet moved, not yet committed",
    "withdrawal.released": "units withdrawn from are free in the stock, lines not yet less",
    "withdrawal.back": "goods given back are in the stock, lines and money not yet moved",
    "lapse.half": "unpaid hold lapsed, stock not yet released",
    "payment.begun": "payment and its operation written, not yet committed",
    "operation.leased": "operation leased, provider not yet asked",
    "operation.answered": "provider has answered, nothing of it written",
    "operation.booked": "answer written, not yet committed",
    "event.fetched": "what an event is about was fetched, nothing of it written",
    "event.applied": "payment brought up to date and event ended, not yet committed",
    "receipt.numbered": "receipt written under its number, counter not yet moved on",
    "push.begun": "delivery written down, none of its rows taken",
    "push.half": "offers of one part written, its sums not yet",
    "push.part": "one part taken and committed, the next not yet",
    "notice.before_send": "mail leased, not yet sent",
    "notice.after_send": "mail sent, not yet noted as sent",
    "notice.told": "who owes the mail has heard that it went out, neither of it committed",
    "pictures.half": "some renditions written, picture not yet ready",
}

_chance = 0.0
_random: random.Random | None = None


def arm() -> None:
    """Read `FAULT_RANDOM` again; a forked child calls this after it set its own seed."""
    global _chance, _random
    chance, _, seed = os.environ.get("FAULT_RANDOM", "").partition(":")
    _chance = float(chance or 0)
    _random = random.Random(seed)  # noqa: S311 repeatable on purpose


def fault(name: str) -> None:
    """Die here if the environment asks for it. Costs a dictionary lookup otherwise."""
    if os.environ.get("FAULT_AT") == name:
        _die()
    if "FAULT_RANDOM" in os.environ:
        if _random is None:
            arm()
        if _random is not None and _random.random() < _chance:
            _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
