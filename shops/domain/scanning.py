"""Many scans in a row: one line per article, one more with each beep, written in one go at the end.

Everything lies in the database from the first beep, so a dead battery loses nothing. Each verb
holds the session by writing it, so beeps that arrive side by side count one after the other and
none slips in behind the end.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops.domain import counts, shelving
from shops.domain.shelving import Shelved, Words
from shops.enums import ScanMode, ScanOutcome, Source
from shops.models import Branch, Offer, Scan, ScanLine, ScanSession

#: Lines of one session; a stock-taking is several.
MOST_LINES = 500


def begin(*, branch: Branch, mode: ScanMode, by: Actor, now: datetime) -> ScanSession:
    """The member's open session at this branch; a new one in `mode` where there is none."""
    if by.user_id is None:
        raise RuntimeError("a member scans")
    mine = ScanSession.objects.filter(branch=branch, member_id=by.user_id, finished_at=None)
    found = mine.first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return ScanSession.objects.create(
                branch=branch, member_id=by.user_id, mode=mode, started_at=now
            )
    except IntegrityError:
        # RACE: the second of two taps finds what the first has opened.
        return mine.get()


@transaction.atomic
def scan(*, session: ScanSession, code: str, client_id: UUID, by: Actor, now: datetime) -> ScanLine:
    """One beep: one more of this article. The same `client_id` again counts nothing (truth 11)."""
    _hold(session, by)
    again = Scan.objects.filter(client_id=client_id, line__session=session)
    known = again.select_related("line").first()
    if known is not None:
        return known.line
    found = shelving.look_up(branch=session.branch, code=code)
    if not found.mark.barcode:
        raise Refused(
            found.mark.trouble or _("Please scan a barcode, or type its number."), code="no_code"
        )
    lines = ScanLine.objects.filter(session=session)
    line = (
        lines.filter(variant=None, code=found.mark.barcode).first()
        if found.variant is None
        else lines.filter(variant=found.variant).first()
    )
    if line is None:
        if lines.count() >= MOST_LINES:
            raise Refused(
                _("This list is full. Please finish it and begin another."), code="scan_full"
            )
        line = ScanLine.objects.create(
            session=session, variant=found.variant, code=found.mark.barcode, scanned_at=now
        )
    return _add(line, 1, client_id, found.offer, now)


@transaction.atomic
def set_quantity(
    *, session: ScanSession, line_id: int, quantity: int, client_id: UUID, by: Actor, now: datetime
) -> ScanLine:
    """So many of this article, whatever was scanned; can be taken back like a beep."""
    _hold(session, by)
    line = ScanLine.objects.filter(session=session, pk=line_id).first()
    if line is None:
        raise Stale(_("This line is no longer in the list."), code="scan_line_gone")
    if not 0 <= quantity <= counts.MOST:
        raise Refused(_("Please enter a number from 0 to 1,000,000."), code="count_out_of_range")
    if Scan.objects.filter(client_id=client_id).exists():
        return line
    offer = Offer.objects.filter(branch=session.branch, variant=line.variant_id).first()
    return _add(line, quantity - line.quantity, client_id, offer, now)


@transaction.atomic
def undo(*, session: ScanSession, by: Actor, now: datetime) -> ScanLine | None:
    """Take the last beep or number back; None when there is nothing left."""
    _hold(session, by)
    alive = Scan.objects.filter(line__session=session, undone_at=None)
    last = alive.select_related("line").order_by("-pk").first()
    if last is None:
        return None
    Scan.objects.filter(pk=last.pk).update(undone_at=now)
    line = last.line
    line.quantity -= last.units
    # What nobody has scanned is not said to be none.
    if not alive.filter(line=line).exists():
        line.outcome = ScanOutcome.DROPPED
    line.save(update_fields=["quantity", "outcome"])
    return line


