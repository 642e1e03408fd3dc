"""What was agreed online reaches the shopper in full, before the goods do (law A5, A8, A16)."""

import re
from datetime import timedelta
from email.header import decode_header, make_header
from html import unescape

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction
from django.test import override_settings

from marketplace.core.domain import notices as core_notices
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import Notice
from marketplace.payments.enums import PaymentState
from marketplace.reservations.domain import agreed, contracts, counter, lifecycle
from marketplace.reservations.enums import State
from marketplace.reservations.models import AgreedText, Reservation
from shops.domain import article
from shops.domain.article import Said
from shops.domain.legal import texts
from shops.enums_legal import LegalKind
from tests import factories, tills
from tests.core.letters import BROKEN_MAIL
from tests.factories import NOW
from tests.tills import say

pytestmark = pytest.mark.django_db

BY = Actor.system()
MINUTE = timedelta(minutes=1)


@pytest.fixture
def shop(db):
    made = factories.shop(factories.city(), "Müller & Söhne <Wolle>", slug="mueller")
    factories.branch(made, "Vorsfelde")
    factories.legal(made)
    tills.open_till(made)
    return made


@pytest.fixture
def branch(shop):
    return shop.branches.get()


@pytest.fixture
def clerk(shop):
    return Actor.member(factories.member(shop))


def accepted(branch, clerk, **fields) -> Reservation:
    """Paid, and the shop has said yes by a tap."""
    reservation = tills.ordered(factories.offer(branch), 2, **fields)
    say(reservation, PaymentState.AUTHORISED)
    who = {"client_id": factories.uuid.uuid4(), "by": clerk, "now": NOW}
    counter.accept(reservation_id=reservation.pk, **who)
    reservation.refresh_from_db()
    return reservation


def ready(branch, clerk, **fields) -> Reservation:
    reservation = accepted(branch, clerk, **fields)
    lifecycle.mark_ready(reservation_id=reservation.pk, by=BY, now=NOW)
    say(reservation, PaymentState.CAPTURED)
    assert reservation.state == State.READY
    return reservation


def owed(reservation) -> list[str]:
    rows = Notice.objects.queued().filter(subject=f"reservation:{reservation.pk}").order_by("pk")
    return [kind.removeprefix("reservations.") for kind in rows.values_list("kind", flat=True)]


def confirmation(reservation):
    tills.confirm(reservation)
    return outbox.outbox[-1]


# Two confirmations (law A5) -------------------------------------------------------------------


@pytest.mark.law("A5")
def test_an_order_is_acknowledged_at_once_and_confirmed_when_the_shop_accepts(branch, clerk):
    reservation = tills.authorised(factories.offer(branch))
    assert owed(reservation) == ["placed", "shop_new"]
    assert not AgreedText.objects.exclude(checkout=reservation.checkout).exists()
    counter.accept(
        reservation_id=reservation.pk, client_id=factories.uuid.uuid4(), by=clerk, now=NOW
    )
    assert owed(reservation) == ["placed", "shop_new", "contract"]
    contract = Notice.objects.get(kind=contracts.KIND)
    assert contract.not_before == NOW + MINUTE


@pytest.mark.law("A5")
def test_one_mail_says_both_where_the_shop_accepts_at_once(shop, branch):
    type(shop).objects.filter(pk=shop.pk).update(auto_accept=True)
    shop.refresh_from_db()
    branch.refresh_from_db()
    reservation = tills.authorised(factories.offer(branch))
    assert reservation.state == State.CONFIRMED
    assert owed(reservation) == ["contract", "shop_new"]
    letter = confirmation(reservation)
    assert "We have received your order, and Müller & Söhne <Wolle> has accepted it" in letter.body


