"""What is paid online in the demo town: every state, and both sides' books alike."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from marketplace.core.models import Notice
from marketplace.operations.domain import audit
from marketplace.payments.enums import CaseKind, PaymentState
from marketplace.payments.gateway.port import Answered, Spot
from marketplace.payments.models import Case, Payment, ProviderEvent
from marketplace.reservations.domain import queries, tick
from marketplace.reservations.enums import Mode, State
from marketplace.reservations.models import Reservation
from marketplace.workbench import prepare, town
from marketplace.workbench.domain import purchases, seed
from marketplace.workbench.provider import books, events
from tests.workbench.test_seed import BERLIN, quiet

CENT = Decimal("0.01")
#: What browsers call the stand-in.
PUBLIC = "http://127.0.0.1:18123"


@pytest.fixture(
    params=[
        datetime(2026, 11, 24, 14, 5, tzinfo=BERLIN),
        datetime(2026, 11, 29, 23, 30, tzinfo=BERLIN),
    ],
    ids=lambda moment: f"{moment:%a-%H%M}",
)
def now(request, own_database, tmp_path: Path, monkeypatch) -> datetime:
    monkeypatch.setattr(town, "PICTURES", tmp_path)
    monkeypatch.setattr(town, "FRONTS", tmp_path)
    moment: datetime = request.param.astimezone(UTC)
    state = tmp_path / prepare.STATE
    seed.plant(base_url="http://testserver", now=moment, say=quiet, provider=state, public=PUBLIC)
    return moment


@pytest.mark.parametrize("own_database", ["sqlite"], indirect=True)
def test_every_state_is_there_and_both_books_are_alike(now: datetime, tmp_path: Path) -> None:
    paid = list(Reservation.objects.filter(mode=Mode.PAY).order_by("pk"))
    states = Counter(each.state for each in paid)
    assert states == {
        State.COLLECTED: 2,
        State.READY: 2,
        State.CONFIRMED: 3,
        State.CANCELLED: 1,
        State.EXPIRED: 1,
        State.PENDING: 1,
    }
    assert set(Payment.objects.values_list("method", flat=True)) == {"", "card", "sepa_debit"}
    assert Payment.objects.filter(refunded__gt=0, kept__gt=0).count() == 1
    assert sum(queries.is_unclaimed(each, now=now) for each in paid) == 1
    assert sum(each.set_aside_at is not None and each.ready_at is None for each in paid) == 1
    assert [case.kind for case in Case.objects.all()] == [CaseKind.DISPUTE]
    assert not Notice.objects.queued().filter(not_before__lte=now).exists()

    # Who is asked to go on paying really gets there.
    (waiting,) = Payment.objects.filter(state=PaymentState.OPEN)
    assert waiting.page_url.startswith(f"{PUBLIC}/c/pay/")

    _books_are_alike(tmp_path / prepare.STATE, now)
    assert audit.run(now=now).violations == []

    # The clock closes none of them; who waits on the payment page still may.
    did = tick.run(now=now)
    assert (did.declined, did.expired, did.unpaid, did.waiting) == (0, 0, 0, 0)


def _books_are_alike(state: Path, now: datetime) -> None:
    """Cent for cent; and everything that the stand-in had to tell has been heard."""
    with purchases.till(state, now, public=PUBLIC) as till:
        entries = {each.intent: each for each in books.entries(till.store)}
        told = {each["id"] for each in till.store.all("event")}
        assert events.take_unsent(till.store) == []
        for payment in Payment.objects.select_related("account"):
            spot = Spot(
                account=payment.account.provider_id,
                session_ref=payment.session_ref,
                intent_ref=payment.intent_ref,
            )
            seen = till.gateway.fetch_payment(spot)
            assert isinstance(seen, Answered)
            assert seen.value.state == payment.state
    assert told == set(ProviderEvent.objects.values_list("provider_id", flat=True))
    assert {each.intent_ref for each in Payment.objects.exclude(intent_ref="")} == set(entries)
    for payment in Payment.objects.filter(state=PaymentState.CAPTURED):
        entry = entries[payment.intent_ref]
        assert (entry.captured * CENT, entry.refunded * CENT) == (
            payment.captured,
            payment.refunded,
        )
