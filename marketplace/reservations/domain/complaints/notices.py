"""Mails about a complaint, to the shopper and to the shop.

The first one to the shopper carries the information that has to come before any cure; only once it
has gone out may the shop begin (`curing.begin_cure`).
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils import translation

from marketplace.core.domain import notices
from marketplace.core.domain.notices import Message
from marketplace.core.enums import NoticeState
from marketplace.core.models import Notice
from marketplace.reservations.domain import links
from marketplace.reservations.models import Complaint


class Kind(StrEnum):
    """One folder under `templates/emails/` each."""

    RECEIVED = "complaint_received"
    CURE = "complaint_cure"
    CURED = "complaint_cured"
    ENDED = "complaint_ended"
    SHOP_NEW = "complaint_shop_new"
    SHOP_CHOSEN = "complaint_shop_chosen"


SHOP_KINDS = frozenset({Kind.SHOP_NEW, Kind.SHOP_CHOSEN})


def told(*, complaint: Complaint, kind: Kind, now: datetime) -> None:
    """Owe the mail, in the caller's transaction. Needs the complaint's checkout."""
    shop = kind in SHOP_KINDS
    checkout = complaint.reservation.checkout
    subject = f"complaint:{complaint.pk}"
    notices.send(
        kind=f"reservations.{kind}",
        subject=subject,
        language="de" if shop else checkout.language,
        thread=f"{subject}:shop" if shop else f"checkout:{checkout.pk}",
        now=now,
        unique=_unique(complaint, kind),
    )


def information_sent_at(complaint_ids: list[int]) -> dict[int, datetime]:
    """When the mail with the information went out, of those complaints of which it did. One query.

    LAW: what counts is that it was sent on a durable medium, not that we meant to (BGB § 475 (4)).
    """
    rows = Notice.objects.filter(
        kind=f"reservations.{Kind.RECEIVED}",
        subject__in=[f"complaint:{pk}" for pk in complaint_ids],
        state=NoticeState.SENT,
        sent_at__isnull=False,
    )
    return {
        int(subject.partition(":")[2]): sent_at
        for subject, sent_at in rows.values_list("subject", "sent_at")
        if sent_at is not None
    }


def register() -> None:
    """Called once at start: core asks us to render what it sends."""
    for kind in Kind:
        notices.register(f"reservations.{kind}", _render)


def _unique(complaint: Complaint, kind: Kind) -> str:
    # What was received is told once; of the rest each step is a mail of its own.
    step = "" if kind in (Kind.RECEIVED, Kind.SHOP_NEW) else f":{complaint.version}"
    return f"complaint:{complaint.pk}:{kind}{step}"


def _render(notice: Notice) -> Message | None:
    """The mail of a notice, or None when nobody is to be told any more."""
    kind = Kind(notice.kind.removeprefix("reservations."))
    complaint = (
        Complaint.objects.filter(pk=int(notice.subject.partition(":")[2]))
        .select_related(
            "line", "shop", "reservation__branch", "reservation__checkout__city",
            "reservation__checkout__contact", "reservation__shop",
        )
        .first()
    )  # fmt: skip
    if complaint is None:
        return None
    reservation = complaint.reservation
    to = reservation.checkout.contact.email
    if kind in SHOP_KINDS:
        to = reservation.branch.email or reservation.shop.email
    if not to:
        return None
    with translation.override(notice.language):
        return _message(kind, notice, complaint, to)


def _message(kind: Kind, notice: Notice, complaint: Complaint, to: str) -> Message:
    reservation = complaint.reservation
    city = reservation.checkout.city
    context = _context(notice, complaint)
    folder = f"emails/{kind}"
    subject = render_to_string(f"{folder}/subject.txt", context)
    return Message(
        to=to,
        subject=" ".join(subject.split()),
        text=render_to_string(f"{folder}/body.txt", context),
        html=render_to_string(f"{folder}/body.html", context),
        host=urlsplit(city.base_url).hostname or "localhost",
        sender=city.name,
    )


def _context(notice: Notice, complaint: Complaint) -> dict[str, Any]:
    reservation = complaint.reservation
    checkout = reservation.checkout
    base = checkout.city.base_url.rstrip("/")
    return {
        "city": checkout.city,
        "name": checkout.contact.name,
        "reservation": reservation,
        "complaint": complaint,
        "link": f"{links.address(checkout)}{reservation.pk}/reklamation/",
        "room_link": f"{base}/haendler/{reservation.shop.slug}/reklamationen/{complaint.pk}/",
        "language": notice.language,
    }
