"""The contract of what is paid online, confirmed in full on something that lasts (law A5).

LAW: BGB § 312i (1) no. 3, § 312f (2): an order is acknowledged at once, and what was agreed reaches
the shopper at the latest with the goods, in the mail itself and not behind a link. One mail says
both where the shop accepts at once. Until it went out, or was handed over on paper, nobody hands
the goods over: `require_confirmed`, and below it a constraint.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history, notices
from marketplace.core.domain.history import Actor
from marketplace.core.domain.notices import Message
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import Notice
from marketplace.reservations.domain import agreed, links, money, queries, sentences, swaps
from marketplace.reservations.domain.notices import WAIT, sender_of
from marketplace.reservations.enums import OPEN, Mode
from marketplace.reservations.models import Reservation

KIND = "reservations.contract"


def confirm(*, reservation: Reservation, now: datetime, wait: bool = False) -> None:
    """Owe the mail that confirms the contract, in the caller's transaction. `wait`: until the tap
    that made it can no longer be taken back."""
    subject = f"reservation:{reservation.pk}"
    notices.send(
        kind=KIND,
        subject=subject,
        language=reservation.checkout.language,
        thread=f"checkout:{reservation.checkout_id}",
        now=now,
        not_before=now + WAIT if wait else None,
        unique=f"{subject}:{reservation.version}:contract",
    )


def hasten(*, reservation: Reservation, now: datetime) -> None:
    """The goods are found, so nobody takes the yes back any more: the mail need not wait."""
    notices.hasten(subject=f"reservation:{reservation.pk}", kinds=[KIND], now=now)


def is_confirmed(reservation_id: int) -> bool:
    rows = Reservation.objects.filter(pk=reservation_id)
    return rows.filter(confirmation_sent_at__isnull=False).exists()


def waits_for_confirmation(reservation: Reservation) -> bool:
    """Paid online, and its contract has not reached the shopper yet."""
    return reservation.mode == Mode.PAY and reservation.confirmation_sent_at is None


def require_confirmed(reservation: Reservation) -> None:
    """`Refused` while the contract of a paid reservation has not reached its shopper."""
    if waits_for_confirmation(reservation):
        raise Refused(
            _(
                "The confirmation of the contract has not gone out yet, so these goods must not be"
                " handed over. It is sent in a moment; or print it and hand it over with them."
            ),
            code="unconfirmed",
        )


@transaction.atomic
def hand_over_on_paper(*, reservation_id: int, by: Actor, now: datetime) -> Reservation:
    """Somebody of the shop has printed the contract and gives it to the shopper with the goods: a
    mail that cannot be delivered keeps nobody from what was paid for.

    `Stale` where it reached the shopper already, or there is no contract any more.
    """
    if by.user_id is None:
        raise ValueError("paper is handed over by somebody")
    swaps.keep(reservation_id)
    reservation = swaps.read(reservation_id)
    if reservation.mode != Mode.PAY or reservation.state not in OPEN:
        raise Stale(_("There is nothing to confirm here any more."), code="no_contract")
    if reservation.confirmation_sent_at is not None:
        raise Stale(_("The contract has reached the shopper already."), code="confirmed")
    swaps.write(
        reservation,
        {
            "confirmation_sent_at": now,
            "confirmation_hash": sha256(_text(reservation).encode()).hexdigest(),
            "confirmation_paper_by_id": by.user_id,
        },
    )
    history.record(
        verb="reservation.contract_on_paper",
        subject=f"reservation:{reservation_id}",
        scope=f"shop:{reservation.shop_id}",
        by=by,
        now=now,
    )
    return reservation


def register() -> None:
    """Called once at start: core asks us to write the mail, and tells us that it went out."""
    notices.register(KIND, _render, sent=_sent)


# Inside -------------------------------------------------------------------------------------


def _sent(notice: Notice, digest: str, now: datetime) -> None:
    """The first time counts: a mail that goes out twice is the same mail."""
    rows = Reservation.objects.filter(pk=_id(notice), confirmation_sent_at=None, mode=Mode.PAY)
    rows.update(confirmation_sent_at=now, confirmation_hash=digest)


def _render(notice: Notice) -> Message | None:
    about = Reservation.objects.filter(pk=_id(notice))
    reservation = queries.with_lines(about).first()
    if reservation is None or not reservation.checkout.contact.email:
        return None
    with translation.override(notice.language):
        context = _context(reservation)
        return Message(
            to=reservation.checkout.contact.email,
            subject=" ".join(render_to_string("emails/contract/subject.txt", context).split()),
            text=render_to_string("emails/contract/body.txt", context),
            html=render_to_string("emails/contract/body.html", context),
            host=urlsplit(reservation.checkout.city.base_url).hostname or "localhost",
            sender=sender_of(reservation),
        )


def _text(reservation: Reservation) -> str:
    """The contract in words, in the language in which it was made."""
    found = queries.with_lines(Reservation.objects.filter(pk=reservation.pk)).get()
    with translation.override(found.checkout.language):
        return render_to_string("emails/contract/body.txt", _context(found))


def _context(reservation: Reservation) -> dict[str, Any]:
    checkout = reservation.checkout
    return {
        "city": checkout.city,
        "checkout": checkout,
        "name": checkout.contact.name,
        "reservation": reservation,
        "agreed": agreed.of(checkout),
        "link": links.address(checkout),
        "withdrawal_link": links.withdrawal_address(checkout),
        "language": checkout.language,
        "money_sentence": sentences.of_money(
            reservation, money.of([reservation]).get(reservation.pk)
        ),
    }


def _id(notice: Notice) -> int:
    return int(notice.subject.partition(":")[2])
