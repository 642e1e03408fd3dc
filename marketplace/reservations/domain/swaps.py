"""Writing a reservation's state: hold it by compare-and-swap, then write what the verb makes of it.

For `lifecycle`, `counter` and `withdrawal` only. Whoever changes a paid reservation holds its
payments first, as their listener comes from that side (`paying.listen`); so nobody waits in a
circle.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Stale
from marketplace.payments.domain import payments
from marketplace.reservations.enums import ENDED, FROM, FROM_PAID, LIVE, TO, Mode, State, Verb
from marketplace.reservations.models import Reservation
from shops.domain import branches, slots


def keep(reservation_id: int) -> None:
    """RACE: keep the reservation's row until commit, by writing it, and its payments before it.
    Inside a transaction only."""
    _hold_payments(reservation_id)
    Reservation.objects.filter(pk=reservation_id).update(version=F("version"))


def hold(reservation_id: int, verb: Verb, *, only: Q | None = None) -> Reservation:
    """RACE: state and condition are in the UPDATE itself, which also keeps the row until commit;
    of two verbs at once one finds no row. Returns the reservation as it was before the verb."""
    _hold_payments(reservation_id)
    may = Q(mode=Mode.RESERVE, state__in=FROM.get(verb, ())) | Q(
        mode=Mode.PAY, state__in=FROM_PAID[verb]
    )
    rows = Reservation.objects.filter(may, only or Q(), pk=reservation_id)
    if not rows.update(version=F("version") + 1):
        raise stale(reservation_id)
    return read(reservation_id)


def swap_back(*, reservation_id: int, version: int, before: Mapping[str, Any]) -> Reservation:
    """For `counter.undo` only: the reservation as it was, if nothing followed `version`."""
    _hold_payments(reservation_id)
    # RACE: the version is the condition; a second undo or any verb in between finds no row.
    rows = Reservation.objects.filter(pk=reservation_id, version=version)
    if not rows.update(version=F("version") + 1):
        raise Stale(_("Something has happened since. It cannot be undone."), code="followed")
    reservation = read(reservation_id)
    was = reservation.state
    write(reservation, dict(before))
    if reservation.slot_id and was in ENDED - {State.COLLECTED} and reservation.state in LIVE:
        slots.again(slot_id=reservation.slot_id)
    return reservation


def read(reservation_id: int) -> Reservation:
    """With what verbs and mails need."""
    return Reservation.objects.select_related(
        "branch", "shop", "slot", "checkout__city", "checkout__contact"
    ).get(pk=reservation_id)


def write(reservation: Reservation, changes: dict[str, Any]) -> None:
    """Columns of a held reservation, and what higher up is told about it."""
    was = reservation.state
    Reservation.objects.filter(pk=reservation.pk).update(**changes)
    for name, value in changes.items():
        setattr(reservation, name, value)
    preparing = (reservation.state == State.CONFIRMED) - (was == State.CONFIRMED)
    if preparing:
        branches.tell_preparing(branch_id=reservation.branch_id, change=preparing)


def become(
    reservation: Reservation, verb: Verb, *, by: Actor, now: datetime, **changes: Any
) -> None:
    """Write what the verb makes of a held reservation, and the line of history about it."""
    was = reservation.state
    if verb in TO:
        changes["state"] = TO[verb]
        if TO[verb] in ENDED:
            changes["ended_at"] = now
    write(reservation, changes)
    if reservation.slot_id and verb in TO and TO[verb] in ENDED - {State.COLLECTED}:
        slots.give_back(slot_id=reservation.slot_id)
    history.record(
        verb=f"reservation.{verb.value.lower()}",
        subject=f"reservation:{reservation.pk}",
        scope=f"shop:{reservation.shop_id}",
        by=by,
        now=now,
        data={"version": reservation.version, "was": was},
    )


def stale(reservation_id: int) -> Stale:
    """Why no verb starts here, in words."""
    found = Reservation.objects.values_list("state", "set_aside_at").get(pk=reservation_id)
    state, set_aside_at = found
    if state == State.CONFIRMED and set_aside_at:
        return Stale(
            _("The goods are set aside and the money is being taken. It is ready in a moment."),
            code="is_set_aside",
        )
    words = {
        State.PENDING: _("This has not been paid yet."),
        State.REQUESTED: _("The shop has not answered yet."),
        State.CONFIRMED: _("This is reserved, but not ready yet."),
        State.READY: _("This is ready to collect already."),
        State.COLLECTED: _("This was handed over already."),
        State.DECLINED: _("The shop has declined this reservation."),
        State.CANCELLED: _("This reservation was cancelled."),
        State.EXPIRED: _("This reservation has expired."),
    }
    return Stale(words[State(state)], code=f"is_{state.lower()}")


def _hold_payments(reservation_id: int) -> None:
    for subject in Reservation.objects.filter(pk=reservation_id).values_list("subject", flat=True):
        if subject is not None:
            payments.hold_all(subject=subject)
