"""From one state of a withdrawal to the next: by compare-and-swap, with a line of history."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Stale
from marketplace.reservations.enums import WithdrawalState
from marketplace.reservations.models import Withdrawal

NOT_AN_ORDER = _("This is no paid order of this city.")
NOT_PAID_YET = _("This has not been paid yet. It is assigned once the payment is over.")


def go(
    withdrawal: Withdrawal,
    was: WithdrawalState,
    to: WithdrawalState,
    *,
    by: Actor,
    now: datetime,
    **changes: Any,
) -> None:
    """Write the next state in the caller's transaction. `Stale` where it is not in `was`."""
    # RACE: the state is the condition; of two at once one finds no row.
    rows = Withdrawal.objects.filter(pk=withdrawal.pk, state=was)
    if not rows.update(state=to, **changes):
        raise done()
    withdrawal.state = to
    for name, value in changes.items():
        setattr(withdrawal, name, value)
    reservation_id = withdrawal.reservation_id
    history.record(
        verb=f"withdrawal.{to.value.lower()}",
        subject=f"withdrawal:{withdrawal.pk}",
        scope=f"city:{withdrawal.city_id}",
        by=by,
        now=now,
        data={"reservation": reservation_id} if reservation_id else None,
    )


def done() -> Stale:
    """Somebody was faster."""
    return Stale(
        _("Somebody has dealt with this withdrawal already. Please look again."),
        code="withdrawal_done",
    )