@transaction.atomic
def finish(*, session: ScanSession, by: Actor, now: datetime) -> ScanSession:
    """Write what was scanned, and say at each line what became of it. A second time does nothing.

    Counting: each line is a count by eye at its last beep, and what was set aside then is added.
    Goods in: so many more. A younger count of somebody else stays. Articles that nobody knows, or
    that have no price here yet, wait to be described.
    """
    done = ScanSession.objects.filter(pk=session.pk, member_id=by.user_id, finished_at=None)
    # RACE: of two taps one ends it; the update also keeps beeps out until the lines are written.
    if not done.update(finished_at=now):
        return ScanSession.objects.get(pk=session.pk)
    lines = ScanLine.objects.filter(session=session, outcome="")
    offers = {
        offer.variant_id: offer
        for offer in Offer.objects.filter(
            branch=session.branch_id, variant__in=lines.values("variant")
        )
    }
    lines.exclude(variant__in=offers).update(outcome=ScanOutcome.UNKNOWN)
    lines.filter(variant=None).update(outcome=ScanOutcome.UNKNOWN)
    known = [(offers[line.variant_id].pk, line) for line in lines if line.variant_id in offers]
    # RACE: in primary-key order of the offers, as claims run (truth 10).
    for offer_id, line in sorted(known, key=lambda pair: pair[0]):
        _write(line, offer_id, ScanMode(session.mode), by, now)
    history.record(
        verb="scan.finish",
        subject=f"scan:{session.pk}",
        scope=f"shop:{session.branch.shop_id}",
        by=by,
        now=now,
        data={"lines": len(known)},
    )
    session.finished_at = now
    return session


@transaction.atomic
def describe(
    *,
    branch: Branch,
    line: ScanLine,
    client_id: UUID,
    code: str,
    price: Decimal,
    on_shelf: int | None,
    words: Words | None,
    variant_id: int | None,
    by: Actor,
    now: datetime,
) -> Shelved:
    """Put a waiting article on the shelf as `shelving.shelve` does; then it waits no more."""
    shelved = shelving.shelve(
        branch=branch,
        client_id=client_id,
        code=code,
        price=price,
        on_shelf=on_shelf,
        words=words,
        variant_id=variant_id,
        by=by,
        now=now,
    )
    waiting = ScanLine.objects.filter(session__branch=branch, outcome=ScanOutcome.UNKNOWN)
    # Others may have met the same number meanwhile: it is described for them, too.
    waiting.filter(code=line.code).update(
        outcome=ScanOutcome.DONE, variant=shelved.offer.variant_id, after=shelved.offer.on_hand
    )
    return shelved


@transaction.atomic
def drop(*, branch: Branch, line_id: int, by: Actor, now: datetime) -> None:
    """A waiting article is not described after all."""
    waiting = ScanLine.objects.filter(
        session__branch=branch, outcome=ScanOutcome.UNKNOWN, pk=line_id
    )
    if waiting.update(outcome=ScanOutcome.DROPPED):
        history.record(
            verb="scan.drop",
            subject=f"scan_line:{line_id}",
            scope=f"shop:{branch.shop_id}",
            by=by,
            now=now,
        )


def _hold(session: ScanSession, by: Actor) -> None:
    """RACE: a write that changes nothing, so that it waits for others and keeps them out."""
    mine = ScanSession.objects.filter(pk=session.pk, member_id=by.user_id, finished_at=None)
    if not mine.update(mode=F("mode")):
        raise Stale(_("This list is finished already. Please begin another."), code="scan_over")


def _add(
    line: ScanLine, units: int, client_id: UUID, offer: Offer | None, now: datetime
) -> ScanLine:
    if line.quantity + units > counts.MOST:
        raise Refused(_("Please enter a number from 0 to 1,000,000."), code="count_out_of_range")
    Scan.objects.create(line=line, client_id=client_id, units=units, at=now)
    line.quantity += units
    line.scanned_at = now
    line.set_aside = offer.set_aside if offer else 0
    line.outcome = ""
    line.save(update_fields=["quantity", "scanned_at", "set_aside", "outcome"])
    return line


def _write(line: ScanLine, offer_id: int, mode: ScanMode, by: Actor, now: datetime) -> None:
    before = Offer.objects.values_list("on_hand", flat=True).get(pk=offer_id)
    line.outcome, line.before = ScanOutcome.DONE, before
    try:
        if mode == ScanMode.COUNT:
            offer = counts.count(
                offer_id=offer_id,
                counted=line.quantity + line.set_aside,
                as_of=line.scanned_at,
                source=Source.EYE,
                by=by,
                now=now,
            )
        else:
            offer = counts.adjust(offer_id=offer_id, units=line.quantity, by=by, now=now)
        line.after = offer.on_hand
    except Stale:
        line.outcome = ScanOutcome.OLDER
    except Refused:
        line.outcome = ScanOutcome.UNCOUNTED
    line.save(update_fields=["outcome", "before", "after"])
