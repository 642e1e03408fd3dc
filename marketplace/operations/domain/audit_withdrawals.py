"""Withdrawals from the rows: words kept as they came, units and money that add up (truths 4, 6, 8).

The money itself is weighed in `audit_money`: what was withdrawn from is no longer due, so whoever
keeps it shows there.
"""

from collections.abc import Iterator

from django.db.models import F, Q, Sum

from marketplace.operations.domain.violations import Violation
from marketplace.reservations.domain.withdrawal import payload
from marketplace.reservations.enums import WITHDRAWALS_TO_DO, Mode, State, WithdrawalState
from marketplace.reservations.models import (
    Line,
    Withdrawal,
    WithdrawalDeclaration,
    WithdrawalLine,
)
from shops.enums import Reason
from shops.models import Movement


def declarations() -> Iterator[Violation]:
    """Every declaration is as it was received, and somebody deals with it."""
    for row in WithdrawalDeclaration.objects.exclude(payload="").order_by("pk").iterator():
        if payload.sha256(row.payload) != row.sha256:
            yield Violation(8, f"declaration:{row.pk}", "is not what was declared")
    lost = WithdrawalDeclaration.objects.filter(withdrawal__isnull=True)
    for pk in lost.order_by("pk").values_list("pk", flat=True):
        yield Violation(8, f"declaration:{pk}", "nobody deals with it")
    astray = ~Q(reservation__checkout__city=F("city")) | ~Q(reservation__mode=Mode.PAY)
    known = Withdrawal.objects.filter(reservation__isnull=False)
    for pk in known.filter(astray).order_by("pk").values_list("pk", flat=True):
        yield Violation(9, f"withdrawal:{pk}", "is assigned to what is no order of its city")


def units() -> Iterator[Violation]:
    """What lines say was withdrawn from is what was granted; what came back was shelved."""
    granted = dict(
        WithdrawalLine.objects.exclude(granted=None)
        .values_list("line")
        .annotate(units=Sum("granted"))
        .order_by()
    )
    shelved = dict(
        WithdrawalLine.objects.values_list("line").annotate(units=Sum("shelved")).order_by()
    )
    moved = dict(
        Movement.objects.filter(reason=Reason.RETURNED)
        .values_list("ref")
        .annotate(units=Sum("units"))
        .order_by()
    )
    for row in Line.objects.values("pk", "given_up", "withdrawn").iterator():
        said, there = row["given_up"] + row["withdrawn"], granted.get(row["pk"], 0)
        if said != there:
            yield Violation(4, f"line:{row['pk']}", f"withdrawn {said}, granted {there}")
        back, on_shelf = moved.pop(f"line:{row['pk']}", 0), shelved.get(row["pk"], 0)
        if back != on_shelf:
            yield Violation(4, f"line:{row['pk']}", f"{back} came back, {on_shelf} were shelved")
    for ref, number in sorted(moved.items()):
        yield Violation(4, ref, f"{number} came back for a line that is gone")


def states() -> Iterator[Violation]:
    """An answered withdrawal has decided about each unit; an open one about none."""
    open_ones = Q(withdrawal__state__in=sorted(WITHDRAWALS_TO_DO))
    wrong = (open_ones & Q(granted__isnull=False)) | (~open_ones & Q(granted__isnull=True))
    for row in WithdrawalLine.objects.filter(wrong).order_by("pk"):
        yield Violation(4, f"withdrawal:{row.withdrawal_id}", "decided and open at the same time")
    returned = Withdrawal.objects.filter(state=WithdrawalState.RETURNED)
    strange = returned.exclude(reservation__state=State.COLLECTED).order_by("pk")
    for pk in strange.values_list("pk", flat=True):
        yield Violation(4, f"withdrawal:{pk}", "came back and was never collected")
