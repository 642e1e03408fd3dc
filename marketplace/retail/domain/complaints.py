"""What a shop reads about complaints: the list, one with its history. Writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db import models
from django.utils.translation import pgettext_lazy

from marketplace.core.models import LogEntry
from marketplace.payments import access as payments_access
from marketplace.payments.models import Payment
from marketplace.reservations.domain.complaints import queries
from marketplace.reservations.domain.complaints.queries import Seen
from marketplace.reservations.enums import COMPLAINT_ENDED, COMPLAINT_OPEN
from marketplace.reservations.models import Complaint
from shops.models import Shop

if TYPE_CHECKING:
    from marketplace.reservations.models.complaint import ComplaintQuerySet

#: Complaints per page.
MANY = 50


class Show(models.TextChoices):
    """Which complaints of the list are shown."""

    OPEN = "", pgettext_lazy("complaints", "Open")
    CLOSED = "closed", pgettext_lazy("complaints", "Closed")


_ROWS = {Show.OPEN: COMPLAINT_OPEN, Show.CLOSED: COMPLAINT_ENDED}


@dataclass(frozen=True, slots=True)
class Row:
    """A complaint of the list."""

    seen: Seen
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list; the open ones oldest first, the closed ones newest first."""

    rows: list[Row]
    page: "Page[Complaint]"
    open: int


@dataclass(frozen=True, slots=True)
class Story:
    """One complaint, what became of it, and the payment money can go back from."""

    seen: Seen
    entries: list[LogEntry]
    #: Only for its owner, and only where it was paid online.
    payment: Payment | None


def listing(rows: "ComplaintQuerySet", *, show: Show, page: str, now: datetime) -> Listing:
    """What the list shows."""
    order = ("reported_at", "pk") if show == Show.OPEN else ("-ended_at", "-pk")
    chosen = queries.with_all(rows.filter(state__in=_ROWS[show])).order_by(*order)
    found = Paginator(chosen, MANY).get_page(page)
    seen = queries.seen(found.object_list)
    return Listing(
        rows=[Row(each, queries.is_overdue(each.complaint, now=now)) for each in seen],
        page=found,
        open=rows.open().count(),
    )


def story(complaint: Complaint, *, shop: Shop, is_owner: bool) -> Story:
    """Everything about one complaint. Needs what `queries.with_all` loads."""
    [seen] = queries.seen([complaint])
    subject = complaint.reservation.subject
    payment = None
    if is_owner and subject is not None:
        paid = payments_access.shop_payments([shop]).filter(subject=subject, captured__gt=0)
        payment = paid.first()
    entries = LogEntry.objects.filter(subject=f"complaint:{complaint.pk}").order_by("pk")
    return Story(
        seen=seen,
        entries=list(entries),
        payment=payment,
    )
