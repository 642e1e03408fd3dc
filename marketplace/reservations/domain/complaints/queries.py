"""What pages read of complaints, in a constant number of queries. Writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone

from marketplace.reservations.domain.complaints import limitation, notices
from marketplace.reservations.enums import COMPLAINT_OPEN, ComplaintState, Cure, Informed, State
from marketplace.reservations.models import Complaint, Line, Reservation

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from marketplace.reservations.models.complaint import ComplaintQuerySet

#: A cure that takes longer is no longer one "within a reasonable time" without a word about it;
#: the law names no number (BGB § 475 (5)), this is when we remind.
REASONABLE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Seen:
    """A complaint as the shop and the shopper see it."""

    complaint: Complaint
    #: When the mail with the information went out, if it did.
    mailed_at: datetime | None

    @property
    def informed_at(self) -> datetime | None:
        return self.complaint.informed_at or self.mailed_at

    @property
    def informed_how(self) -> str:
        how = self.complaint.informed_how or (Informed.MAIL if self.mailed_at else "")
        return str(Informed(how).label) if how else ""

    @property
    def can_begin(self) -> bool:
        return self.complaint.state == ComplaintState.REPORTED and self.informed_at is not None

    @property
    def is_presumed(self) -> bool:
        """Whether the law presumes that the defect was there at the hand-over (BGB § 477)."""
        ended = self.complaint.reservation.ended_at
        return ended is not None and limitation.is_presumed(
            handed_over=timezone.localdate(ended),
            shown=timezone.localdate(self.complaint.reported_at),
        )

    @property
    def is_late(self) -> bool:
        """Told of after the limitation period; it is for the shop to say whether it insists."""
        return timezone.localdate(self.complaint.reported_at) > self.complaint.limitation_until

    @property
    def other_than_wished(self) -> bool:
        done, wish = self.complaint.cure_type, self.complaint.wish
        return bool(done and wish and done != wish)

    @property
    def prolonged(self) -> bool:
        """Whether a repair has prolonged the limitation period."""
        return (
            self.complaint.state == ComplaintState.CURED and self.complaint.cure_type == Cure.REPAIR
        )


def seen(complaints: Iterable[Complaint]) -> list[Seen]:
    """With what is known of the mail. One query beside the complaints' own."""
    listed = list(complaints)
    mailed = notices.information_sent_at([each.pk for each in listed])
    return [Seen(each, mailed.get(each.pk)) for each in listed]


def with_all(complaints: "ComplaintQuerySet") -> "ComplaintQuerySet":
    """With everything a list of complaints shows."""
    return complaints.select_related(
        "line", "reservation__branch", "reservation__shop", "reservation__checkout__contact"
    )


def of_reservation(reservation: Reservation) -> list[Seen]:
    """All complaints about its goods, the newest first."""
    rows = with_all(Complaint.objects.filter(reservation=reservation))
    return seen(rows.order_by("-reported_at", "-pk"))


def lines_for(reservation: Reservation) -> "QuerySet[Line]":
    """Goods one can complain about now: collected and kept, and no complaint is open."""
    open_now = Complaint.objects.filter(reservation=reservation).open().values("line")
    lines = lines_of(reservation).filter(reservation__state=State.COLLECTED)
    return lines.exclude(pk__in=open_now)


def lines_of(reservation: Reservation) -> "QuerySet[Line]":
    """Goods that were collected and kept, whatever has been said of them."""
    kept = Line.objects.filter(reservation=reservation, consumed__gt=F("withdrawn"))
    return kept.order_by("pk")


def waiting(complaints: "ComplaintQuerySet") -> "ComplaintQuerySet":
    """Those the shop has something to do about, the oldest first."""
    return with_all(complaints.filter(state__in=COMPLAINT_OPEN)).order_by("reported_at", "pk")


def is_overdue(complaint: Complaint, *, now: datetime) -> bool:
    """Open for longer than two weeks."""
    return complaint.is_open and complaint.reported_at + REASONABLE <= now
