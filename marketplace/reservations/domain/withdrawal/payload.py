"""What is kept of a declaration: its words, as one text and the sum over it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

#: Of form and sentence; a new one where their words change.
WORDING = "2026-11"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """So many units of a line, with its title as it was read."""

    line: int
    title: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody declares. Nothing but name, contract and address of the receipt is asked for
    (BGB § 356a (2)); `remark` is theirs to leave empty."""

    name: str
    email: str
    #: Order number or description of the contract.
    contract: str
    #: The whole order; else `goods`, or `items` in the shopper's own words.
    is_whole: bool
    goods: tuple[Goods, ...] = field(default=())
    items: str = ""
    remark: str = ""


def sentence(said: Said) -> str:
    """The declaration in full, in the active language."""
    if said.is_whole:
        words = _("I hereby withdraw from the contract for %(contract)s, as a whole.")
        return words % {"contract": said.contract}
    words = _("I hereby withdraw from the contract for %(contract)s, as to these goods: %(goods)s.")
    return words % {"contract": said.contract, "goods": _goods(said)}


def _goods(said: Said) -> str:
    listed = ", ".join(f"{each.units} × {each.title}" for each in said.goods)
    return "; ".join(part for part in (listed, " ".join(said.items.split())) if part)


def write(said: Said, *, language: str, received_at: datetime, nonce: str) -> str:
    """One canonical text of all that counts."""
    whole = asdict(said) | {
        "sentence": sentence(said),
        "language": language,
        "received_at": received_at.isoformat(),
        "nonce": nonce,
        "wording": WORDING,
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(payload: str) -> str:
    return hashlib.sha256(payload.encode()).hexdigest()


def read(payload: str) -> Mapping[str, Any]:
    """What `write` wrote; empty words where retention has emptied it."""
    if not payload:
        blank = Said(name="", email="", contract="", is_whole=True)
        return asdict(blank) | {"sentence": "", "goods": []}
    found: Mapping[str, Any] = json.loads(payload)
    return found