@pytest.mark.law("A5")
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_mail_holds_the_whole_contract_and_not_only_links(shop, branch, clerk, language):
    reservation = accepted(branch, clerk, language=language, name="Zoë O'Hara")
    letter = confirmation(reservation)
    html = unescape(re.sub(r"<[^>]+>", " ", letter.alternatives[0].content))
    kept = agreed.of(reservation.checkout)
    assert [text.kind for text in kept.texts] == list(LegalKind.values)
    assert bool(kept.governing) == (language != "de")
    for part in (letter.body, html):
        for word in (reservation.lines.get().title, "Müller & Söhne <Wolle> GmbH", "HRB 200001"):
            assert word in part
        assert "http://testserver/widerruf/" in part
        plain = " ".join(part.split())
        for text in [*kept.texts, *kept.governing]:
            assert text.title in part
            for block in texts.blocks(text.body):
                if not block.is_heading:
                    for line in block.lines:
                        assert " ".join(line.split()) in plain, text.kind
        assert "{" not in part
        assert "None" not in part
    amount = "259,90 €" if language == "de" else "€259.90"
    assert amount.replace(" ", "\u00a0") in letter.body or amount in letter.body
    assert "Müller &amp; Söhne &lt;Wolle&gt;" in letter.alternatives[0].content
    assert "Order confirmation" in letter.subject


@pytest.mark.law("A5")
def test_whoever_ordered_in_english_reads_that_german_governs_and_has_it(branch, clerk):
    letter = confirmation(accepted(branch, clerk, language="en"))
    for part in (letter.body, letter.alternatives[0].content):
        assert "The German text governs." in part
        assert "Muster-Widerrufsformular" in part
        assert "Model withdrawal form" in part


@pytest.mark.law("A12")
def test_the_seller_is_named_first_and_through_whom(branch, clerk):
    reservation = accepted(branch, clerk)
    letter = confirmation(reservation)
    name = str(make_header(decode_header(letter.from_email)))
    assert name.startswith("Müller & Söhne <Wolle> via Stadtregal Wolfsburg <")


# Nothing is handed over before (law A5) -------------------------------------------------------


@pytest.mark.law("A5")
def test_goods_wait_until_the_contract_has_gone_out(branch, clerk):
    reservation = ready(branch, clerk)
    assert reservation.confirmation_sent_at is None
    with pytest.raises(Refused) as refusal:
        lifecycle.hand_over(reservation_id=reservation.pk, by=clerk, now=NOW)
    assert refusal.value.code == "unconfirmed"
    tills.confirm(reservation)
    assert reservation.confirmation_sent_at == NOW
    assert len(reservation.confirmation_hash) == 64
    lifecycle.hand_over(reservation_id=reservation.pk, by=clerk, now=NOW)
    reservation.refresh_from_db()
    assert reservation.state == State.COLLECTED


@pytest.mark.law("A5")
def test_the_database_itself_refuses(branch, clerk):
    reservation = ready(branch, clerk)
    rows = Reservation.objects.filter(pk=reservation.pk)
    with pytest.raises(IntegrityError, match="handed_over_confirmed"), transaction.atomic():
        rows.update(state=State.COLLECTED, ended_at=NOW)


def test_a_reservation_without_payment_needs_no_contract(branch, clerk):
    reservation = factories.reservation((factories.offer(branch), 1))
    lifecycle.accept(reservation_id=reservation.pk, by=clerk, now=NOW)
    lifecycle.hand_over(reservation_id=reservation.pk, by=clerk, now=NOW)
    assert not Notice.objects.filter(kind=contracts.KIND).exists()
    assert not AgreedText.objects.exists()


@pytest.mark.law("A5")
def test_a_mail_server_that_fails_leaves_the_goods_where_they_are(branch, clerk):
    reservation = ready(branch, clerk)
    notice = Notice.objects.get(kind=contracts.KIND)
    assert notice.not_before == NOW, "found goods hasten it"
    with override_settings(EMAIL_BACKEND=BROKEN_MAIL):
        assert core_notices.send_one(notice_id=notice.pk, now=NOW) == "QUEUED"
    reservation.refresh_from_db()
    assert reservation.confirmation_sent_at is None
    with pytest.raises(Refused):
        lifecycle.hand_over(reservation_id=reservation.pk, by=clerk, now=NOW)


