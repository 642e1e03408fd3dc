"""Which mails a reservation's life sends, to whom, and what they are made from.

Rows are written in the verb's own transaction and hold ids only; name and address are read when
the mail is rendered. Mails about a tap wait until it can no longer be undone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.core import qr
from marketplace.core.domain import notices
from marketplace.core.domain.history import Actor
from marketplace.core.domain.notices import Attachment, Message
from marketplace.core.enums import ActorKind
from marketplace.core.models import Notice
from marketplace.reservations.domain import codes, links, money, queries, sentences
from marketplace.reservations.domain.receipts import queries as receipts
from marketplace.reservations.enums import EndReason, Mode, State
from marketplace.reservations.models import Checkout, Reservation

#: As long as `counter.UNDO`.
WAIT = timedelta(seconds=60)


class Kind(StrEnum):
    """One folder under `templates/emails/` each."""

    PLACED = "placed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    READY = "ready"
    REMINDER = "reminder"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    MOVED = "moved"
    WAITING = "waiting"
    REFUNDED = "refunded"
    TOO_LATE = "too_late"
    COLLECTED = "collected"
    SHOP_NEW = "shop_new"
    SHOP_CANCELLED = "shop_cancelled"


SHOP_KINDS = frozenset({Kind.SHOP_NEW, Kind.SHOP_CANCELLED})
#: Mails that show code and QR.
WITH_CODE = frozenset({Kind.READY, Kind.REMINDER, Kind.WAITING})
#: Mails that lead to the shop's receipts and corrections, by name: `collected` is the one after
#: the hand-over.
WITH_DOCUMENTS = frozenset({"collected", "refunded", "cancelled"})


def placed(*, checkout: Checkout, reservations: Sequence[Reservation], now: datetime) -> None:
    """One mail for the whole act of checking out, and one to each shop."""
    first = min(reservation.pk for reservation in reservations)
    _send(
        Kind.PLACED, f"reservation:{first}", checkout, now, unique=f"checkout:{checkout.pk}:{first}"
    )
    shop_told(reservations=reservations, now=now)


def shop_told(*, reservations: Sequence[Reservation], now: datetime) -> None:
    """Each shop hears of what it has to do."""
    for reservation in reservations:
        _send_about(Kind.SHOP_NEW, reservation, now)


def accepted(*, reservation: Reservation, now: datetime) -> None:
    _send_about(Kind.ACCEPTED, reservation, now, wait=True)


def declined(*, reservation: Reservation, now: datetime) -> None:
    _send_about(Kind.DECLINED, reservation, now, wait=True)


def ready(*, reservation: Reservation, now: datetime) -> None:
    # What was paid cannot be undone any more, so nobody has to wait for it.
    _send_about(Kind.READY, reservation, now, wait=reservation.mode == Mode.RESERVE)


def moved(*, reservation: Reservation, now: datetime) -> None:
    """The shop's hours have changed, and with them what was promised."""
    _send_about(Kind.MOVED, reservation, now, wait=True)


def expired(*, reservation: Reservation, now: datetime) -> None:
    _send_about(Kind.EXPIRED, reservation, now)


def cancelled(*, reservation: Reservation, by: Actor, now: datetime) -> None:
    if reservation.reason == EndReason.WITHDRAWN:
        return  # told by `withdrawal.mails`, to both sides
    _send_about(Kind.CANCELLED, reservation, now, wait=by.kind == ActorKind.MEMBER)
    if by.kind == ActorKind.SHOPPER:
        _send_about(Kind.SHOP_CANCELLED, reservation, now)


def remind(*, reservation_id: int, now: datetime) -> bool:
    """Remind once before a ready reservation lapses; returns whether this call did it."""
    # RACE: the empty column is the condition, so two ticks send one mail.
    rows = Reservation.objects.filter(pk=reservation_id, state=State.READY, reminded_at=None)
    if not rows.update(reminded_at=now):
        return False
    _send_about(Kind.REMINDER, Reservation.objects.get(pk=reservation_id), now)
    return True


def remind_paid(*, reservation_id: int, now: datetime) -> bool:
    """Say once, when its time is over, that what was paid still waits; whether this call did."""
    rows = Reservation.objects.filter(
        pk=reservation_id, mode=Mode.PAY, state=State.READY, reminded_at=None
    )
    # RACE: the empty column is the condition, so two ticks send one mail.
    if not rows.update(reminded_at=now):
        return False
    _send_about(Kind.WAITING, Reservation.objects.get(pk=reservation_id), now)
    return True


def refunded(*, reservation: Reservation, payment_id: int, amount: Decimal, now: datetime) -> None:
    """Money has gone back while the reservation runs or after it was collected."""
    subject = f"reservation:{reservation.pk}"
    unique = f"{subject}:refunded:{payment_id}:{amount}:{now.isoformat()}"
    _send(Kind.REFUNDED, subject, reservation.checkout, now, unique=unique)


def collected(*, reservation: Reservation, now: datetime) -> None:
    """LAW: whoever paid is told until when one may withdraw, once the hand-over can no longer be
    undone (law A7). A reserve was bought in the shop: nothing to tell."""
    if reservation.mode == Mode.PAY:
        _send_about(Kind.COLLECTED, reservation, now, wait=True)


