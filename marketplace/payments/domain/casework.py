"""What a person does about a case: ask again, let it be tried again, close it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import LogEntry
from marketplace.payments.domain import inbox, operations, payments
from marketplace.payments.enums import WorkState
from marketplace.payments.models import (
    Case,
    Dispute,
    Operation,
    Payment,
    ProviderEvent,
    Refund,
)
from marketplace.payments.models.payment import LONGEST_NOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that is known about a case; nothing of it is a shopper's personal data."""

    case: Case
    payment: Payment | None
    refunds: list[Refund]
    disputes: list[Dispute]
    #: Calls of the payment, or the one call that the case is about; oldest first.
    operations: list[Operation]
    event: ProviderEvent | None
    #: What people did about the case.
    entries: list[LogEntry]

    @property
    def given_up(self) -> int:
        """How much of it could be tried again."""
        calls = sum(one.state == WorkState.DEAD for one in self.operations)
        return calls + (self.event is not None and self.event.state == WorkState.DEAD)

    @property
    def can_ask(self) -> bool:
        """Whether the provider has heard of the payment."""
        return self.payment is not None and bool(self.payment.session_ref)


def dossier(*, case: Case) -> Dossier:
    """Six queries at most."""
    kind, _colon, number = case.about.partition(":")
    event = operation = payment = None
    if kind == "event":
        event = ProviderEvent.objects.filter(pk=number).first()
    elif kind == "operation":
        operation = Operation.objects.select_related("payment__account").filter(pk=number).first()
        payment = operation.payment if operation else None
    elif kind == "payment":
        payment = Payment.objects.select_related("account").filter(pk=number).first()
    elif kind == "refund":
        refund = Refund.objects.select_related("payment__account").filter(pk=number).first()
        payment = refund.payment if refund else None
    calls = [operation] if operation and not payment else []
    about = f"case:{case.pk}"
    entries = LogEntry.objects.filter(subject=about).select_related("actor").order_by("at", "pk")
    return Dossier(
        case=case,
        payment=payment,
        refunds=list(payment.refunds.order_by("pk")) if payment else [],
        disputes=list(payment.disputes.order_by("pk")) if payment else [],
        operations=list(payment.operations.order_by("pk")) if payment else calls,
        event=event,
        entries=list(entries),
    )


@transaction.atomic
def close(*, case_id: int, note: str, by: Actor, now: datetime) -> Case:
    """A person has dealt with it and says how. `Refused` without a note, `Stale` where somebody
    else has closed it meanwhile."""
    note = note.strip()
    if not note:
        raise Refused(_("Please say what became of it. The next one reads it."), code="no_note")
    if len(note) > LONGEST_NOTE:
        raise Refused(_("This note is too long."), code="long_note")
    # RACE: the empty column is the condition, so of two people one closes it.
    if not Case.objects.filter(pk=case_id, closed_at=None).update(closed_at=now, note=note):
        raise Stale(
            _("Somebody has closed this case meanwhile. Nothing was changed."), code="closed"
        )
    _record("close", case_id, by=by, now=now)
    return Case.objects.get(pk=case_id)


@transaction.atomic
def ask(*, case_id: int, by: Actor, now: datetime) -> Operation:
    """Ask the provider soon where the payment stands. `Refused` where it has never heard of it."""
    found = dossier(case=Case.objects.get(pk=case_id))
    if found.payment is None or not found.can_ask:
        raise Refused(
            _("There is no payment here that the provider could be asked about."), code="nothing"
        )
    asked = payments.look(payment_id=found.payment.pk, now=now)
    _record("ask", case_id, by=by, now=now)
    return asked


@transaction.atomic
def revive(*, case_id: int, by: Actor, now: datetime) -> int:
    """Let what was given up be tried again; returns how much. `Stale` where nothing is."""
    found = dossier(case=Case.objects.get(pk=case_id))
    calls = [one.pk for one in found.operations if one.state == WorkState.DEAD]
    number = operations.revive(ids=calls, now=now)
    if found.event is not None:
        number += inbox.revive(ids=[found.event.pk], now=now)
    if not number:
        raise Stale(_("Nothing of this is given up any more."), code="alive")
    _record("revive", case_id, by=by, now=now, number=number)
    return number


def _record(verb: str, case_id: int, *, by: Actor, now: datetime, **data: int) -> None:
    history.record(
        verb=f"case.{verb}", subject=f"case:{case_id}", scope="", by=by, now=now, data=data
    )
