"""What the shop does about a defect: inform, repair or replace, or end it in another way.

Each verb is one compare-and-swap on the complaint; `Stale` when it is not where the verb may start
from, and nothing has happened then. Money goes back in the payments' room; here is only said so.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.enums import ActorKind
from marketplace.core.errors import Refused, Stale
from marketplace.reservations.domain.complaints import notices
from marketplace.reservations.domain.complaints.notices import Kind
from marketplace.reservations.domain.complaints.reporting import lapses, read, record
from marketplace.reservations.enums import (
    COMPLAINT_OPEN,
    ComplaintState,
    Cure,
    Informed,
)
from marketplace.reservations.models import Complaint

#: Ends that are no cure; `CURED` has a verb of its own.
OTHER_ENDS = (ComplaintState.MONEY, ComplaintState.REFUSED, ComplaintState.DROPPED)


@transaction.atomic
def hand_information(*, complaint_id: int, by: Actor, now: datetime) -> Complaint:
    """The shopper stands in the shop and was given the information on paper. Kept is the first
    time; a second paper changes nothing."""
    _hold(complaint_id, ComplaintState.REPORTED)
    complaint = read(complaint_id)
    if complaint.informed_at is None:
        _write(complaint, informed_at=now, informed_how=Informed.PAPER)
        record(complaint, "inform", by=by, now=now)
    return complaint


@transaction.atomic
def begin_cure(
    *,
    complaint_id: int,
    cure: Cure,
    reason: str = "",
    spare_parts: str = "",
    by: Actor,
    now: datetime,
) -> Complaint:
    """The shop repairs or replaces; the shopper is told.

    LAW: not before the shopper was informed of the choice and of what a repair does to the
    limitation period (BGB § 475 (4)): the mail has gone out, or a paper was handed over. The
    database refuses it as well. What the shopper chose is done, or the shop says why it need not
    (BGB § 439 (4)).
    """
    _hold(complaint_id, ComplaintState.REPORTED)
    complaint = read(complaint_id)
    informed: dict[str, object] = {}
    if complaint.informed_at is None:
        sent_at = notices.information_sent_at([complaint_id]).get(complaint_id)
        if sent_at is None:
            raise Refused(
                _(
                    "The shopper has to be informed first, and the mail has not gone out. Please"
                    " hand over the information on paper."
                ),
                code="not_informed",
            )
        informed = {"informed_at": min(sent_at, now), "informed_how": Informed.MAIL}
    if complaint.wish and complaint.wish != cure and not reason.strip():
        raise Refused(
            _("The shopper has chosen otherwise. Please say why that cannot be done."),
            code="reason_missing",
        )
    _write(
        complaint,
        state=ComplaintState.CURE,
        cure_type=cure,
        cure_at=now,
        cure_reason=reason.strip() if complaint.wish and complaint.wish != cure else "",
        spare_parts=spare_parts.strip(),
        **informed,
    )
    record(complaint, "cure", by=by, now=now, cure=str(cure))
    notices.told(complaint=complaint, kind=Kind.CURE, now=now)
    return complaint


@transaction.atomic
def finish(*, complaint_id: int, by: Actor, now: datetime) -> Complaint:
    """Mended or replaced, and given back to the shopper. LAW: a repair prolongs the limitation
    period once by twelve months (BGB § 475e (5))."""
    _hold(complaint_id, ComplaintState.CURE)
    complaint = read(complaint_id)
    _write(complaint, state=ComplaintState.CURED, ended_at=now)
    shown = timezone.localdate(complaint.reported_at)
    _write(complaint, limitation_until=lapses(complaint.line, shown=shown))
    record(complaint, "cured", by=by, now=now)
    notices.told(complaint=complaint, kind=Kind.CURED, now=now)
    return complaint


@transaction.atomic
def end(
    *, complaint_id: int, outcome: ComplaintState, answer: str, by: Actor, now: datetime
) -> Complaint:
    """Money was given back, the shop refuses with its reason, or the shopper no longer wants
    anything. LAW: only a person refuses, never the clock."""
    if outcome not in OTHER_ENDS:
        raise ValueError(f"{outcome} is no such end")
    if outcome == ComplaintState.REFUSED:
        if by.kind != ActorKind.MEMBER:
            raise ValueError("only a person of the shop refuses")
        if not answer.strip():
            raise Refused(_("Please say why you refuse."), code="answer_missing")
    _hold(complaint_id, *COMPLAINT_OPEN)
    complaint = read(complaint_id)
    _write(complaint, state=outcome, ended_at=now, answer=answer.strip())
    record(complaint, outcome.lower(), by=by, now=now)
    if outcome != ComplaintState.DROPPED or by.kind != ActorKind.SHOPPER:
        notices.told(complaint=complaint, kind=Kind.ENDED, now=now)
    return complaint


def _hold(complaint_id: int, *states: ComplaintState) -> None:
    """RACE: the state is in the UPDATE itself, which also keeps the row until commit."""
    rows = Complaint.objects.filter(pk=complaint_id, state__in=states)
    if not rows.update(version=F("version") + 1):
        found = Complaint.objects.get(pk=complaint_id)
        raise Stale(
            _("This complaint stands elsewhere by now: %(state)s.")
            % {"state": found.get_state_display()},
            code=f"is_{found.state.lower()}",
        )


def _write(complaint: Complaint, **changes: object) -> None:
    Complaint.objects.filter(pk=complaint.pk).update(**changes)
    for name, value in changes.items():
        setattr(complaint, name, value)
