"""Mails about withdrawals: the receipt at once, what happens now, what the shop has to do.

Rows hold ids only; who declared and what is read from the declaration when the mail is written.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils import translation

from marketplace.core.domain import notices
from marketplace.core.domain.notices import Message
from marketplace.core.models import Notice
from marketplace.reservations.domain import links, money, queries, sentences
from marketplace.reservations.domain.withdrawal import dates, payload
from marketplace.reservations.enums import State
from marketplace.reservations.models import Reservation, Withdrawal


class Kind(StrEnum):
    """One folder under `templates/emails/` each."""

    RECEIVED = "withdrawal_received"
    MATCHED = "withdrawal_matched"
    ANSWERED = "withdrawal_answered"
    SHOP = "withdrawal_shop"
    DUE = "withdrawal_due"


SHOP_KINDS = frozenset({Kind.SHOP, Kind.DUE})


def received(*, withdrawal: Withdrawal, now: datetime) -> None:
    """LAW: the receipt, with content, day and time, at once, on a durable medium (BGB § 356a (4)).
    It says that it was received, not whether it holds."""
    _send(Kind.RECEIVED, withdrawal, now)


def matched(*, withdrawal: Withdrawal, now: datetime) -> None:
    """What happens now, for the shopper and for the shop."""
    _send(Kind.MATCHED, withdrawal, now)
    _send(Kind.SHOP, withdrawal, now)


def answered(*, withdrawal: Withdrawal, now: datetime) -> None:
    """Rejected, or not all of it, and why."""
    _send(Kind.ANSWERED, withdrawal, now)


def due(*, withdrawal: Withdrawal, now: datetime) -> None:
    """Three days are left for the money (law A10)."""
    _send(Kind.DUE, withdrawal, now)


def register() -> None:
    """Called once at start: core asks us to render what it sends."""
    for kind in Kind:
        notices.register(f"reservations.{kind}", _render)


def _send(kind: Kind, withdrawal: Withdrawal, now: datetime) -> None:
    shop = kind in SHOP_KINDS
    subject = f"withdrawal:{withdrawal.pk}"
    notices.send(
        kind=f"reservations.{kind}",
        subject=subject,
        language="de" if shop else withdrawal.declaration.language,
        thread=f"{subject}:shop" if shop else subject,
        now=now,
        unique=f"{subject}:{kind}",
    )


# Rendering ------------------------------------------------------------------------------------


def _render(notice: Notice) -> Message | None:
    kind = Kind(notice.kind.removeprefix("reservations."))
    about = Withdrawal.objects.filter(pk=int(notice.subject.partition(":")[2]))
    withdrawal = about.select_related("declaration", "city").first()
    if withdrawal is None:
        return None
    reservation = _reservation(withdrawal)
    said = payload.read(withdrawal.declaration.payload)
    to = _TO[kind](said, reservation)
    if not to:
        return None
    with translation.override(notice.language):
        context = _context(notice, withdrawal, reservation, said)
        folder = f"emails/{kind}"
        return Message(
            to=to,
            subject=" ".join(render_to_string(f"{folder}/subject.txt", context).split()),
            text=render_to_string(f"{folder}/body.txt", context),
            html=render_to_string(f"{folder}/body.html", context),
            host=urlsplit(withdrawal.city.base_url).hostname or "localhost",
            sender=withdrawal.city.name,
        )


def _reservation(withdrawal: Withdrawal) -> Reservation | None:
    if withdrawal.reservation_id is None:
        return None
    return queries.with_lines(Reservation.objects.filter(pk=withdrawal.reservation_id)).first()


def _context(
    notice: Notice, withdrawal: Withdrawal, reservation: Reservation | None, said: Any
) -> dict[str, Any]:
    received_at = withdrawal.declaration.received_at
    context = {
        "city": withdrawal.city,
        "language": notice.language,
        "withdrawal": withdrawal,
        "said": said,
        "name": said["name"],
        "received_at": received_at,
        "return_until": dates.return_until(received_at),
        "reservation": reservation,
        "lines": list(withdrawal.lines.select_related("line").order_by("line")),
        "receipt": links.receipt_address(withdrawal.declaration, withdrawal.city),
    }
    if reservation is not None:
        paid = money.of([reservation]).get(reservation.pk)
        base = withdrawal.city.base_url.rstrip("/")
        context |= {
            "is_collected": reservation.state == State.COLLECTED,
            "money_sentence": sentences.of_money(reservation, paid),
            "link": links.address(reservation.checkout),
            "room": f"{base}/haendler/{reservation.shop.slug}/widerrufe/{withdrawal.pk}/",
        }
    return context


def _declared(said: Any, reservation: Reservation | None) -> str:
    return str(said["email"])


def _shopper(said: Any, reservation: Reservation | None) -> str:
    """SECURITY: what stands in an order goes to the address it was ordered with."""
    contact = reservation.checkout.contact.email if reservation else ""
    return contact or str(said["email"])


def _shop(said: Any, reservation: Reservation | None) -> str:
    return (reservation.branch.email or reservation.shop.email) if reservation else ""


_TO: dict[Kind, Callable[[Any, Reservation | None], str]] = {
    Kind.RECEIVED: _declared,
    Kind.MATCHED: _shopper,
    Kind.ANSWERED: _shopper,
    Kind.SHOP: _shop,
    Kind.DUE: _shop,
}
