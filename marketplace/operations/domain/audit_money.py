"""Truths 6, 7 and 10 from the rows: where each cent is, and that nothing was paid twice."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count

from marketplace.operations.domain.violations import Violation
from marketplace.payments.enums import LIVE, DisputeState, PaymentState, RefundState, WorkState
from marketplace.payments.models import (
    Dispute,
    Operation,
    Payment,
    ProviderAccount,
    ProviderEvent,
    Refund,
)
from marketplace.reservations.domain import money as paid
from marketplace.reservations.enums import ENDED, Mode, State
from marketplace.reservations.models import Reservation

ZERO = Decimal("0.00")
#: Refunds whose money has not gone back yet.
_OWED = (RefundState.ASKED, RefundState.PENDING, RefundState.FAILED)
_SUMS = ("amount", "authorised", "captured", "kept", "refunded", "owed_back")


def unpaid() -> Iterator[Violation]:
    """No goods without their money, no money without its goods, of what is paid online.

    While a bank looks into a payment nothing may go back; such ones are left out.
    """
    money: dict[Any, list[Payment]] = {}
    for payment in Payment.objects.all().iterator():
        money.setdefault(payment.subject, []).append(payment)
    lost: dict[int, Decimal] = {}
    for pk, amount in Dispute.objects.filter(state=DisputeState.LOST).values_list(
        "payment", "amount"
    ):
        lost[pk] = lost.get(pk, ZERO) + amount
    rows = Reservation.objects.filter(mode=Mode.PAY).prefetch_related("lines").order_by("pk")
    for row in rows:
        attempts = money.get(row.subject, [])
        if any(each.open_disputes for each in attempts):
            continue
        wrong = _out_of_line(row, attempts, lost)
        if wrong:
            yield Violation(6, f"reservation:{row.pk}", wrong)


def _out_of_line(row: Reservation, attempts: list[Payment], lost: Mapping[int, Decimal]) -> str:
    due = paid.due(row, row.lines.all())
    kept = sum((max(each.kept - lost.get(each.pk, ZERO), ZERO) for each in attempts), ZERO)
    promised = [each for each in attempts if each.state in LIVE]
    taking = any(each.capture_asked is not None for each in promised)
    if not attempts:
        return "a pay reservation without any payment"
    if row.state == State.PENDING:
        return "" if promised else "waits for a payment that has ended"
    if row.state in ENDED:
        left = [each for each in promised if each.close_asked_at is None and not taking]
        if left and row.state != State.COLLECTED:
            return "has ended and its payment is open"
        return f"keeps {kept}, its goods were worth {due}" if kept > due else ""
    if row.state == State.READY and not any(each.captured for each in attempts):
        return "is ready and nothing was taken"
    if not promised and not any(each.captured for each in attempts):
        return "runs without any money"
    return f"keeps {kept}, its goods are worth {due}" if kept > due and not taking else ""


def sums() -> Iterator[Violation]:
    """Truth 6: added up here in decimals, whatever the database's own checks say."""
    back: dict[int, dict[str, Decimal]] = {}
    rows = Refund.objects.filter(replaced_by__isnull=True)
    for payment, state, amount in rows.values_list("payment", "state", "amount"):
        known = back.setdefault(payment, {})
        known[state] = known.get(state, ZERO) + amount
    for row in Payment.objects.values("pk", "state", *_SUMS):
        done = back.get(row["pk"], {})
        wrong = _wrong(
            row,
            refunded=done.get(RefundState.DONE, ZERO),
            owed=sum((done.get(state, ZERO) for state in _OWED), ZERO),
        )
        if wrong:
            yield Violation(6, f"payment:{row['pk']}", wrong)


def _wrong(row: dict[str, Any], *, refunded: Decimal, owed: Decimal) -> str:
    captured = row["captured"]
    if not ZERO <= captured <= row["authorised"] <= row["amount"]:
        return f"captured {captured} of {row['authorised']} authorised of {row['amount']}"
    if captured != row["kept"] + row["refunded"] + row["owed_back"]:
        return f"captured {captured} is not kept, refunded and owed back together"
    if row["refunded"] != min(refunded, captured):
        return f"refunded {row['refunded']}, its refunds say {refunded}"
    if row["owed_back"] != min(owed, captured - row["refunded"]):
        return f"owes {row['owed_back']}, its refunds say {owed}"
    if (row["state"] == PaymentState.CAPTURED) != (captured > ZERO):
        return f"{row['state'].lower()} with {captured} captured"
    return ""


def events() -> Iterator[Violation]:
    """Truth 7: each event once, and worked on for accounts that are ours only."""
    twice = ProviderEvent.objects.values("provider_id").annotate(number=Count("pk"))
    for provider_id in twice.filter(number__gt=1).values_list("provider_id", flat=True):
        yield Violation(7, f"event:{provider_id}", "stands there more than once")
    ours = ProviderAccount.objects.exclude(provider_id="").values("provider_id")
    strange = ProviderEvent.objects.filter(state=WorkState.DONE).exclude(account_ref="")
    for pk in strange.exclude(account_ref__in=ours).values_list("pk", flat=True):
        yield Violation(7, f"event:{pk}", "was worked on for an account that is not ours")


def intents() -> Iterator[Violation]:
    """Truth 10: no money of ours went back without a call that was intended first."""
    meant = Operation.objects.exclude(refund=None).values("refund")
    sent = Refund.objects.filter(is_ours=True).exclude(provider_id="")
    for pk in sent.exclude(pk__in=meant).values_list("pk", flat=True):
        yield Violation(10, f"refund:{pk}", "went to the provider without an operation")


def books() -> dict[str, Any]:
    """Sums in EUR per shop, and how much work stands in which state: to hold against the
    provider's own list."""
    shops: dict[str, dict[str, Decimal]] = {}
    for slug, *amounts in Payment.objects.order_by("shop__slug").values_list("shop__slug", *_SUMS):
        known = shops.setdefault(slug, dict.fromkeys(_SUMS, ZERO))
        for name, amount in zip(_SUMS, amounts, strict=True):
            known[name] += amount
    return {
        "shops": {
            slug: {name: str(amount) for name, amount in found.items()}
            for slug, found in shops.items()
        },
        "refunds": _by_state(Refund),
        "operations": _by_state(Operation),
        "events": _by_state(ProviderEvent),
    }


def _by_state(model: Any) -> dict[str, int]:
    rows = model.objects.values("state").annotate(number=Count("pk")).order_by("state")
    return {row["state"]: row["number"] for row in rows}
