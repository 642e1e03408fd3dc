"""A set of reports leads to one state, whatever their order; every cent of captured money has a
place."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.payments.domain import states
from marketplace.payments.domain.states import Known, join, split
from marketplace.payments.enums import (
    CLOSED,
    CaptureMode,
    DisputeState,
    PaymentState,
    RefundState,
)
from marketplace.payments.gateway.port import DisputeSnapshot, PaymentSnapshot, RefundSnapshot
from tests.factories import NOW

TOTAL = Decimal("50.00")
AMOUNTS = st.integers(1, 5000).map(lambda cents: Decimal(cents) / 100)
REFUND_STEPS = ([], [RefundState.DONE], [RefundState.DONE, RefundState.FAILED])
DISPUTE_STEPS = (
    [],
    [DisputeState.INQUIRY, DisputeState.INQUIRY_OVER],
    [DisputeState.OPEN],
    [DisputeState.INQUIRY, DisputeState.OPEN, DisputeState.WON],
    [DisputeState.OPEN, DisputeState.LOST],
)


@st.composite
def lives(draw) -> list[PaymentSnapshot]:
    """What a provider could report of one payment, moment by moment."""
    path = draw(
        st.sampled_from(
            [
                [PaymentState.OPEN, PaymentState.EXPIRED],
                [PaymentState.OPEN, PaymentState.PROCESSING, PaymentState.FAILED],
                [PaymentState.OPEN, PaymentState.PROCESSING, PaymentState.CAPTURED],
                [PaymentState.OPEN, PaymentState.AUTHORISED, PaymentState.CANCELLED],
                [PaymentState.OPEN, PaymentState.AUTHORISED, PaymentState.CAPTURED],
                [PaymentState.OPEN, PaymentState.CAPTURED],
            ]
        )
    )
    captured = draw(AMOUNTS)
    told, now = [], {"account": "acct_1", "livemode": False, "session_ref": "cs_1"}
    for state in path:
        if state not in (PaymentState.OPEN, PaymentState.EXPIRED):
            now["intent_ref"] = "pi_1"
        if state == PaymentState.AUTHORISED:
            now |= {
                "authorised": TOTAL,
                "capture_mode": CaptureMode.LATER,
                "method": "card",
                "capture_before": NOW + timedelta(days=7),
            }
        if state == PaymentState.CAPTURED:
            now |= {"captured": captured, "authorised": max(captured, now.get("authorised", 0))}
        told.append(PaymentSnapshot(state=state, **now))
    if path[-1] != PaymentState.CAPTURED:
        return told
    left, refunds = captured, {}
    for number in range(draw(st.integers(0, 3))):
        amount = min(draw(AMOUNTS), left)
        if not amount:
            break
        left -= amount
        for state in [RefundState.PENDING, *draw(st.sampled_from(REFUND_STEPS))]:
            refunds[number] = RefundSnapshot(provider_id=f"re_{number}", amount=amount, state=state)
            told.append(PaymentSnapshot(state=path[-1], refunds=tuple(refunds.values()), **now))
    for state in draw(st.sampled_from(DISPUTE_STEPS)):
        dispute = DisputeSnapshot(provider_id="du_1", amount=captured, state=state)
        told.append(
            PaymentSnapshot(
                state=path[-1], refunds=tuple(refunds.values()), disputes=(dispute,), **now
            )
        )
    return told


def end(reports: list[PaymentSnapshot]) -> Known:
    known = Known()
    for report in reports:
        known = join(known, report)
    return known


def is_what(known: Known, report: PaymentSnapshot) -> bool:
    return (
        known.state == report.state
        and known.captured == report.captured
        and known.authorised == report.authorised
        and known.intent_ref == report.intent_ref
        and set(known.refunds.values()) == set(report.refunds)
        and set(known.disputes.values()) == set(report.disputes)
    )


@settings(max_examples=300, deadline=None)
@given(life=lives(), data=st.data())
def test_shuffled_repeated_and_dropped_reports_end_in_the_last(life, data):
    kept = [report for report in life[:-1] if data.draw(st.booleans())]
    twice = [report for report in life if data.draw(st.booleans())]
    heard = data.draw(st.permutations([*kept, *twice, life[-1]]))

    known = end(heard)

    assert is_what(known, life[-1])
    assert known == end([*heard, *heard])


@settings(max_examples=200, deadline=None)
@given(life=lives(), data=st.data())
def test_a_report_says_nothing_twice(life, data):
    for heard in range(1, len(life) + 1):
        known = end(life[:heard])
        assert join(known, data.draw(st.sampled_from(life[:heard]))) == known


def test_control_the_last_one_heard_would_be_wrong(monkeypatch):
    """Without an order of states a late report leads back."""
    life = [
        PaymentSnapshot(account="a", livemode=False, state=state)
        for state in (PaymentState.OPEN, PaymentState.EXPIRED)
    ]
    assert end([life[1], life[0]]).state == PaymentState.EXPIRED
    monkeypatch.setattr(PaymentState, "rank", property(lambda one: 0))
    assert end([life[1], life[0]]).state != PaymentState.EXPIRED


ROWS = st.lists(st.tuples(AMOUNTS, st.sampled_from(sorted(RefundState))), max_size=6)


@settings(max_examples=300, deadline=None)
@given(captured=AMOUNTS, rows=ROWS)
def test_captured_is_kept_refunded_and_owed_back(captured, rows):
    money = split(captured, rows)

    assert captured == money.kept + money.refunded + money.owed_back
    assert min(money.kept, money.refunded, money.owed_back) >= 0


def test_every_state_has_a_place_in_the_order():
    assert PaymentState.CAPTURED.rank > max(one.rank for one in CLOSED)
    assert states.later_refund(RefundState.FAILED, RefundState.DONE) == RefundState.FAILED
    assert states.later_dispute(DisputeState.OPEN, DisputeState.INQUIRY_OVER) == DisputeState.OPEN
