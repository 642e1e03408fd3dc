"""Fifty payments are taken at one instant, on both databases: fifty numbers, none twice, no gap."""

import pytest
from django.db import IntegrityError, OperationalError, transaction

from marketplace.operations.domain import audit
from marketplace.payments.enums import PaymentState
from marketplace.reservations.domain.receipts import issuing, queries
from marketplace.reservations.models import Receipt, Series
from shops.models import City
from tests import factories, money
from tests.factories import NOW
from tests.races.crowd import barrier, rush
from tests.races.test_paying import report

FIFTY = 50
#: On a busy machine PostgreSQL gives up waiting: nothing was done, the provider is asked again.
BUSY = ("lock timeout", "statement timeout")
pytestmark = pytest.mark.timeout(900)


def waiting(folder, count: int) -> tuple[money.Desk, list[int]]:
    """Orders whose money the provider has taken, and of which we know nothing yet."""
    desk = money.desk(folder, count=count)
    City.objects.update(max_open=1000)
    ids = [factories.reservation((desk.offer, 1), pay=True).pk for _ in range(count)]
    desk.work()
    for pk in ids:
        payment = money.payment_of(pk)
        desk.gateway.pay(payment.session_ref, payment.amount)
    return desk, ids


@pytest.mark.law("C2")
def test_fifty_payments_at_once_are_fifty_numbers_without_a_gap(own_database, tmp_path):
    desk, ids = waiting(tmp_path, FIFTY)

    def hear(number: int) -> str:
        for _ in range(20):
            try:
                return report(desk, ids[number]).state
            except OperationalError as error:
                if not any(word in str(error) for word in BUSY):
                    raise
        return "never came through"

    told = rush(hear, tries=FIFTY)

    assert told == {PaymentState.CAPTURED: FIFTY}
    series = Series.objects.get()
    assert sorted(Receipt.objects.values_list("place", flat=True)) == list(range(1, FIFTY + 1))
    assert series.last == FIFTY
    assert list(queries.broken(series)) == []
    assert audit.run(now=NOW).violations == []


def test_control_a_counter_that_is_not_held_gives_a_number_twice(own_database, tmp_path):
    """Two who read it before their transactions want the same place; the constraint lets one."""
    desk, ids = waiting(tmp_path, 2)
    receipts = [report(desk, pk) and Receipt.objects.get(reservation=pk) for pk in ids]
    both = barrier(2)

    def issue(number: int) -> str:
        series = Series.objects.get()
        both.wait(timeout=60)
        of = receipts[number]
        try:
            with transaction.atomic():
                issuing._issue(
                    "INVOICE",
                    of.reservation,
                    of.payment,
                    about=of,
                    total=of.total,
                    content={},
                    now=NOW,
                    series=series,
                )
        except IntegrityError:
            return "the number is taken"
        return "numbered"

    told = rush(issue, tries=2, processes=2, threads=1)

    assert told == {"numbered": 1, "the number is taken": 1}
