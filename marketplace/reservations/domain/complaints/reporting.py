"""A defect is told of, by the shopper or by the shop's people, and the shopper chooses the cure."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.enums import ActorKind
from marketplace.core.errors import Refused, Stale
from marketplace.reservations.domain.complaints import limitation, notices
from marketplace.reservations.domain.complaints.notices import Kind
from marketplace.reservations.enums import ComplaintState, Cure, Mode, State
from marketplace.reservations.models import Complaint, Line, Reservation


def report(
    *,
    reservation_id: int,
    line_id: int,
    units: int,
    words: str,
    wish: Cure | None,
    nonce: UUID,
    by: Actor,
    now: datetime,
) -> Complaint:
    """Goods that were handed over have a defect. The shopper gets the information that has to come
    before any cure at once (BGB § 475 (4)), the shop a task.

    The same `nonce` gives the same complaint (truth 11). `Refused` for goods that were not handed
    over, or about which a complaint is open. Late ones are taken as well: whether a claim has
    lapsed is for people to say, never for us. LAW: what was only reserved was sold in the shop, so
    its people note the complaint (law A15); a shopper reports what was paid online.
    """
    done = _by_nonce(nonce, reservation_id)
    if done is not None:
        return done
    try:
        with transaction.atomic():
            return _report(reservation_id, line_id, units, words, wish, nonce, by, now)
    except IntegrityError as error:
        # RACE: the same form won in another process, or another complaint about the same goods.
        done = _by_nonce(nonce, reservation_id)
        if done is not None:
            return done
        raise Refused(
            _("A complaint about these goods is open already."), code="open_already"
        ) from error


def _by_nonce(nonce: UUID, reservation_id: int) -> Complaint | None:
    return Complaint.objects.filter(nonce=nonce, reservation_id=reservation_id).first()


def _report(
    reservation_id: int,
    line_id: int,
    units: int,
    words: str,
    wish: Cure | None,
    nonce: UUID,
    by: Actor,
    now: datetime,
) -> Complaint:
    # RACE: the row is held, and a hand-over that somebody complains about cannot be undone.
    rows = Reservation.objects.filter(pk=reservation_id, state=State.COLLECTED)
    if not rows.update(version=F("version") + 1):
        raise Refused(
            _("Only goods that were handed over can be complained about."), code="not_collected"
        )
    reservation = rows.select_related("checkout").get()
    if by.kind == ActorKind.SHOPPER and reservation.mode != Mode.PAY:
        raise Refused(
            _("Please tell the shop itself: that is where the contract was made."),
            code="made_in_shop",
        )
    line = Line.objects.filter(pk=line_id, reservation=reservation).first()
    if line is None or not 1 <= units <= line.kept:
        raise Refused(
            _("Please choose goods that were handed over, and how many of them."), code="units"
        )
    if not words.strip():
        raise Refused(_("Please say what is wrong with the goods."), code="words_missing")
    complaint = Complaint.objects.create(
        nonce=nonce,
        reservation=reservation,
        shop_id=reservation.shop_id,
        line=line,
        units=units,
        words=words.strip(),
        wish=wish or "",
        reported_at=now,
        noted_by_id=by.user_id if by.kind == ActorKind.MEMBER else None,
        limitation_until=lapses(line, shown=timezone.localdate(now)),
    )
    record(complaint, "report", by=by, now=now)
    notices.told(complaint=complaint, kind=Kind.RECEIVED, now=now)
    if by.kind == ActorKind.SHOPPER:
        notices.told(complaint=complaint, kind=Kind.SHOP_NEW, now=now)
    return complaint


def lapses(line: Line, *, shown: date) -> date:
    """When claims about the goods of this line lapse, with all that was mended before."""
    cured = Complaint.objects.filter(line=line, state=ComplaintState.CURED)
    found = list(cured.order_by("ended_at").values_list("cure_type", "ended_at"))
    handed_over = line.reservation.ended_at or line.reservation.placed_at
    back = [ended for _type, ended in found if ended is not None]
    return limitation.until(
        handed_over=timezone.localdate(handed_over),
        shown=shown,
        repaired=any(kind == Cure.REPAIR for kind, _ended in found),
        given_back=timezone.localdate(back[-1]) if back else None,
    )


@transaction.atomic
def choose(*, complaint_id: int, wish: Cure, by: Actor, now: datetime) -> Complaint:
    """Repair or replacement: the shopper's choice, until the shop has begun (BGB § 439 (1))."""
    rows = Complaint.objects.filter(pk=complaint_id, state=ComplaintState.REPORTED)
    # RACE: the state is the condition; whoever began meanwhile has the row.
    if not rows.update(wish=wish, version=F("version") + 1):
        raise Stale(_("The shop has begun already. Please speak to it."), code="begun")
    complaint = read(complaint_id)
    record(complaint, "choose", by=by, now=now, wish=str(wish))
    if by.kind == ActorKind.SHOPPER:
        notices.told(complaint=complaint, kind=Kind.SHOP_CHOSEN, now=now)
    return complaint


def read(complaint_id: int) -> Complaint:
    """With what verbs and mails need."""
    return Complaint.objects.select_related("line__reservation", "reservation__checkout").get(
        pk=complaint_id
    )


def record(complaint: Complaint, verb: str, *, by: Actor, now: datetime, **data: str) -> None:
    """One line of history. Ids and codes only: what people wrote is none of its business."""
    history.record(
        verb=f"complaint.{verb}",
        subject=f"complaint:{complaint.pk}",
        scope=f"shop:{complaint.shop_id}",
        by=by,
        now=now,
        data={"reservation": complaint.reservation_id, **data},
    )
