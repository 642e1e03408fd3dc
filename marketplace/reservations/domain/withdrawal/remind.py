"""What time does: try again to assign, remind whoever has to pay back."""

from datetime import datetime, timedelta

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.reservations.domain.withdrawal import dates, mails, match
from marketplace.reservations.enums import WITHDRAWALS_TO_DO, WithdrawalState
from marketplace.reservations.models import Withdrawal

#: So long the caretaker tries by itself; then only people do.
TRIED = timedelta(days=2)


def match_late(*, now: datetime) -> int:
    """Assign what a dying process or an unpaid order has left unassigned; how many."""
    rows = Withdrawal.objects.filter(
        state=WithdrawalState.RECEIVED, declaration__received_at__gt=now - TRIED
    )
    done = 0
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        try:
            done += match.automatically(withdrawal_id=pk, by=Actor.system(), now=now)
        except (Refused, Stale):
            continue
    return done


def remind(*, now: datetime) -> int:
    """LAW: three days before the money is due somebody is told, once (law A10); how many."""
    rows = Withdrawal.objects.filter(
        state__in=sorted(WITHDRAWALS_TO_DO),
        reminded_at__isnull=True,
        refund_due_at__lte=now + dates.REMIND_BEFORE + dates.DAY,
    )
    return sum(_remind(each, now) for each in rows.order_by("pk"))


def _remind(withdrawal: Withdrawal, now: datetime) -> bool:
    # RACE: the empty column is the condition, so two ticks send one mail.
    rows = Withdrawal.objects.filter(pk=withdrawal.pk, reminded_at=None)
    if not rows.update(reminded_at=now):
        return False
    mails.due(withdrawal=withdrawal, now=now)
    return True
