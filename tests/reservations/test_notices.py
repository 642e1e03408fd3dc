"""Every mail of a reservation's life: three parts, both languages, no word of a purchase."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail as outbox
from django.utils import translation

from marketplace.core import qr
from marketplace.core.domain import notices as core_notices
from marketplace.core.domain.history import Actor
from marketplace.core.models import Notice
from marketplace.reservations.domain import lifecycle, links, notices
from marketplace.reservations.domain.notices import Kind
from marketplace.reservations.enums import EndReason
from marketplace.reservations.models import Reservation
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW
SHOP = Actor.system()
BANNED = (
    r"bestell",
    r"\bkauf(en|t)?\b",
    r"zahlungspflichtig",
    r"widerruf",
    r"\border(s|ed)?\b",
    r"\bbuy\b",
    r"purchase",
)


def _ready(reservation: Reservation, **more: object) -> None:
    lifecycle.accept(reservation_id=reservation.pk, by=SHOP, now=NOW)
    lifecycle.mark_ready(reservation_id=reservation.pk, by=SHOP, now=NOW, **more)


def _remind(reservation: Reservation) -> None:
    _ready(reservation, shelf="12")
    notices.remind(reservation_id=reservation.pk, now=NOW)


def _expire(reservation: Reservation) -> None:
    _ready(reservation)
    lifecycle.expire(reservation_id=reservation.pk, now=NOW + timedelta(days=9))


def _cancel(reservation: Reservation, by: Actor = SHOP) -> None:
    reason = EndReason.SHOPPER if by == Actor.shopper() else EndReason.DAMAGED
    lifecycle.cancel(reservation_id=reservation.pk, reason=reason, by=by, now=NOW)


def _decline(reservation: Reservation) -> None:
    lifecycle.decline(reservation_id=reservation.pk, reason=EndReason.NOT_THERE, by=SHOP, now=NOW)


def _move(reservation: Reservation) -> None:
    _ready(reservation)
    later = {"collect_by": NOW + timedelta(days=9)}
    lifecycle.follow(reservation_id=reservation.pk, moved=lambda _: later, by=SHOP, now=NOW)


#: What has to happen until a mail of the kind is owed.
STORIES: dict[Kind, Callable[[Reservation], object]] = {
    Kind.PLACED: lambda reservation: None,
    Kind.SHOP_NEW: lambda reservation: None,
    Kind.ACCEPTED: lambda reservation: lifecycle.accept(
        reservation_id=reservation.pk, by=SHOP, now=NOW
    ),
    Kind.DECLINED: _decline,
    Kind.READY: _ready,
    Kind.REMINDER: _remind,
    Kind.EXPIRED: _expire,
    Kind.CANCELLED: _cancel,
    Kind.MOVED: _move,
    Kind.SHOP_CANCELLED: lambda reservation: _cancel(reservation, Actor.shopper()),
}
#: Sent about what is paid online only: tests/reservations/test_notices_paid.py.
PAID = {Kind.COLLECTED, Kind.WAITING, Kind.REFUNDED, Kind.TOO_LATE}


def _reservation(language: str = "en", **fields: object) -> Reservation:
    city = factories.city()
    shop = factories.shop(
        city, "Müller & Söhne <Wolle>", slug="mueller", email="laden@example.de", **fields
    )
    branch = factories.branch(shop, "Vorsfelde")
    product = factories.product(city, "Schal „Warm & weich“")
    other = factories.branch(factories.shop(city, "Sport Lindner"))
    factories.offer(other, product=product, price="124.90")
    return factories.reservation(
        (factories.offer(branch, product=product), 2), name="Zoë O'Hara", language=language
    )


def letter(kind: Kind, reservation: Reservation):
    """The mail of the kind as it reaches a mail box."""
    notice = Notice.objects.filter(kind=f"reservations.{kind}").latest("pk")
    state = core_notices.send_one(notice_id=notice.pk, now=NOW + timedelta(days=10))
    assert state == "SENT", notice.last_error
    return outbox.outbox[-1]


def told(kind: Kind, language: str = "en", **fields: object):
    reservation = _reservation(language, **fields)
    STORIES[kind](reservation)
    reservation.refresh_from_db()
    return letter(kind, reservation), reservation


def test_every_kind_has_a_story():
    assert set(STORIES) == set(Kind) - PAID


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", sorted(STORIES))
def test_three_parts_and_no_word_of_a_purchase(kind: Kind, language: str):
    mail, reservation = told(kind, language)
    assert mail.subject
    assert "\n" not in mail.subject
    assert len(mail.subject) < 120
    html = mail.alternatives[0].content
    assert mail.alternatives[0].mimetype == "text/html"
    for part in (mail.subject, mail.body, html):
        text = part.replace("Kaufvertrag", "")
        for word in BANNED:
            assert not re.search(word, text, re.IGNORECASE), (word, part)
        assert "None" not in part
        assert "{" not in part
    for odd in ("&amp;", "&#x27;", "&lt;"):
        assert odd not in mail.body + mail.subject
    assert "Müller &amp; Söhne &lt;Wolle&gt;" in html
    assert "style" not in html
    assert "<script" not in html
    assert 'src="http' not in html
    expected = "de" if kind in notices.SHOP_KINDS else language
    assert f'<html lang="{expected}">' in html
    assert reservation.lines.get().title in mail.body
    assert reservation.lines.get().title in unescape(html)
    assert translation.get_language() == "de"


@pytest.mark.parametrize("kind", sorted(set(STORIES) - notices.SHOP_KINDS))
def test_shoppers_get_their_link_and_shops_do_not(kind: Kind):
    mail, reservation = told(kind)
    link = links.address(reservation.checkout)
    assert link.startswith("http://testserver/en/abholung/")
    assert link in mail.body
    assert f'href="{link}"' in mail.alternatives[0].content
    assert mail.to == ["lena.koch@example.de"]


@pytest.mark.parametrize("kind", sorted(notices.SHOP_KINDS))
def test_shops_get_the_counter_and_nobodys_name(kind: Kind):
    mail, reservation = told(kind)
    html = mail.alternatives[0].content
    assert mail.to == ["laden@example.de"]
    assert "/theke/" in mail.body
    for part in (mail.subject, mail.body, html):
        assert "abholung" not in part
        assert "Zoë" not in part
    assert reservation.spoken_code in mail.body


def test_ready_carries_code_picture_place_and_deadline():
    mail, reservation = told(Kind.READY)
    html = mail.alternatives[0].content
    assert reservation.spoken_code in mail.subject
    for part in (mail.body, html):
        assert reservation.spoken_code in part
        assert "Saturday 5 December, 19:00" in part
        assert reservation.branch.street in part
        assert "http://testserver/en/laden/mueller/" in part
        assert "€259.90" in part
    assert 'src="cid:code"' in html
    (picture,) = mail.inline
    assert picture.cid == "code"
    assert qr.read(picture.content) == [f"SR1:{reservation.code}"]


def test_ready_tells_what_was_not_found_and_where_it_is():
    reservation = _reservation()
    line = reservation.lines.get()
    _ready(reservation, found={line.pk: 1})
    mail = letter(Kind.READY, reservation)
    assert "not found: 1 ×" in mail.body
    assert "Sport Lindner" in mail.body
    assert "Total price: €129.95" in mail.body


def test_placed_says_whether_somebody_still_has_to_answer():
    asked, _about = told(Kind.PLACED)
    assert asked.subject.startswith("Reservation received")
    assert "answers by Thursday 3 December, 15:05" in asked.body
    assert "The contract of sale is only made in the shop." in asked.body


def test_placed_is_the_confirmation_where_the_shop_confirms_at_once():
    sure, _about = told(Kind.PLACED, auto_accept=True)
    assert sure.subject.startswith("Reservation confirmation")
    assert "by Thursday 3 December, 14:35 at the latest" in sure.body


def test_promises_follow_the_citys_rules():
    city = factories.city(hold_days=3)
    offer = factories.offer(factories.branch(factories.shop(city)))
    reservation = factories.reservation((offer, 1), language="en")
    mail = letter(Kind.PLACED, reservation)
    assert "keeps it for 3 opening days" in mail.body


def test_several_shops_are_one_mail():
    city = factories.city()
    offers = [
        factories.offer(factories.branch(factories.shop(city, name, slug=name.lower())))
        for name in ("Eins", "Zwei")
    ]
    factories.placed(*((offer, 1) for offer in offers), language="en")
    assert Notice.objects.filter(kind="reservations.placed").count() == 1
    mail = letter(Kind.PLACED, Reservation.objects.first())
    assert "and 1 more" in mail.subject
    for offer in offers:
        assert offer.variant.product.title in mail.body


def test_declined_leads_to_other_branches():
    mail, _about = told(Kind.DECLINED)
    assert "The shop looked and could not find the goods." in mail.body
    assert "Sport Lindner" in mail.body
    assert "€124.90" in mail.body
