"""Proves the truths of design section 4 again, from the rows and not from flags, in one snapshot.

Numbers are those of the design.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection, transaction
from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from marketplace.core import schema
from marketplace.core.models import LogEntry, RetentionPass
from marketplace.operations.domain import (
    audit_life,
    audit_money,
    audit_receipts,
    audit_withdrawals,
)
from marketplace.operations.domain.violations import Violation
from marketplace.reservations.enums import ASIDE, ENDED, HOLDING, State
from marketplace.reservations.models import Line, Reservation
from shops.domain import hours
from shops.domain.gate import refresh as gate
from shops.domain.prices import tax
from shops.enums import Reason
from shops.models import Branch, Delivery, Movement, Offer, PriceChange, Reduction, Slot

Check = Callable[[], Iterator[Violation]]


@dataclass(frozen=True, slots=True)
class Report:
    """What one audit found."""

    at: datetime
    checks: dict[str, int]
    violations: list[Violation]
    #: As `audit_money.books` says.
    money: dict[str, Any]

    @property
    def ok(self) -> bool:
        return not self.violations


def run(*, now: datetime) -> Report:
    """Every check on one snapshot of the database. Writes nothing."""
    with snapshot():
        found = {name: list(check()) for name, check in CHECKS.items()}
        found["gate"] = list(_gate(now))
        money = audit_money.books()
    return Report(
        at=now,
        checks={name: len(rows) for name, rows in found.items()},
        violations=[violation for rows in found.values() for violation in rows],
        money=money,
    )


@contextmanager
def snapshot() -> Iterator[None]:
    """All reads inside see the same moment, while others go on writing where the database can."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and not _nested():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _gate(now: datetime) -> Iterator[Violation]:
    """LAW: what is shown and paid is what the facts allow (law, section 4)."""
    for variant, said in gate.wrong(now=now):
        what = f"says {variant.gate}, its facts say {said.gate}"
        yield Violation(0, f"variant:{variant.pk}", what)


def _nested() -> bool:
    return len(connection.savepoint_ids) > 0


# Truth 1 and 2: reserved, set aside ---------------------------------------------------------------


def _numbers() -> Iterator[Violation]:
    wrong = (
        Q(reserved__lt=0) | Q(on_hand__lt=0) | Q(set_aside__lt=0) | Q(set_aside__gt=F("reserved"))
    )
    for offer in Offer.objects.filter(wrong).order_by("pk"):
        yield Violation(1, f"offer:{offer.pk}", "a number is below nought")


def _held(states: frozenset[str]) -> Coalesce:
    """Σ held of an offer's lines in these states."""
    lines = Line.objects.filter(offer=OuterRef("pk"), state__in=sorted(states)).order_by()
    total = lines.values("offer").annotate(total=Sum("held")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), Value(0))


def _reserved() -> Iterator[Violation]:
    rows = Offer.objects.annotate(held=_held(HOLDING), aside=_held(ASIDE)).exclude(
        reserved=F("held"), set_aside=F("aside")
    )
    for offer in rows.order_by("pk"):
        yield Violation(
            2,
            f"offer:{offer.pk}",
            f"reserved {offer.reserved}, set aside {offer.set_aside};"
            f" lines hold {offer.held} and {offer.aside}",
        )


# Truth 3: what a count is -------------------------------------------------------------------------


def _on_hand() -> Iterator[Violation]:
    moved = Movement.objects.filter(offer=OuterRef("pk")).order_by()
    total = moved.values("offer").annotate(total=Sum("delta")).values("total")
    rows = Offer.objects.annotate(
        moved=Coalesce(Subquery(total, output_field=IntegerField()), Value(0)),
        known=Coalesce("on_hand", Value(0)),
    ).exclude(known=F("moved"))
    for offer in rows.order_by("pk"):
        yield Violation(
            3, f"offer:{offer.pk}", f"on hand {offer.on_hand}, movements sum to {offer.moved}"
        )


def _deliveries() -> QuerySet[Delivery]:
    """Deliveries of an offer's branch that were true when the offer was counted last."""
    return Delivery.objects.filter(branch=OuterRef("branch"), as_of=OuterRef("counted_at"))


def _counted_at() -> Iterator[Violation]:
    last = Movement.objects.filter(offer=OuterRef("pk"), reason=Reason.COUNT).order_by("-pk")
    rows = (
        Offer.objects.filter(on_hand__isnull=False)
        .annotate(last=Subquery(last.values("as_of")[:1]))
        .exclude(counted_at=F("last"))
        # A delivery that found the same number again is a count as well, told once for all of it.
        .exclude(Exists(_deliveries()), Q(last__lte=F("counted_at")))
    )
    for offer in rows.order_by("pk"):
        yield Violation(3, f"offer:{offer.pk}", "counted_at is not the last count's as_of")
    younger = Movement.objects.filter(
        offer=OuterRef("offer"),
        reason=Reason.COUNT,
        pk__lt=OuterRef("pk"),
        as_of__gt=OuterRef("as_of"),
    ).values("pk")
    forgotten = Movement.objects.filter(
        offer=OuterRef("offer"), reason=Reason.UNKNOWN, pk__lt=OuterRef("pk")
    ).order_by("-pk")
    late = Movement.objects.filter(reason=Reason.COUNT).annotate(
        younger=Subquery(younger[:1]), forgotten=Subquery(forgotten.values("pk")[:1])
    )
    for movement in late.filter(younger__isnull=False, forgotten__isnull=True).order_by("pk"):
        yield Violation(
            3, f"movement:{movement.pk}", "an older count was applied after a younger one"
        )


