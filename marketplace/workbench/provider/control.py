"""The door for whoever tests: JSON in, JSON out, below `/_stand-in/`."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from marketplace.workbench.provider.api import Answer, Asked
from marketplace.workbench.provider.refusals import Refusal

if TYPE_CHECKING:
    from marketplace.workbench.provider.standin import StandIn

PREFIX = "/_stand-in/"
#: What may be asked to happen; each is the StandIn's method of that name.
VERBS = frozenset(
    {
        *("move", "fault", "clear", "dark", "pay", "expire", "onboard", "drain", "resend"),
        *("dispute", "close_dispute", "fail_refund"),
    }
)


def answer(standin: "StandIn", asked: Asked) -> Answer:
    """GET books, faults, log or clock; POST a verb with its arguments."""
    url = urlsplit(asked.target)
    name = url.path.removeprefix(PREFIX).strip("/")
    if asked.method == "GET":
        read: dict[str, Callable[[], object]] = {
            "books": lambda: standin.books(parse_qs(url.query).get("account", [None])[0]),
            "faults": standin.faults.listed,
            "log": lambda: list(standin.api.log),
            "clock": lambda: {"now": standin.store.now()},
        }
        return _json(read[name]()) if name in read else _json({"error": "no such thing"}, 404)
    # SECURITY: a page on another site cannot send this type without being asked first (CORS)
    if not asked.headers.get("content-type", "").startswith("application/json"):
        return _json({"error": "application/json only"}, 415)
    if name not in VERBS:
        return _json({"error": "no such verb"}, 404)
    try:
        values: dict[str, Any] = json.loads(asked.body or b"{}")
        return _json({"done": getattr(standin, name)(**values)})
    except (TypeError, ValueError, KeyError) as error:
        return _json({"error": str(error)}, 400)
    except Refusal as refusal:
        return _json(refusal.body, refusal.status)


def _json(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})
