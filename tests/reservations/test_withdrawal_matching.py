"""Which order a declaration is about, what it is answered with, and what time does to it."""

import json
import uuid
from datetime import timedelta

import pytest

from marketplace.core.domain import notices as outbox
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import Notice
from marketplace.operations.domain import audit
from marketplace.reservations.domain import counter, lifecycle, links
from marketplace.reservations.domain.withdrawal import answer, declare, match, payload
from marketplace.reservations.enums import State, WithdrawalState
from marketplace.reservations.models import Withdrawal, WithdrawalDeclaration
from tests import factories, money
from tests.factories import NOW
from tests.reservations import withdrawing

DAY = timedelta(days=1)


@pytest.fixture
def city(desk):
    return desk.shop.city


def test_the_code_and_the_address_of_the_order_are_certain(desk, city):
    pk = withdrawing.collected(desk)
    row = desk.see(pk)

    for written in (row.code, row.spoken_code, f"Bestellung {row.spoken_code.lower()}, bitte"):
        found = withdrawing.unlinked(city, written, email="Lena.Koch@Example.de")
        assert found.reservation_id == pk, written
        assert found.state == WithdrawalState.MATCHED


def test_the_link_of_the_order_in_the_text_is_certain(desk, city):
    pk = withdrawing.collected(desk)
    link = links.address(desk.see(pk).checkout)

    assert withdrawing.unlinked(city, f"siehe {link}", email="x@example.de").reservation_id == pk


@pytest.mark.law("A9")
@pytest.mark.parametrize("kind", ["code and a stranger's address", "no such code", "a forged link"])
def test_what_is_not_certain_is_kept_and_waits_for_the_desk(desk, city, kind):
    pk = withdrawing.collected(desk)
    row = desk.see(pk)
    email = "anna@example.de"
    written = {
        "code and a stranger's address": row.code,
        "no such code": "WXYZ 23",
        "a forged link": f"/abholung/{row.checkout_id}.{row.checkout.link_nonce}.abc/",
    }[kind]

    found = withdrawing.unlinked(city, written, email=email)

    assert (found.state, found.reservation_id) == (WithdrawalState.RECEIVED, None)
    assert withdrawing.letters(found) == ["withdrawal_received"]
    assert money.payment_of(pk).kept == money.payment_of(pk).captured
    expected = [pk] if kind.startswith("code") else []
    assert [each.pk for each in match.candidates(found.declaration)] == expected
    money.in_order()


def test_a_person_of_the_desk_assigns_what_no_machine_can(desk, city):
    pk = withdrawing.ready(desk)
    found = withdrawing.unlinked(city, "the shoes", email="anna@example.de")

    match.assign(withdrawal_id=found.pk, reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()

    found.refresh_from_db()
    assert found.state == WithdrawalState.REFUNDED
    assert desk.see(pk).state == State.CANCELLED
    with pytest.raises(Stale):
        match.assign(withdrawal_id=found.pk, reservation_id=pk, by=desk.clerk, now=NOW)
    money.in_order()


def test_a_reserve_is_no_contract_and_an_order_of_another_city_is_none_of_ours(desk, city):
    reserve = factories.reservation((desk.offer, 1))
    found = withdrawing.unlinked(city, reserve.code)
    assert found.reservation_id is None
    with pytest.raises(Refused):
        match.assign(withdrawal_id=found.pk, reservation_id=reserve.pk, by=desk.clerk, now=NOW)
    elsewhere = factories.city("Braunschweig", host="braunschweig.localhost")
    pk = withdrawing.collected(desk)
    strange = withdrawing.unlinked(elsewhere, desk.see(pk).code)
    assert strange.reservation_id is None
    with pytest.raises(Refused):
        match.assign(withdrawal_id=strange.pk, reservation_id=pk, by=desk.clerk, now=NOW)


@pytest.mark.law("A9")
def test_after_the_deadline_it_is_kept_flagged_and_not_rejected(desk):
    pk = withdrawing.collected(desk)
    ends_at = desk.see(pk).withdrawal_ends_at
    just = withdrawing.declared(
        pk, goods={money.line(pk).pk: 1}, now=ends_at - timedelta(seconds=1)
    )
    late = withdrawing.declared(pk, goods={money.line(pk).pk: 1}, now=ends_at)

    assert (just.is_late, late.is_late) == (False, True)
    assert late.state == WithdrawalState.MATCHED
    late = withdrawing.accepted(desk, late, 1, now=ends_at + DAY, after=ends_at + DAY - NOW)
    assert late.state == WithdrawalState.REFUNDED


@pytest.mark.law("A7")
def test_the_clock_starts_with_the_hand_over_and_an_undo_stops_it(desk):
    pk = withdrawing.ready(desk)
    assert desk.see(pk).withdrawal_until is None
    counter.hand_over(reservation_id=pk, client_id=uuid.uuid4(), by=desk.clerk, now=NOW)
    # Thursday, 3 December: a fortnight later is a Thursday.
    assert desk.see(pk).withdrawal_until.isoformat() == "2026-12-17"
    assert "collected" in money.mails(pk)

    counter.undo(reservation_id=pk, by=desk.clerk, now=NOW)

    assert desk.see(pk).withdrawal_ends_at is None
    assert Notice.objects.get(kind="reservations.collected").state == "VOID"
    money.in_order(now=NOW)


@pytest.mark.law("A1")
def test_a_reserve_has_no_clock_and_no_mail_about_it(desk):
    pk = factories.reservation((desk.offer, 1)).pk
    lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW)

    assert desk.see(pk).withdrawal_ends_at is None
    assert "collected" not in money.mails(pk)


