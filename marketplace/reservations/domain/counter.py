"""What members do with reservations: each act is a Tap, so it happens once and can be taken back.

The same `client_id` gives the same result, however often it is sent (truth 11). The last tap on a
reservation can be undone for a minute by the member who made it, while nothing has followed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.reservations.domain import contracts, holding, lifecycle, notices, swaps
from marketplace.reservations.enums import UNDOABLE, EndReason, Mode, Verb
from marketplace.reservations.models import Reservation, Tap

#: How long a tap can be taken back. Mails about a tap wait as long.
UNDO = timedelta(seconds=60)

FIELDS = (
    "state",
    "code",
    "answer_by",
    "ready_by",
    "collect_by",
    "ready_at",
    "set_aside_at",
    "reminded_at",
    "ended_at",
    "age_checked_at",
    "age_checked_by_id",
    "shelf",
    "reason",
    "withdrawal_ends_at",
)
TIMES = (
    "answer_by",
    "ready_by",
    "collect_by",
    "ready_at",
    "set_aside_at",
    "reminded_at",
    "ended_at",
    "age_checked_at",
    "withdrawal_ends_at",
)


def accept(*, reservation_id: int, client_id: UUID, by: Actor, now: datetime) -> Reservation:
    """The shop will hold the goods."""

    def act() -> Reservation:
        return lifecycle.accept(reservation_id=reservation_id, by=by, now=now)

    return _tapped(Verb.ACCEPT, act, reservation_id, client_id, by, now)


def decline(
    *, reservation_id: int, reason: EndReason, client_id: UUID, by: Actor, now: datetime
) -> Reservation:
    """The shop cannot fill a request."""

    def act() -> Reservation:
        return lifecycle.decline(reservation_id=reservation_id, reason=reason, by=by, now=now)

    return _tapped(Verb.DECLINE, act, reservation_id, client_id, by, now)


def mark_ready(
    *,
    reservation_id: int,
    found: Mapping[int, int] | None = None,
    shelf: str = "",
    client_id: UUID,
    by: Actor,
    now: datetime,
) -> Reservation:
    """Found, and in a compartment; see `lifecycle.mark_ready`."""

    def act() -> Reservation:
        return lifecycle.mark_ready(
            reservation_id=reservation_id, found=found, shelf=shelf, by=by, now=now
        )

    return _tapped(Verb.MARK_READY, act, reservation_id, client_id, by, now)


def hand_over(
    *,
    reservation_id: int,
    taken: Mapping[int, int] | None = None,
    age_checked: bool = False,
    client_id: UUID,
    by: Actor,
    now: datetime,
) -> Reservation:
    """Goods and code meet; see `lifecycle.hand_over`."""

    def act() -> Reservation:
        return lifecycle.hand_over(
            reservation_id=reservation_id, taken=taken, age_checked=age_checked, by=by, now=now
        )

    return _tapped(Verb.HAND_OVER, act, reservation_id, client_id, by, now)


def cancel(
    *, reservation_id: int, reason: EndReason, client_id: UUID, by: Actor, now: datetime
) -> Reservation:
    """The shop calls a reservation off."""

    def act() -> Reservation:
        return lifecycle.cancel(reservation_id=reservation_id, reason=reason, by=by, now=now)

    return _tapped(Verb.CANCEL, act, reservation_id, client_id, by, now)


def reinstate(*, reservation_id: int, client_id: UUID, by: Actor, now: datetime) -> Reservation:
    """The shopper came late and the goods are still set aside."""

    def act() -> Reservation:
        return lifecycle.reinstate(reservation_id=reservation_id, by=by, now=now)

    return _tapped(Verb.REINSTATE, act, reservation_id, client_id, by, now)


def shelve(*, reservation_id: int, client_id: UUID, by: Actor, now: datetime) -> Reservation:
    """Goods of an ended reservation are back on the shelf."""

    def act() -> Reservation:
        return lifecycle.shelve(reservation_id=reservation_id, by=by, now=now)

    return _tapped(Verb.SHELVE, act, reservation_id, client_id, by, now)


@transaction.atomic
def undo(*, reservation_id: int, by: Actor, now: datetime) -> Reservation:
    """Take the last tap back: state, lines and stock as before, its unsent mails void.

    `Refused` when it was another member's tap or cannot be undone, `Stale` when a minute has
    passed or something has followed.
    """
    taps = Tap.objects.filter(reservation_id=reservation_id).select_related("reservation")
    tap = taps.order_by("-pk").first()
    if tap is None or tap.undone_at is not None or Verb(tap.verb) not in UNDOABLE:
        raise Refused(_("There is nothing to undo."), code="nothing_to_undo")
    if tap.member_id != by.user_id:
        raise Refused(_("Only the person who did this can undo it."), code="not_yours")
    if now - tap.at > UNDO:
        raise Stale(_("A minute has passed. It can no longer be undone."), code="too_late")
    if has_moved_money(tap):
        raise Refused(
            _("The money has been asked for or is on its way back. It cannot be undone."),
            code="money",
        )
    if tap.verb == Verb.ACCEPT and contracts.is_confirmed(reservation_id):
        raise Stale(_("The contract has been confirmed. It can no longer be undone."), code="made")
    reservation = swaps.swap_back(
        reservation_id=reservation_id, version=tap.version, before=_parse(tap.before["reservation"])
    )
    holding.give_back(reservation, before=tap.before["lines"], by=by, now=now)
    Tap.objects.filter(pk=tap.pk).update(undone_at=now)
    notices.void(reservation=reservation, version=tap.version, now=now)
    history.record(
        verb="reservation.undo",
        subject=f"reservation:{reservation.pk}",
        scope=f"shop:{reservation.shop_id}",
        by=by,
        now=now,
        data={"tap": tap.pk, "undone": tap.verb.lower()},
    )
    return reservation


def has_moved_money(tap: Tap) -> bool:
    """Of what was paid online only taps that left the money alone can be taken back: a yes, a
    put-back, and a hand-over of everything that was ready."""
    if tap.reservation.mode != Mode.PAY or tap.verb in (Verb.ACCEPT, Verb.SHELVE):
        return False
    before = tap.before["lines"]
    whole = all(
        line.consumed - before[str(line.pk)]["consumed"] == before[str(line.pk)]["held"]
        for line in holding.lines_of(tap.reservation)
    )
    return not (tap.verb == Verb.HAND_OVER and whole)


def _tapped(
    verb: Verb,
    act: Callable[[], Reservation],
    reservation_id: int,
    client_id: UUID,
    by: Actor,
    now: datetime,
) -> Reservation:
    if by.user_id is None:
        raise ValueError("a tap has a member")
    done = _done(client_id, reservation_id)
    if done is not None:
        return done
    try:
        with transaction.atomic():
            # RACE: the row is held before it is copied, so `before` is what the verb starts from.
            swaps.keep(reservation_id)
            before = _snapshot(reservation_id)
            reservation = act()
            Tap.objects.create(
                client_id=client_id,
                reservation=reservation,
                member_id=by.user_id,
                verb=verb,
                at=now,
                version=reservation.version,
                before=before,
            )
            return reservation
    except (IntegrityError, Stale) as error:
        # RACE: the same tap, sent twice, won in another process.
        done = _done(client_id, reservation_id)
        if done is not None:
            return done
        if isinstance(error, Stale):
            raise
        # The id has served another reservation: no form of ours does that.
        raise _used_up() from error


def _done(client_id: UUID, reservation_id: int) -> Reservation | None:
    tap = Tap.objects.filter(client_id=client_id, reservation_id=reservation_id).first()
    if tap is None:
        return None
    if tap.undone_at is not None:
        raise _used_up()
    return Reservation.objects.select_related("branch", "shop").get(pk=reservation_id)


def _used_up() -> Stale:
    return Stale(
        _("This button was used before, and what it did was taken back. Please use the new one."),
        code="tap_used",
    )


def _snapshot(reservation_id: int) -> dict[str, Any]:
    reservation = Reservation.objects.get(pk=reservation_id)
    fields = {name: getattr(reservation, name) for name in FIELDS}
    for name in TIMES:
        fields[name] = fields[name].isoformat() if fields[name] else None
    return {"reservation": fields, "lines": holding.snapshot(reservation)}


def _parse(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in TIMES and value else value
        for name, value in fields.items()
    }
