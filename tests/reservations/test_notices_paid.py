"""Every mail about what is paid online: where the money is, and no word of an obligation-free
reservation. Its counterpart is test_notices.py."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail as outbox

from marketplace.core.domain import notices as core_notices
from marketplace.core.domain.history import Actor
from marketplace.core.models import Notice
from marketplace.payments.enums import PaymentState, RefundState
from marketplace.payments.gateway.port import RefundSnapshot
from marketplace.payments.models import Refund
from marketplace.reservations.domain import lifecycle, links, notices
from marketplace.reservations.domain.notices import Kind
from marketplace.reservations.enums import EndReason
from marketplace.reservations.models import Reservation
from shops.domain import counts
from tests import factories, tills
from tests.tills import say

pytestmark = pytest.mark.django_db

NOW = factories.NOW
SHOP = Actor.system()
#: What is true of a reservation without obligation only.
BANNED = (
    r"paid nothing",
    r"nichts bezahlt",
    r"owe nothing",
    r"only made in the shop",
    r"pay in the shop",
    r"somebody reserved",
    r"without obligation",
    r"unverbindlich",
    r"Reservation (confirm|receiv|cancel)",
    r"your reservation",
)


def _accept(reservation: Reservation) -> None:
    say(reservation, PaymentState.AUTHORISED)
    lifecycle.accept(reservation_id=reservation.pk, by=SHOP, now=NOW)


def _ready(reservation: Reservation) -> None:
    _accept(reservation)
    lifecycle.mark_ready(reservation_id=reservation.pk, shelf="7", by=SHOP, now=NOW)
    say(reservation, PaymentState.CAPTURED)


def _decline(reservation: Reservation) -> None:
    say(reservation, PaymentState.AUTHORISED)
    lifecycle.decline(reservation_id=reservation.pk, reason=EndReason.CLOSED, by=SHOP, now=NOW)


def _cancel(reservation: Reservation) -> None:
    _ready(reservation)
    lifecycle.cancel(
        reservation_id=reservation.pk, reason=EndReason.SHOPPER, by=Actor.shopper(), now=NOW
    )


def _move(reservation: Reservation) -> None:
    _ready(reservation)
    later = {"collect_by": NOW + timedelta(days=9)}
    lifecycle.follow(reservation_id=reservation.pk, moved=lambda _: later, by=SHOP, now=NOW)


def _refund(reservation: Reservation) -> None:
    """The shopper takes one of two along; the money for the other goes back."""
    _ready(reservation)
    line = reservation.lines.get()
    tills.confirm(reservation)
    lifecycle.hand_over(reservation_id=reservation.pk, taken={line.pk: 1}, by=SHOP, now=NOW)
    refund = Refund.objects.get()
    done = RefundSnapshot(
        provider_id="re_1",
        amount=refund.amount,
        state=RefundState.DONE,
        reference=str(refund.nonce),
    )
    say(reservation, PaymentState.CAPTURED, refunds=(done,))


def _collect(reservation: Reservation) -> None:
    _ready(reservation)
    tills.confirm(reservation)
    lifecycle.hand_over(reservation_id=reservation.pk, by=SHOP, now=NOW)


def _too_late(reservation: Reservation) -> None:
    say(reservation, PaymentState.OPEN)
    say(reservation, PaymentState.EXPIRED)
    offer = reservation.lines.get().offer
    counts.count_by_eye(offer_id=offer.pk, on_shelf=0, by=SHOP, now=NOW)
    say(reservation, PaymentState.CAPTURED)


def _wait(reservation: Reservation) -> None:
    _ready(reservation)
    assert notices.remind_paid(reservation_id=reservation.pk, now=NOW)


#: kind -> what has to happen, and what the mail says of the money.
STORIES: dict[Kind, tuple[Callable[[Reservation], object], str]] = {
    Kind.PLACED: (
        lambda reservation: say(reservation, PaymentState.AUTHORISED),
        "You have authorised €259.90.",
    ),
    Kind.SHOP_NEW: (lambda reservation: say(reservation, PaymentState.AUTHORISED), "Paid online"),
    Kind.DECLINED: (_decline, "Nothing was taken. The €259.90 you had authorised are released."),
    Kind.READY: (_ready, "You have paid €259.90."),
    Kind.MOVED: (_move, "You have paid €259.90."),
    Kind.CANCELLED: (_cancel, "€259.90 of it are on their way back to you."),
    Kind.SHOP_CANCELLED: (_cancel, "Paid online: the money goes back by itself."),
    Kind.WAITING: (_wait, "You have paid €259.90."),
    Kind.REFUNDED: (_refund, "€129.95 of it have been refunded."),
    Kind.COLLECTED: (_collect, "You have paid €259.90."),
    Kind.TOO_LATE: (_too_late, "€259.90 of it are on their way back to you."),
}
#: The clock ends and reminds only reservations (law A1); what was paid is accepted by the mail that
#: confirms the contract, see test_contracts.py.
NEVER = {Kind.REMINDER, Kind.EXPIRED, Kind.ACCEPTED}


def told(kind: Kind):
    shop = factories.shop(factories.city(), "Müller & Söhne <Wolle>", slug="mueller")
    branch = factories.branch(shop, "Vorsfelde")
    tills.open_till(shop)
    reservation = tills.ordered(factories.offer(branch, count=2), 2, name="Zoë O'Hara")
    STORIES[kind][0](reservation)
    notice = Notice.objects.filter(kind=f"reservations.{kind}").latest("pk")
    state = core_notices.send_one(notice_id=notice.pk, now=NOW + timedelta(days=10))
    assert state == "SENT", notice.last_error
    return outbox.outbox[-1], reservation


def test_every_kind_has_a_story():
    assert set(STORIES) == set(Kind) - NEVER


@pytest.mark.parametrize("kind", sorted(STORIES))
def test_where_the_money_is_and_no_word_of_a_reservation(kind: Kind):
    mail, reservation = told(kind)
    html = mail.alternatives[0].content
    for part in (mail.body, unescape(html)):
        assert STORIES[kind][1] in part
    for part in (mail.subject, mail.body, html):
        if kind not in notices.SHOP_KINDS:
            for word in BANNED:
                assert not re.search(word, part, re.IGNORECASE), (word, part)
        assert "None" not in part
        assert "{" not in part
    assert "\n" not in mail.subject
    assert len(mail.subject) < 120
    assert "style" not in html
    assert 'src="http' not in html
    assert "Müller &amp; Söhne &lt;Wolle&gt;" in html
    assert reservation.lines.get().title in mail.body
    link = links.address(reservation.checkout)
    assert (link in mail.body) == (kind not in notices.SHOP_KINDS)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.PLACED, "Order received"),
        (Kind.DECLINED, "Sorry, declined"),
        (Kind.CANCELLED, "Order cancelled"),
        (Kind.REFUNDED, "Refund for your order"),
        (Kind.COLLECTED, "Collected at"),
        (Kind.TOO_LATE, "Paid too late"),
        (Kind.WAITING, "Your goods still wait for you"),
    ],
)
def test_subjects_speak_of_an_order(kind: Kind, words: str):
    mail, _about = told(kind)
    assert mail.subject.startswith(words)


def test_the_receipt_holds_what_a_contract_needs():
    mail, _about = told(Kind.PLACED)
    for words in ("Total price: €259.90", "incl. VAT", "Your contracting party is Müller & Söhne"):
        assert words in mail.body
    assert "The contract is made when the shop confirms" in mail.body


def test_what_waits_carries_its_code():
    mail, reservation = told(Kind.WAITING)
    assert reservation.spoken_code in mail.body
    assert 'src="cid:code"' in mail.alternatives[0].content