@pytest.mark.law("A10")
def test_on_the_eleventh_day_the_shop_is_reminded_once(desk):
    withdrawal = withdrawing.declared(withdrawing.collected(desk))

    desk.time(11 * DAY - timedelta(hours=15))  # 23:05 on the tenth day
    assert "withdrawal_due" not in withdrawing.letters(withdrawal)
    desk.time(11 * DAY)
    desk.time(12 * DAY)

    assert withdrawing.letters(withdrawal).count("withdrawal_due") == 1
    due = Notice.objects.get(kind="reservations.withdrawal_due")
    assert due.queued_at == NOW + 11 * DAY


@pytest.mark.law("A10")
def test_whoever_was_paid_back_in_time_is_not_reminded(desk):
    withdrawing.declared(withdrawing.ready(desk))
    desk.work()

    desk.time(12 * DAY)

    assert not Notice.objects.filter(kind="reservations.withdrawal_due").exists()


@pytest.mark.law("A9")
def test_what_is_kept_is_what_was_said_and_the_sum_proves_it(desk):
    withdrawal = withdrawing.declared(
        desk.paid(), remark="Größe passt nicht", now=NOW + timedelta(microseconds=999_999)
    )
    row = withdrawal.declaration

    kept = json.loads(row.payload)
    assert row.received_at == NOW
    assert kept["received_at"] == NOW.isoformat()
    assert kept["remark"] == "Größe passt nicht"
    assert (kept["wording"], kept["language"]) == (row.wording, "de")
    assert "an order" in kept["sentence"]
    assert row.sha256 == payload.sha256(row.payload)
    assert not [each for each in audit.run(now=NOW).violations if each.truth == 8]


def test_the_audit_finds_a_declaration_nobody_deals_with_and_units_nobody_granted(desk):
    withdrawal = withdrawing.declared(withdrawing.collected(desk))
    assert audit.run(now=NOW).ok
    line = money.line(withdrawal.reservation_id)
    type(line).objects.filter(pk=line.pk).update(withdrawn=1)
    withdrawal.lines.update(granted=1)
    Withdrawal.objects.create(
        declaration=WithdrawalDeclaration.objects.create(
            city=withdrawal.city,
            nonce=uuid.uuid4(),
            received_at=NOW,
            language="de",
            wording="x",
            payload="{}",
            sha256="0" * 64,
        ),
        city=withdrawal.city,
        state=WithdrawalState.RECEIVED,
        is_whole=True,
        refund_due_at=NOW,
    )

    found = {each.what for each in audit.run(now=NOW).violations}

    assert "is not what was declared" in found
    assert "decided and open at the same time" in found
    assert any("keeps" in each for each in found)


@pytest.mark.law("A9")
def test_an_order_that_moves_at_this_moment_is_assigned_with_the_next_round(desk, monkeypatch):
    pk = withdrawing.ready(desk)

    def moves(**kwargs):
        raise Stale("it moves", code="moves")

    monkeypatch.setattr(declare.match, "automatically", moves)
    withdrawal = withdrawing.declared(pk)
    assert withdrawal.state == WithdrawalState.RECEIVED
    monkeypatch.undo()

    desk.time(timedelta(minutes=1))

    withdrawal.refresh_from_db()
    assert withdrawal.state == WithdrawalState.REFUNDED


def test_the_desk_rejects_what_no_order_fits(desk, city):
    found = withdrawing.unlinked(city, "something else")

    answer.reject(withdrawal_id=found.pk, reason="No such order.", by=desk.clerk, now=NOW)

    found.refresh_from_db()
    assert found.state == WithdrawalState.REJECTED
    assert withdrawing.letters(found)[-1] == "withdrawal_answered"
    money.in_order()


@pytest.mark.law("A9")
def test_each_letter_says_what_it_must(desk, mailoutbox):
    pk = withdrawing.collected(desk)
    withdrawal = withdrawing.declared(
        pk, goods={money.line(pk).pk: 1}, remark="Danke", language="en"
    )
    desk.shop.email = "laden@example.de"
    desk.shop.save(update_fields=["email"])
    desk.time(12 * DAY)
    withdrawing.accepted(desk, withdrawal, 1, shelved=1, reason="One was enough.", after=12 * DAY)

    for notice in Notice.objects.queued().order_by("pk"):
        outbox.send_one(notice_id=notice.pk, now=NOW + 13 * DAY)

    by_subject = {mail.subject: mail for mail in mailoutbox}
    assert not Notice.objects.exclude(last_error="").exists()
    (receipt,) = [mail for subject, mail in by_subject.items() if "Receipt of your" in subject]
    assert "14:05:00" in receipt.subject
    assert receipt.to == ["lena.koch@example.de"]
    for part in (receipt.body, receipt.alternatives[0][0]):
        assert "I hereby withdraw from the contract for an order" in part
        assert "1 × Laufschuh" in part
        assert "Danke" in part
        assert "3 December 2026, 14:05:00" in part
        assert "arrived, and nothing else" in part
    (shop,) = [mail for subject, mail in by_subject.items() if "refund by" in subject]
    assert shop.to == ["laden@example.de"]
    assert f"/haendler/{desk.shop.slug}/widerrufe/{withdrawal.pk}/" in shop.body
    (collected,) = [mail for subject, mail in by_subject.items() if "Collected at" in subject]
    assert "until 17. Dezember 2026" in " ".join(collected.body.split())
    assert "/widerruf/" in collected.body