@pytest.mark.law("A5")
def test_a_mail_that_goes_out_twice_counts_once(branch, clerk):
    reservation = tills.confirm(accepted(branch, clerk))
    first = (reservation.confirmation_sent_at, reservation.confirmation_hash)
    notice = Notice.objects.get(kind=contracts.KIND)
    Notice.objects.filter(pk=notice.pk).update(state="QUEUED", sent_at=None)
    later = NOW + timedelta(hours=1)
    assert core_notices.send_one(notice_id=notice.pk, now=later) == "SENT"
    reservation.refresh_from_db()
    assert (reservation.confirmation_sent_at, reservation.confirmation_hash) == first
    ids = [letter.message()["Message-ID"] for letter in outbox.outbox]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_paper_serves_where_the_mail_does_not_arrive(branch, clerk):
    reservation = ready(branch, clerk)
    who = {"reservation_id": reservation.pk, "by": clerk, "now": NOW}
    contracts.hand_over_on_paper(**who)
    reservation.refresh_from_db()
    assert reservation.confirmation_paper_by_id == clerk.user_id
    assert len(reservation.confirmation_hash) == 64
    lifecycle.hand_over(**who)
    with pytest.raises(Stale):
        contracts.hand_over_on_paper(**who)


def test_a_yes_is_taken_back_before_its_confirmation_and_not_after(branch, clerk):
    one = accepted(branch, clerk)
    counter.undo(reservation_id=one.pk, by=clerk, now=NOW + MINUTE / 2)
    one.refresh_from_db()
    assert one.state == State.REQUESTED
    assert "contract" not in owed(one)
    other = accepted(branch, clerk, email="zwei@example.de")
    Notice.objects.filter(kind=contracts.KIND).queued().update(not_before=NOW)
    tills.confirm(other)
    with pytest.raises(Stale, match="confirmed"):
        counter.undo(reservation_id=other.pk, by=clerk, now=NOW + MINUTE / 2)


# What was told before ordering (law A8), and in which words (law A16) --------------------------


@pytest.mark.law("A8")
def test_only_what_spoils_is_said_to_be_excluded(shop, branch, clerk):
    cake = factories.offer(branch, product=factories.product(shop.city, "Torte", shop=shop))
    book = factories.offer(branch, product=factories.product(shop.city, "Roman", shop=shop))
    facts = {"withdrawal": "PERISHABLE"}
    article.tell(product=cake.variant.product, shop=shop, said=Said(facts=facts), by=BY, now=NOW)
    cake, book = (
        type(cake).objects.select_related("branch__shop__city").get(pk=each.pk)
        for each in (cake, book)
    )
    reservation = factories.reservation((cake, 1), (book, 1), pay=True)
    say(reservation, PaymentState.AUTHORISED)
    lifecycle.accept(reservation_id=reservation.pk, by=clerk, now=NOW)
    kinds = dict(reservation.lines.values_list("title", "withdrawal"))
    assert kinds["Torte"] == "PERISHABLE"
    body = confirmation(reservation).body
    told = [line.strip() for line in body.splitlines()]
    at = told.index("Spoils quickly: no right of withdrawal.")
    assert "Torte" in told[at - 1]
    assert told.count("Spoils quickly: no right of withdrawal.") == 1


@pytest.mark.law("A16")
def test_the_order_keeps_the_words_of_its_day(shop, branch, clerk):
    reservation = accepted(branch, clerk, language="de")
    before = [text.pk for text in agreed.of(reservation.checkout).texts]
    texts.publish(
        shop=shop,
        kind=LegalKind.TERMS,
        language="de",
        title="Neue Bedingungen",
        body="Ganz anders.",
        by=BY,
        now=NOW + MINUTE,
    )
    assert [text.pk for text in agreed.of(reservation.checkout).texts] == before
    letter = confirmation(reservation)
    assert "Ganz anders." not in letter.body
    later = accepted(branch, clerk, language="de", email="b@example.de", now=NOW + 2 * MINUTE)
    assert "Ganz anders." in confirmation(later).body


@pytest.mark.law("A16")
def test_what_was_agreed_never_changes(branch, clerk):
    reservation = accepted(branch, clerk)
    rows = AgreedText.objects.filter(checkout=reservation.checkout)
    for change in (rows.delete, lambda: rows.update(text=rows.first().text_id)):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
