"""Which file a branch took last, and since when its numbers are true.

A file without times of its own is true from the moment it first arrives. Taken again unchanged it
brings no newer number: applying it then would bring back what was sold in between. So its hash and
that moment are kept in the history, where an interrupted import finds them again as well.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.models import LogEntry
from shops.domain.imports.receipt import Receipt
from shops.models import Branch

BEGUN = "goods.import_begun"
DONE = "goods.imported"


@dataclass(frozen=True, slots=True)
class Run:
    """One file for one branch. `repeated`: it is the last one this branch took, to the end."""

    branch: Branch
    fingerprint: str
    as_of: datetime
    begun: bool = False
    repeated: bool = False


def look_up(
    *, content: bytes, branch: Branch, as_of: datetime | None, now: datetime, sure: bool = False
) -> Run:
    """The run this file would be. `as_of`: when its numbers were true, if somebody says so.

    `sure`: rows that were held back the last time are wanted now, so it is no repetition.
    """
    said = as_of.isoformat() if as_of else ""
    fingerprint = hashlib.sha256(said.encode() + b"\0" + content).hexdigest()[:40]
    last = (
        LogEntry.objects.filter(subject=f"branch:{branch.pk}", verb__in=(BEGUN, DONE))
        .order_by("-pk")
        .first()
    )
    if last is None or last.data.get("file") != fingerprint:
        return Run(branch, fingerprint, as_of or now)
    since = datetime.fromisoformat(last.data["as_of"])
    is_done = last.verb == DONE and not (sure and last.data.get("held"))
    return Run(branch, fingerprint, since, begun=True, repeated=is_done)


def begin(run: Run, *, by: Actor, now: datetime) -> None:
    """Note that this file is being taken, before its first row is written."""
    if not run.begun:
        _record(BEGUN, run, by, now, {})


def finish(run: Run, receipt: Receipt, *, by: Actor, now: datetime) -> None:
    """Note that this file was taken to its end."""
    if not run.repeated:
        sums = {
            name: getattr(receipt, name) for name in ("rows", "created", "updated", "unchanged")
        }
        sums["held"] = receipt.left_out["held_back"]
        _record(DONE, run, by, now, sums | {"rejected": len(receipt.rejected)})


def _record(verb: str, run: Run, by: Actor, now: datetime, data: dict[str, int]) -> None:
    history.record(
        verb=verb,
        subject=f"branch:{run.branch.pk}",
        scope=f"shop:{run.branch.shop_id}",
        by=by,
        now=now,
        data={"file": run.fingerprint, "as_of": run.as_of, **data},
    )
