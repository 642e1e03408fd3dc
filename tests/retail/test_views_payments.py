"""The owner's list of payments, a month's sums and table, and money given back."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from marketplace.core.models import LogEntry
from marketplace.payments.domain import payments as domain
from marketplace.payments.enums import DisputeState, OperationKind, RefundState, Standing
from marketplace.payments.models import Operation, Payment, Refund
from marketplace.retail.domain import payments as rooms
from marketplace.retail.domain.payments import Month
from tests import factories
from tests.factories import NOW
from tests.payments import rows

DAY = timedelta(days=1)


@pytest.fixture
def here(shop):
    return f"/en/haendler/{shop.slug}/zahlungen/"


@pytest.fixture
def page_of(owner_client, here):
    def page(path="", status=200):
        answer = owner_client.get(f"{here}{path}")
        assert answer.status_code == status
        return answer.content.decode()

    return page


def amounts(page):
    """What the rows of the list are about, from the top."""
    return re.findall(r"<strong>€([\d.]+)</strong>", page)


def sums(page):
    """Received, refunded, kept, fee."""
    return re.findall(r"<dd>(-?€[\d.,]+)</dd>", page.split("sums-head")[-1].split("</dl>")[0])


def nonce_in(page):
    return re.search(r'name="nonce" value="([0-9a-f-]{36})"', page)[1]


# --- whether there is a room ----------------------------------------------------------------------


def test_without_provider_and_payment_there_is_no_room(page_of, owner_client, shop, branch):
    page_of(status=404)
    assert "/zahlungen/" not in owner_client.get(f"/en/haendler/{shop.slug}/").content.decode()


def test_with_a_provider_the_empty_room_is_kind(page_of, owner_client, shop, branch, settings):
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    assert "Nobody has paid online yet" in page_of()
    for path in ("", f"{branch.slug}/theke/", f"{branch.slug}/waren/", f"{branch.slug}/zeiten/"):
        page = owner_client.get(f"/en/haendler/{shop.slug}/{path}").content.decode()
        assert f'href="/en/haendler/{shop.slug}/zahlungen/"' in page, path


def test_who_paid_once_can_always_read_it(page_of, owner_client, shop, branch):
    rows.captured(shop)
    assert amounts(page_of()) == ["30.30"]
    page = owner_client.get(f"/en/haendler/{shop.slug}/").content.decode()
    assert f'href="/en/haendler/{shop.slug}/zahlungen/"' in page


def test_staff_has_no_such_room(client, shop, branch, here):
    payment = rows.captured(shop)
    for path in ("", f"{payment.pk}/"):
        assert client.get(f"{here}{path}").status_code == 404
    assert client.post(f"{here}{payment.pk}/erstatten/").status_code == 404
    assert "/zahlungen/" not in client.get(f"/en/haendler/{shop.slug}/").content.decode()


# --- the list -------------------------------------------------------------------------------------


def test_the_youngest_stands_first(page_of, shop):
    for number, amount in enumerate(("1.01", "2.02", "3.03")):
        rows.captured(shop, amount, fee="0.05", now=NOW + number * DAY)
    assert amounts(page_of()) == ["3.03", "2.02", "1.01"]


def test_another_shops_payments_are_not_there(page_of, shop, city):
    rows.captured(shop)
    theirs = rows.captured(factories.shop(city, "Nebenan"), "77.77")
    page = page_of("?month=all")
    assert amounts(page) == ["30.30"]
    page_of(f"{theirs.pk}/", status=404)


def test_every_state_has_its_word_and_its_filter(page_of, shop):
    rows.captured(shop, "1.00", fee="0.05")
    rows.authorised(shop, "2.00")
    rows.answered(rows.asked_back(rows.captured(shop, "3.00"), "3.00"))
    rows.answered(rows.asked_back(rows.captured(shop, "4.00"), "1.00"))
    rows.asked_back(rows.captured(shop, "5.00"), "5.00")
    rows.failed(shop, "6.00")
    rows.disputed(rows.captured(shop, "7.00"))
    rows.begun(shop, "8.00")
    shown = {
        "": "87654321",
        "paid": "71",
        "authorised": "2",
        "back": "43",
        "owed": "5",
        "closed": "6",
        "disputed": "7",
        "nonsense": "87654321",
    }
    for show, expected in shown.items():
        page = page_of(f"?show={show}")
        assert amounts(page) == [f"{each}.00" for each in expected], show
    page = page_of()
    for standing in Standing:
        assert str(standing.label).replace("'", "&#x27;") in page, standing


def test_what_was_paid_for_is_named(owner_client, page_of, here, branch, city):
    offer = factories.offer(branch, product=factories.product(city, "Blauer Becher"), price="12.00")
    row = rows.paid_for(offer, 2)
    page = page_of()
    assert row.spoken_code in page
    assert f"/{branch.slug}/theke/{row.pk}/" in page
    payment = Payment.objects.get(subject=row.subject)
    assert payment.amount == Decimal("24.00")
    page = page_of(f"{payment.pk}/")
    assert "Blauer Becher: €12.00" in page
    assert "Lena Koch" not in page
    table = owner_client.get(f"{here}?month=2026-12&format=csv").content.decode()
    assert f";Payment;{row.code};card;24,00;" in table


def test_pages_of_the_list(page_of, shop, monkeypatch):
    monkeypatch.setattr(rooms, "MANY", 2)
    for number in range(3):
        rows.captured(shop, f"{number + 1}.00", fee="0.05", now=NOW + number * DAY)
    assert amounts(page_of()) == ["3.00", "2.00"]
    assert amounts(page_of("?page=2")) == ["1.00"]
    assert amounts(page_of("?page=nonsense")) == ["3.00", "2.00"]


def test_a_month_shows_what_happened_in_it(page_of, shop):
    rows.captured(shop, "9.00", fee="0.10", now=datetime(2026, 10, 31, 22, 59, tzinfo=UTC))
    # Half an hour into November, in the town's time.
    late = rows.captured(shop, "5.00", fee="0.10", now=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    back = rows.asked_back(late, "5.00", now=NOW - DAY)
    rows.answered(back, now=NOW - DAY)

    assert amounts(page_of("?month=2026-10")) == ["9.00"]
    assert sums(page_of("?month=2026-11")) == ["€5.00", "€0.00", "€5.00", "€0.10"]
    page = page_of()  # this month
    assert amounts(page) == ["5.00"]
    assert sums(page) == ["€0.00", "€5.00", "-€5.00", "-€0.10"]
    assert amounts(page_of("?month=all")) == ["5.00", "9.00"]
    for wrong in ("2025-01", "2026-13", "x"):
        assert amounts(page_of(f"?month={wrong}")) == ["5.00"]


def test_months_go_over_the_turn_of_the_year():
    assert str(Month(2027, 1).before) == "2026-12"
    assert [moment.month for moment in Month(2026, 12).span] == [12, 1]


def test_sums_are_exact(page_of, shop):
    """In binary 10.10 + 0.20 is not 10.30, and a thousand of them are off by cents."""
    for amount in ("10.10", "0.20", "0.10", "1234.56", "0.01"):
        payment = rows.captured(shop, amount, fee="0.01")
        if amount != "0.01":
            rows.answered(rows.asked_back(payment, "0.10"))
    assert sums(page_of()) == ["€1,244.97", "€0.40", "€1,244.57", "€0.04"]


def test_the_fee_goes_back_with_the_money(shop):
    """Whole cents, rounded down, and all that is left with the last of the money."""
    payment = rows.captured(shop, "10.00", fee="0.50")
    for amount in ("3.33", "3.33", "3.34"):
        rows.answered(rows.asked_back(Payment.objects.get(pk=payment.pk), amount))
    found = rooms.movements(Payment.objects.all(), month=None)
    assert [str(one.fee) for one in found] == ["0.50", "0.16", "0.16", "0.18"]
    assert rooms.sums(found).fee == Decimal("0.00")


# --- the table ------------------------------------------------------------------------------------


def test_the_table_of_a_month_to_the_byte(owner_client, here, shop):
    payment = rows.captured(shop)
    refund = rows.asked_back(payment)
    rows.answered(refund, now=NOW + DAY)
    rows.captured(shop, "5.00", now=NOW - 40 * DAY)
    rows.failed(shop)
    evil = rows.captured(shop, "1234.50", fee="61.73", now=NOW + 2 * DAY)
    Payment.objects.filter(pk=evil.pk).update(method="=1+1")

    answer = owner_client.get(f"{here}?month=2026-12&format=csv")

    account = rows.account(shop).provider_id
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="zahlungen-2026-12.csv"'
    assert (
        answer.content
        == (
            "\ufeffDate;Kind;Code;Paid by;Received;Refunded;Operator's fee;Fee given back;"
            "Payment at the provider;Refund at the provider;Account at the provider\r\n"
            f"2026-12-03 14:05;Payment;;card;30,30;;1,52;;pi_{payment.pk};;{account}\r\n"
            "2026-12-04 14:05;Refund;;card;;10,10;;0,50;"
            f"pi_{payment.pk};re_{refund.pk};{account}\r\n"
            f"2026-12-05 14:05;Payment;;'=1+1;1234,50;;61,73;;pi_{evil.pk};;{account}\r\n"
        ).encode()
    )


# --- money back -----------------------------------------------------------------------------------


def test_a_refund_takes_two_steps(owner_client, page_of, here, shop):
    payment = rows.captured(shop)
    path = f"{here}{payment.pk}/"
    page = page_of(f"{payment.pk}/")
    assert 'value="30.30"' in page
    typed = {"nonce": nonce_in(page), "amount": "12,50 €", "reason": "FAULTY"}

    asked = owner_client.post(f"{path}erstatten/", typed)
    assert asked.status_code == 200
    assert "Refund €12.50?" in asked.content.decode()
    assert not Refund.objects.exists()
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.content.decode()))
    assert fields.pop("csrfmiddlewaretoken")
    assert fields == {**typed, "amount": "12.50", "sure": "1"}

    for _ in range(3):
        assert owner_client.post(f"{path}erstatten/", fields)["Location"] == path
    refund = Refund.objects.get()
    assert (refund.amount, refund.state) == (Decimal("12.50"), RefundState.ASKED)
    assert Operation.objects.filter(kind=OperationKind.REFUND).count() == 1
    entry = LogEntry.objects.get(verb="payment.refund")
    assert (entry.actor_kind, entry.data["reason"]) == ("MEMBER", "FAULTY")
    page = page_of(f"{payment.pk}/")
    for words in ("on its way", "the goods were faulty", "Meike Albrecht", "Still owed back"):
        assert words in page
    rows.answered(refund)
    assert "partly refunded" in page_of(f"{payment.pk}/")


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12,50", "12.50"), ("12.50", "12.50"), ("1.234,50 €", "1234.50"), ("12", "12.00")],
)
def test_amounts_as_people_write_them(owner_client, here, shop, text, amount):
    payment = rows.captured(shop, "2000.00", fee="1.00")
    fields = {"nonce": uuid.uuid4(), "amount": text, "sure": "1"}
    assert owner_client.post(f"{here}{payment.pk}/erstatten/", fields).status_code == 302
    assert Refund.objects.get().amount == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "0", "0,00", "-5", "1.234", "1e3", "zwölf", "1\x00", "1,005", "9" * 30, "NaN"]
)
@pytest.mark.parametrize("sure", ["", "1"])
def test_what_is_no_amount_is_refused_and_kept(owner_client, here, shop, text, sure):
    payment = rows.captured(shop)
    fields = {"nonce": uuid.uuid4(), "amount": text, "sure": sure}
    answer = owner_client.post(f"{here}{payment.pk}/erstatten/", fields)
    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()
    assert not text or "\x00" in text or f'value="{text}"' in answer.content.decode()
    assert not Refund.objects.exists()


@pytest.mark.parametrize("sure", ["", "1"])
def test_refusals_are_sentences_and_keep_the_amount(owner_client, here, shop, sure):
    def refused(payment, amount):
        fields = {"nonce": uuid.uuid4(), "amount": amount, "sure": sure}
        answer = owner_client.post(f"{here}{payment.pk}/erstatten/", fields)
        assert answer.status_code == 409
        return answer.content.decode()

    page = refused(rows.captured(shop), "30,31")
    assert "This is more than is left of the payment." in page
    assert 'value="30,31"' in page
    assert "Nothing has been paid yet." in refused(rows.authorised(shop), "1,00")
    disputed = rows.disputed(rows.captured(shop))
    assert "bank is looking into this payment" in refused(disputed, "1,00")
    assert not Refund.objects.exists()
    rows.disputed(disputed, DisputeState.WON)
    fields = {"nonce": uuid.uuid4(), "amount": "1,00", "sure": "1"}
    assert owner_client.post(f"{here}{disputed.pk}/erstatten/", fields).status_code == 302


def test_no_form_asks_for_what_would_be_refused(page_of, shop):
    payment = rows.captured(shop)
    assert "Give money back" in page_of(f"{payment.pk}/")
    disputed = rows.disputed(payment)
    page = page_of(f"{disputed.pk}/")
    assert "until that is over, nothing can be refunded" in page
    assert "Give money back" not in page
    rows.disputed(disputed, DisputeState.WON)
    assert "Give money back" in page_of(f"{disputed.pk}/")


def test_buttons_with_an_amount_on_them(owner_client, page_of, here, shop):
    payment = rows.captured(shop)
    page = page_of(f"{payment.pk}/")
    assert 'name="preset" value="30.30"' in page
    fields = {"nonce": nonce_in(page), "amount": "1,00", "preset": "30.30", "reason": ""}
    asked = owner_client.post(f"{here}{payment.pk}/erstatten/", fields)
    assert "Refund €30.30?" in asked.content.decode()


def test_without_anything_left_there_is_no_form(page_of, shop):
    payment = rows.captured(shop)
    rows.answered(rows.asked_back(payment, "30.30"))
    assert 'name="amount"' not in page_of(f"{payment.pk}/")
    assert 'name="amount"' not in page_of(f"{rows.authorised(shop).pk}/")


def test_a_refund_that_did_not_arrive_is_tried_again(owner_client, page_of, here, shop):
    payment = rows.captured(shop)
    failed = rows.asked_back(payment)
    rows.answered(failed, RefundState.FAILED)
    page = page_of(f"{payment.pk}/")
    path = f"{here}{payment.pk}/erstatten/{failed.pk}/nochmal/"
    assert f'action="{path}"' in page
    nonce = re.search(rf'{path}">.*?name="nonce" value="([^"]+)"', page, re.DOTALL)[1]
    for _ in range(2):
        assert owner_client.post(path, {"nonce": nonce}).status_code == 302
    assert Refund.objects.count() == 2
    page = page_of(f"{payment.pk}/")
    assert "did not arrive, tried again" in page
    assert f'action="{path}"' not in page
    assert owner_client.post(path, {"nonce": uuid.uuid4()}).status_code == 409
    assert owner_client.post(path).status_code == 422


def test_a_refund_opens_through_its_own_payment_only(owner_client, here, shop):
    refund = rows.asked_back(rows.captured(shop))
    rows.answered(refund, RefundState.FAILED)
    other = rows.captured(shop)
    path = f"{here}{other.pk}/erstatten/{refund.pk}/nochmal/"
    assert owner_client.post(path, {"nonce": uuid.uuid4()}).status_code == 404
    assert Refund.objects.count() == 1


def test_money_goes_back_only_with_a_token(shop, here):
    payment = rows.captured(shop)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(factories.member(shop, role="OWNER"))
    fields = {"nonce": uuid.uuid4(), "amount": "1,00", "sure": "1"}
    assert strict.post(f"{here}{payment.pk}/erstatten/", fields).status_code == 403
    assert strict.get(f"{here}{payment.pk}/erstatten/").status_code == 405


def test_a_story_names_each_turn(page_of, shop):
    payment = rows.captured(shop)
    rows.disputed(payment)
    rows.disputed(Payment.objects.get(pk=payment.pk), DisputeState.LOST)
    page = page_of(f"{payment.pk}/")
    for words in (
        "payment begun", "payment authorised", "paid: €30.30", "bank complains", "complaint is over"
    ):  # fmt: skip
        assert words.replace("'", "&#x27;") in page


def test_every_line_of_its_history_has_words():
    """A verb of payments without words would leave a gap in the story."""
    import inspect  # noqa: PLC0415 only here

    from marketplace.payments.enums import OutcomeKind  # noqa: PLC0415
    from marketplace.retail.templatetags.retail_tags import DEEDS  # noqa: PLC0415

    verbs = {f"payment.{kind.value.lower()}" for kind in OutcomeKind} | {"payment.refund"}
    verbs |= {
        f"payment.{verb}" for verb in re.findall(r'_record\("(\w+)"', inspect.getsource(domain))
    }
    assert verbs <= set(DEEDS)