# Truth 4 and 5: lives and lines -------------------------------------------------------------------


def _preparing() -> Iterator[Violation]:
    rows = Branch.objects.annotate(
        confirmed=Coalesce(
            Subquery(
                Reservation.objects.filter(branch=OuterRef("pk"), state=State.CONFIRMED)
                .order_by()
                .values("branch")
                .annotate(total=Count("pk"))
                .values("total"),
                output_field=IntegerField(),
            ),
            Value(0),
        )
    ).exclude(preparing=F("confirmed"))
    for branch in rows.order_by("pk"):
        yield Violation(
            4, f"branch:{branch.pk}", f"preparing {branch.preparing}, confirmed {branch.confirmed}"
        )


def _calendars() -> Iterator[Violation]:
    """What pages read of a branch's hours is what its rows say (design 6)."""
    for branch in Branch.objects.select_related("shop__city").order_by("pk"):
        if branch.calendar != hours.compiled(branch):
            yield Violation(4, f"branch:{branch.pk}", "its calendar is not what its rows say")


def _windows() -> Iterator[Violation]:
    """A window of hand-over counts who has a place in it: open reservations and collected ones."""
    lost = sorted(ENDED - {State.COLLECTED})
    held = Reservation.objects.filter(slot=OuterRef("pk")).exclude(state__in=lost)
    counted = held.order_by().values("slot").annotate(total=Count("pk")).values("total")
    rows = Slot.objects.annotate(
        held=Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
    ).exclude(taken=F("held"))
    for slot in rows.order_by("pk"):
        yield Violation(4, f"slot:{slot.pk}", f"taken {slot.taken}, held {slot.held}")


def _copied() -> Iterator[Violation]:
    for line in Line.objects.exclude(_rate_of_its_class()).order_by("pk"):
        yield Violation(5, f"line:{line.pk}", "tax rate is not that of its tax class")
    astray = ~Q(reservation__branch=F("offer__branch")) | ~Q(
        reservation__shop=F("reservation__branch__shop")
    )
    for line in Line.objects.filter(astray).order_by("pk"):
        yield Violation(9, f"line:{line.pk}", "offer, branch and shop do not belong together")


def _rate_of_its_class() -> Q:
    """A line carries the rate that its class had on the day it was placed."""
    found = Q(pk__in=[])
    for tax_class, rates in tax.RATES.items():
        ends = [since for since, _rate in rates[1:]] + [date.max]
        for (since, rate), until in zip(rates, ends, strict=True):
            found |= Q(
                tax_class=tax_class,
                tax_rate=rate,
                reservation__placed_at__gte=_midnight(since),
                reservation__placed_at__lt=_midnight(until),
            )
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


# Truth 8 -----------------------------------------------------------------------------------------


def _append_only() -> Iterator[Violation]:
    for name in schema.missing(connection):
        yield Violation(8, f"trigger:{name}", "the trigger that keeps history is missing")
    for _row in RetentionPass.objects.all():
        yield Violation(8, "retentionpass", "a retention pass was left open")
    for pk in LogEntry.objects.filter(data__icontains="@").values_list("pk", flat=True):
        yield Violation(8, f"logentry:{pk}", "history names a person")


def _prices() -> Iterator[Violation]:
    last = PriceChange.objects.filter(offer=OuterRef("pk")).order_by("-pk")
    rows = Offer.objects.annotate(last=Subquery(last.values("price")[:1]))
    for offer in rows.filter(Q(last__isnull=True) | ~Q(price=F("last"))).order_by("pk"):
        yield Violation(8, f"offer:{offer.pk}", "the price is not the last of its history")


def _reductions() -> Iterator[Violation]:
    """LAW: what stands beside a price is what was frozen when its reduction began (PAngV § 11)."""
    running = Reduction.objects.filter(offer=OuterRef("pk"), ended_at__isnull=True)
    rows = Offer.objects.annotate(
        frozen=Subquery(running.values("reference_price")[:1]),
        announced=Subquery(running.values("price")[:1]),
    )
    astray = Q(reference_price__isnull=True, frozen__isnull=False)
    astray |= Q(reference_price__isnull=False, frozen__isnull=True)
    astray |= Q(frozen__isnull=False) & ~Q(reference_price=F("frozen"), price=F("announced"))
    for offer in rows.filter(astray).order_by("pk"):
        yield Violation(8, f"offer:{offer.pk}", "what it was reduced from is not what was frozen")


CHECKS: dict[str, Check] = {
    "1 numbers are not negative": _numbers,
    "2 reserved is what lines hold": _reserved,
    "3 on hand is the sum of movements": _on_hand,
    "3 the last count holds": _counted_at,
    "4 states follow from history": audit_life.states,
    "4 lines fit their reservation": audit_life.lines,
    "4 each claim ended once": audit_life.claims,
    "4 preparing is what is confirmed": _preparing,
    "4 windows count who has a place": _windows,
    "4 calendars follow from their rows": _calendars,
    "4 withdrawn is what was granted": audit_withdrawals.units,
    "4 withdrawals are decided whole": audit_withdrawals.states,
    "5 lines are copies": _copied,
    "6 nothing is paid without payment": audit_money.unpaid,
    "6 every cent is accounted for": audit_money.sums,
    "6 receipts say what was paid": audit_receipts.money,
    "7 each event once": audit_money.events,
    "10 no call without its intent": audit_money.intents,
    "8 history is append-only": _append_only,
    "8 declarations are as received": audit_withdrawals.declarations,
    "8 receipts are whole": audit_receipts.series,
    "8 price history is whole": _prices,
    "8 reductions are as announced": _reductions,
}