def too_late(*, reservation: Reservation, now: datetime) -> None:
    """Paid after the hold had lapsed and the goods were gone: the money goes back."""
    _send_about(Kind.TOO_LATE, reservation, now)


def void(*, reservation: Reservation, version: int, now: datetime) -> None:
    """Mails about a tap that was taken back are not sent."""
    notices.void(unique_prefix=f"reservation:{reservation.pk}:{version}:", now=now)


def register() -> None:
    """Called once at start: core asks us to render what it sends."""
    for kind in Kind:
        notices.register(f"reservations.{kind}", _render)


def _send_about(kind: Kind, reservation: Reservation, now: datetime, *, wait: bool = False) -> None:
    subject = f"reservation:{reservation.pk}"
    _send(
        kind,
        subject,
        reservation.checkout,
        now,
        unique=f"{subject}:{reservation.version}:{kind}",
        not_before=now + WAIT if wait else None,
    )


def _send(
    kind: Kind,
    subject: str,
    checkout: Checkout,
    now: datetime,
    *,
    unique: str,
    not_before: datetime | None = None,
) -> None:
    shop = kind in SHOP_KINDS
    notices.send(
        kind=f"reservations.{kind}",
        subject=subject,
        language="de" if shop else checkout.language,
        thread=f"{subject}:shop" if shop else f"checkout:{checkout.pk}",
        now=now,
        not_before=not_before,
        unique=unique,
    )


# Rendering ------------------------------------------------------------------------------------


def _render(notice: Notice) -> Message | None:
    """The mail of a notice, or None when nobody is to be told any more."""
    kind = Kind(notice.kind.removeprefix("reservations."))
    about = Reservation.objects.filter(pk=int(notice.subject.partition(":")[2]))
    reservation = queries.with_lines(about).first()
    if reservation is None:
        return None
    to = _shop_address(reservation) if kind in SHOP_KINDS else reservation.checkout.contact.email
    if not to:
        return None
    with translation.override(notice.language):
        return _message(kind, notice, reservation, to)


def _message(kind: Kind, notice: Notice, reservation: Reservation, to: str) -> Message:
    checkout = reservation.checkout
    context = _context(kind, notice, reservation)
    together = context["reservations"]
    folder = f"emails/{kind}"
    subject = render_to_string(f"{folder}/subject.txt", context)
    attachments = []
    if kind in WITH_CODE:
        image = qr.png(codes.PREFIX + reservation.code)
        name = "code.png"
        attachments = [Attachment(name=name, content=image, mimetype="image/png", cid="code")]
    return Message(
        to=to,
        subject=" ".join(subject.split()),
        text=render_to_string(f"{folder}/body.txt", context),
        html=render_to_string(f"{folder}/body.html", context),
        attachments=attachments,
        host=urlsplit(checkout.city.base_url).hostname or "localhost",
        sender=checkout.city.name if kind in SHOP_KINDS else sender_of(reservation, *together),
    )


def sender_of(*reservations: Reservation) -> str:
    """LAW: the seller first, and through whom (law A12); several sellers have no one name."""
    first = reservations[0]
    place = f"Stadtregal {first.checkout.city.name}"
    if len({each.shop_id for each in reservations}) > 1:
        return place
    return _("%(shop)s via %(place)s") % {"shop": first.shop.name, "place": place}


def _context(kind: Kind, notice: Notice, reservation: Reservation) -> dict[str, Any]:
    checkout = reservation.checkout
    together = [reservation]
    if kind == Kind.PLACED:
        # What was placed in the same act: same checkout, same moment.
        same = Q(checkout=checkout, placed_at=reservation.placed_at)
        together = list(queries.with_lines(Reservation.objects.filter(same)).order_by("pk"))
    others = {}
    if kind in (Kind.DECLINED, Kind.CANCELLED, Kind.READY):
        lines = [
            line
            for line in reservation.lines.all()
            if line.missing or reservation.state == State.DECLINED
        ]
        others = queries.elsewhere(lines, checkout=checkout)
    documents = receipts.of([reservation]) if kind in WITH_DOCUMENTS else {}
    return {
        "documents": documents.get(reservation.pk, []),
        "city": checkout.city,
        "checkout": checkout,
        "name": checkout.contact.name,
        "reservation": reservation,
        "reservations": together,
        "link": links.address(checkout),
        "withdrawal_link": links.withdrawal_address(checkout),
        "elsewhere": [offer for offers in others.values() for offer in offers],
        "desk_link": _desk_link(reservation),
        "language": notice.language,
        "money_sentence": sentences.of_money(
            reservation, money.of([reservation]).get(reservation.pk)
        ),
    }


def _shop_address(reservation: Reservation) -> str:
    return reservation.branch.email or reservation.shop.email


def _desk_link(reservation: Reservation) -> str:
    base = reservation.checkout.city.base_url.rstrip("/")
    return f"{base}/haendler/{reservation.shop.slug}/{reservation.branch.slug}/theke/"
