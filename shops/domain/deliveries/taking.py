"""Takes a till's delivery: all of its rows, each exactly once, in parts that nobody waits for long.

A part is planned outside of any transaction and written in one: offers, history, sums and how far
we are, together or not at all. Offers that somebody claimed, counted or handed over meanwhile are
planned again under the lock. The same delivery sent again goes on where it stopped, whoever was
interrupted; two who take it at once share the work.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.faults import fault
from shops.domain import hours, moments
from shops.domain.counts import AHEAD
from shops.domain.deliveries import planning, writing
from shops.domain.deliveries.planning import Fate, Outcome, Planner
from shops.domain.deliveries.reading import Listing
from shops.domain.deliveries.shelf import Shelf
from shops.domain.holding import DOUBT
from shops.enums import Channel
from shops.models import Branch, Delivery

#: Rows and changed rows of one part. On SQLite shoppers wait for its end; a row that changes
#: nothing costs a tenth of one that does.
ROWS, CHANGES = 10_000, 1_000
#: Unknown and refused rows that a receipt names.
NAMED = 100
#: What a delivery may be called: something that stands in an address as it is.
_NUMBER = re.compile(r"[A-Za-z0-9._:+-]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Where a delivery comes from: its way, and the key or the person behind it."""

    channel: Channel
    by: Actor
    token_id: int | None = None


def fingerprint(content: bytes, as_of: datetime | None) -> str:
    """What two deliveries must share to be the same."""
    said = as_of.isoformat() if as_of else ""
    return hashlib.sha256(said.encode() + b"\0" + content).hexdigest()


def take(
    *,
    branch: Branch,
    number: str,
    mark: str,
    listing: Listing,
    as_of: datetime | None,
    sender: Sender,
    now: datetime,
) -> Delivery:
    """Put a till's numbers and prices on the branch's shelf; the delivery with its receipt.

    `number` is the sender's name for it, `mark` its `fingerprint`. The same name with the same
    content changes nothing more; `Stale` ("delivery_differs") with another one. `as_of`: when the
    numbers were true, else the list's own time, else now. `Refused` when that lies ahead.
    """
    if not _NUMBER.fullmatch(number):
        raise Refused(
            _("Please name the delivery: up to 100 letters, digits and . _ : + - signs."),
            code="no_delivery",
        )
    said = as_of or listing.as_of
    if said is not None and said > now + AHEAD:
        raise Refused(_("The time of the count lies in the future."), code="as_of")
    known = Delivery.objects.filter(branch=branch, number=number).first()
    if known is not None and _is_over(known, mark):
        return known
    taker = _Taker(branch, listing, known.as_of if known else said or now, now)
    delivery = known or _begin(taker, number, mark, sender)
    if _is_over(delivery, mark):  # RACE: somebody else has begun, and ended, at the same moment
        return delivery
    return taker.run(delivery, sender.by)


def _is_over(known: Delivery, mark: str) -> bool:
    if known.fingerprint != mark:
        raise Stale(
            _("A delivery of this name has arrived before, with other content."),
            code="delivery_differs",
        )
    return known.finished_at is not None


def _begin(taker: "_Taker", number: str, mark: str, sender: Sender) -> Delivery:
    # RACE: the constraint lets one of two begin; the other takes part in what was begun.
    delivery, _is_new = Delivery.objects.get_or_create(
        branch=taker.branch,
        number=number,
        defaults={
            "fingerprint": mark,
            "channel": sender.channel,
            "token_id": sender.token_id,
            "by_id": sender.by.user_id,
            "as_of": taker.as_of,
            "received_at": taker.now,
            "rows": len(taker.rows),
            "holds_zeros": planning.holds_zeros(taker.rows, taker.places, taker.shelf),
        },
    )
    fault("push.begun")
    return delivery


class _Overtaken(Exception):
    """Somebody else has taken this part."""


class _Taker:
    """One run through the rows of one delivery."""

    def __init__(self, branch: Branch, listing: Listing, as_of: datetime, now: datetime) -> None:
        self.branch = branch
        self.rows = listing.rows
        self.as_of = as_of
        self.now = now
        earliest = min((row.as_of for row in self.rows if row.as_of), default=as_of)
        self.shelf = Shelf(branch, since=min(earliest, as_of) - DOUBT)
        self.places = planning.match(self.rows, self.shelf)

    def run(self, delivery: Delivery, by: Actor) -> Delivery:
        """Take what is left of it."""
        calendar = hours.calendar_of(self.branch.pk)
        # RACE: as it began, not as we would decide: its first parts may be on the shelf.
        planner = Planner(
            self.shelf,
            calendar,
            as_of=delivery.as_of,
            now=self.now,
            holds_zeros=delivery.holds_zeros,
        )
        while delivery.finished_at is None:
            part = self._part(planner, delivery.position)
            try:
                self._write(planner, delivery, part, by)
            except _Overtaken:
                delivery.refresh_from_db()
            fault("push.part")
        if hours.calendar_of(self.branch.pk) != calendar:
            # RACE: hours changed while we computed with the old ones; a task mends the moments.
            moments.spoil([self.branch.pk], now=self.now)
        return delivery

    def _part(self, planner: Planner, start: int) -> list[Outcome]:
        part: list[Outcome] = []
        changes = 0
        for place in range(start, min(start + ROWS, len(self.rows))):
            found = planner.outcome(self.rows[place], self.places[place])
            part.append(found)
            changes += found.fate in (Fate.ACCEPTED, Fate.HELD)
            if changes >= CHANGES:
                break
        return part

    @transaction.atomic
    def _write(
        self, planner: Planner, delivery: Delivery, part: Sequence[Outcome], by: Actor
    ) -> None:
        done = writing.write(planner, delivery, part, by=by, now=self.now)
        fault("push.half")
        sums = Counter(outcome.fate for outcome in done)
        start, end = delivery.position, delivery.position + len(done)
        told: dict[str, Any] = {fate.value: F(fate.value) + sums[fate] for fate in Fate}
        details = _details(delivery.details, done)
        finished = self.now if end == delivery.rows else None
        # RACE: of two who take the same part one finds the place moved and gives all of it back.
        if not Delivery.objects.filter(pk=delivery.pk, position=start).update(
            position=end, finished_at=finished, details=details, **told
        ):
            raise _Overtaken
        for fate in Fate:
            setattr(delivery, fate.value, getattr(delivery, fate.value) + sums[fate])
        delivery.position, delivery.finished_at, delivery.details = end, finished, details


def _details(known: dict[str, Any], done: Sequence[Outcome]) -> dict[str, Any]:
    """The first rows that were not taken, so that somebody can look into the till."""
    unknown, refused = list(known.get("unknown", [])), list(known.get("refused", []))
    for outcome in done:
        if outcome.fate == Fate.UNKNOWN and len(unknown) < NAMED:
            unknown.append([outcome.row.line, outcome.row.mark[:80]])
        elif outcome.fate == Fate.REFUSED and len(refused) < NAMED:
            refused.append([outcome.row.line, outcome.code])
    return {"unknown": unknown, "refused": refused}
