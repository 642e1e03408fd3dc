"""A reservation's life (design section 5): the only code that writes its state.

Each verb is one compare-and-swap on the reservation, which also holds its row; then offers in
primary-key order; then lines, history and mail, all in one transaction. `Stale` when the
reservation is not where the verb may start from; nothing has happened then. Where it is paid online
each verb ends by bringing the money in line with the goods (`money.settle`).
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.core.faults import fault
from marketplace.reservations.domain import (
    contracts,
    handing,
    holding,
    money,
    notices,
    swaps,
    times,
)
from marketplace.reservations.domain.withdrawal import rights
from marketplace.reservations.enums import EndReason, Mode, State, Verb
from marketplace.reservations.models import Line, Reservation
from shops.domain import calendar, slots

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@transaction.atomic
def accept(*, reservation_id: int, by: Actor, now: datetime, tell: bool = True) -> Reservation:
    """The shop will hold the goods. Fixes the promised times; the shopper is told unless `tell`
    is off because the mail about placing says it already. Where it is paid online this makes the
    contract, and the mail is its confirmation."""
    reservation = swaps.hold(reservation_id, Verb.ACCEPT)
    opening = times.calendar_of(reservation)
    ready_by = times.ready_from(reservation, opening, now)
    if ready_by is None:
        raise Refused(
            _("This shop has no opening hours yet. Please enter them first."), code="never_open"
        )
    due = calendar.collect_by(opening, ready_by, reservation.checkout.city.hold_days)
    swaps.become(
        reservation,
        Verb.ACCEPT,
        by=by,
        now=now,
        answer_by=None,
        ready_by=ready_by,
        collect_by=due or ready_by,
    )
    if tell and reservation.mode == Mode.PAY:
        contracts.confirm(reservation=reservation, now=now, wait=True)
    elif tell:
        notices.accepted(reservation=reservation, now=now)
    return reservation


@transaction.atomic
def decline(*, reservation_id: int, reason: EndReason, by: Actor, now: datetime) -> Reservation:
    """The shop cannot fill the request. Goods that are not there leave the stock as well."""
    reservation = swaps.hold(reservation_id, Verb.DECLINE)
    swaps.become(reservation, Verb.DECLINE, by=by, now=now, reason=reason)
    holding.let_go(reservation, missing=reason == EndReason.NOT_THERE, by=by, now=now)
    money.settle(reservation, by=by, now=now)
    notices.declined(reservation=reservation, now=now)
    return reservation


@transaction.atomic
def decline_silent(*, reservation_id: int, now: datetime) -> Reservation:
    """The answer time has passed: the clock declines and gives the goods back."""
    reservation = swaps.hold(reservation_id, Verb.DECLINE, only=Q(answer_by__lte=now))
    by = Actor.clock()
    swaps.become(reservation, Verb.DECLINE, by=by, now=now, reason=EndReason.SILENT)
    holding.let_go(reservation, missing=False, by=by, now=now)
    money.settle(reservation, by=by, now=now)
    notices.declined(reservation=reservation, now=now)
    return reservation


@transaction.atomic
def mark_ready(
    *,
    reservation_id: int,
    found: Mapping[int, int] | None = None,
    shelf: str = "",
    by: Actor,
    now: datetime,
) -> Reservation:
    """Goods lie in a compartment. `found` maps line ids to units found; a missing id means all.

    What was not found corrects the stock and the shopper chooses. When nothing at all was found
    the reservation is cancelled with that reason instead. Where it is paid online the money for
    what was found is taken first; until that is booked the goods lie set aside, and `finish_ready`
    tells the shopper.
    """
    reservation = swaps.hold(reservation_id, Verb.MARK_READY, only=Q(set_aside_at__isnull=True))
    lines = [line for line in holding.lines_of(reservation) if line.held]
    counts = _counts(lines, found, _("Please enter how many of the reserved units you found."))
    if not any(counts.values()):
        swaps.become(reservation, Verb.CANCEL, by=by, now=now, reason=EndReason.NOT_THERE)
        holding.let_go(reservation, missing=True, by=by, now=now)
        money.settle(reservation, by=by, now=now)
        notices.cancelled(reservation=reservation, by=by, now=now)
        return reservation
    handing.refuse_forbidden(lines, counts)
    holding.set_aside(lines, counts, by=by, now=now)
    if reservation.mode == Mode.PAY:
        contracts.hasten(reservation=reservation, now=now)
        fault("ready.take")
        if not money.take(reservation, by=by, now=now):
            swaps.become(reservation, Verb.SET_ASIDE, by=by, now=now, set_aside_at=now, shelf=shelf)
            return reservation
    _ready(reservation, by=by, now=now, shelf=shelf)
    return reservation


@transaction.atomic
def finish_ready(*, reservation_id: int, now: datetime) -> Reservation:
    """The money for goods that lie set aside is booked: now they are ready and the shopper is
    told (design 8)."""
    booked = Q(set_aside_at__isnull=False)
    reservation = swaps.hold(reservation_id, Verb.MARK_READY, only=booked)
    _ready(reservation, by=Actor.system(), now=now, shelf=reservation.shelf)
    return reservation


def _ready(reservation: Reservation, *, by: Actor, now: datetime, shelf: str) -> None:
    opening = times.calendar_of(reservation)
    due = calendar.collect_by(opening, now, reservation.checkout.city.hold_days)
    # A late shop does not shorten the shopper's time, and no promise is taken back.
    due = max(moment for moment in (due, reservation.collect_by) if moment is not None)
    swaps.become(
        reservation, Verb.MARK_READY, by=by, now=now, ready_at=now, shelf=shelf, collect_by=due
    )
    notices.ready(reservation=reservation, now=now)


@transaction.atomic
def follow(
    *,
    reservation_id: int,
    moved: Callable[[Reservation], Mapping[str, datetime]],
    by: Actor,
    now: datetime,
) -> bool:
    """The branch's hours have changed: `moved` names the times of the reservation that are others
    now, from what it finds under the lock. The shopper is told when something had been promised."""
    reservation = swaps.hold(reservation_id, Verb.FOLLOW)
    changes = moved(reservation)
    if not changes:
        return False
    swaps.become(reservation, Verb.FOLLOW, by=by, now=now, **changes)
    if {"ready_by", "collect_by"} & changes.keys():
        notices.moved(reservation=reservation, now=now)
    return True


@transaction.atomic
def hand_over(
    *,
    reservation_id: int,
    taken: Mapping[int, int] | None = None,
    age_checked: bool = False,
    by: Actor,
    now: datetime,
) -> Reservation:
    """Goods and code meet. `taken` maps line ids to units taken; a missing id means all.

    LAW: goods with a minimum age need `age_checked`, somebody's word that they looked at a proof of
    age; kept is who and when, nothing about the person (JuSchG § 9, PAuswG § 20; law E1).
    The rest goes back to the shelf, or on the put-back list when it lay in a compartment.
    LAW: paid goods wait until the contract has been confirmed in full (BGB § 312f (2); law A5).
    LAW: fireworks only go on their days, and what the city forbids not at all (law E3, E4).
    LAW: no amount, no means of payment, no drawer here or anywhere (AO § 146a; law C4).
    """
    reservation = swaps.hold(reservation_id, Verb.HAND_OVER)
    contracts.require_confirmed(reservation)
    lines = [line for line in holding.lines_of(reservation) if line.held]
    counts = _counts(lines, taken, _("Please enter how many units are taken."))
    if not any(counts.values()):
        raise Refused(
            _("Nothing was taken. Please cancel the reservation instead."), code="nothing_taken"
        )
    handing.refuse(lines, counts, now=now)
    age = max((line.min_age for line in lines if counts[line.pk]), default=0)
    if age and not age_checked:
        raise Refused(
            _("Please look at a proof of age first: only from %(age)d years.") % {"age": age},
            code="age_unchecked",
        )
    seen = {"age_checked_at": now, "age_checked_by_id": by.user_id} if age and by.user_id else {}
    seen |= rights.from_hand_over(reservation, now=now)
    swaps.become(reservation, Verb.HAND_OVER, by=by, now=now, **seen)
    holding.give_out(lines, counts, by=by, now=now)
    money.settle(reservation, by=by, now=now)
    notices.collected(reservation=reservation, now=now)
    return reservation


@transaction.atomic
def cancel(*, reservation_id: int, reason: EndReason, by: Actor, now: datetime) -> Reservation:
    """Shopper or shop calls it off before the hand-over; paid money goes back."""
    reservation = swaps.hold(reservation_id, Verb.CANCEL)
    swaps.become(reservation, Verb.CANCEL, by=by, now=now, reason=reason)
    fault("cancel.half")
    holding.let_go(reservation, missing=False, by=by, now=now)
    money.settle(reservation, by=by, now=now)
    notices.cancelled(reservation=reservation, by=by, now=now)
    return reservation


@transaction.atomic
def expire(*, reservation_id: int, now: datetime) -> Reservation:
    """`collect_by` has passed and the goods go back. LAW: only a reserve ends by the clock."""
    only = Q(collect_by__lte=now, mode=Mode.RESERVE)
    reservation = swaps.hold(reservation_id, Verb.EXPIRE, only=only)
    by = Actor.clock()
    swaps.become(reservation, Verb.EXPIRE, by=by, now=now, reason=EndReason.NOT_COLLECTED)
    fault("expire.half")
    holding.let_go(reservation, missing=False, by=by, now=now)
    notices.expired(reservation=reservation, now=now)
    return reservation


@transaction.atomic
def pay(*, reservation_id: int, now: datetime) -> Reservation:
    """The money is promised or there: the shop is asked, or has said yes beforehand where it
    accepts by itself and the stock was sure."""
    reservation = swaps.hold(reservation_id, Verb.PAY)
    swaps.become(
        reservation, Verb.PAY, by=Actor.system(), now=now, answer_by=_answer_by(reservation, now)
    )
    return _ask(reservation, now=now)


@transaction.atomic
def revive(*, reservation_id: int, now: datetime) -> Reservation:
    """Paid at the last moment, when the hold had lapsed: its goods are claimed once more.

    `SoldOut` where they are no longer free; nothing has happened then, and the money goes back.
    """
    unpaid = Q(reason=EndReason.UNPAID)
    reservation = swaps.hold(reservation_id, Verb.REVIVE, only=unpaid)
    reservation.is_sure = holding.claim_again(reservation, now=now) and reservation.shop.auto_accept
    if reservation.slot_id:
        slots.again(slot_id=reservation.slot_id)
    swaps.become(
        reservation,
        Verb.REVIVE,
        by=Actor.system(),
        now=now,
        answer_by=_answer_by(reservation, now),
        is_sure=reservation.is_sure,
        reason="",
        ended_at=None,
    )
    return _ask(reservation, now=now)


@transaction.atomic
def lapse(*, reservation_id: int, now: datetime) -> Reservation:
    """Nobody has paid and nobody can any more, or wants to: the goods are free again. Nobody is
    told; the page says it to whoever looks."""
    reservation = swaps.hold(reservation_id, Verb.EXPIRE, only=Q(mode=Mode.PAY))
    by = Actor.clock()
    reason = reservation.reason or EndReason.UNPAID
    swaps.become(reservation, Verb.EXPIRE, by=by, now=now, reason=reason)
    fault("lapse.half")
    holding.let_go(reservation, missing=False, by=by, now=now)
    return reservation


@transaction.atomic
def lose_payment(*, reservation_id: int, now: datetime) -> Reservation:
    """The promised money can no longer be taken: the reservation ends, nothing was paid."""
    reservation = swaps.hold(reservation_id, Verb.CANCEL, only=Q(mode=Mode.PAY))
    by = Actor.system()
    swaps.become(reservation, Verb.CANCEL, by=by, now=now, reason=EndReason.UNPAID)
    holding.let_go(reservation, missing=False, by=by, now=now)
    notices.cancelled(reservation=reservation, by=by, now=now)
    return reservation


def _ask(reservation: Reservation, *, now: datetime) -> Reservation:
    if reservation.is_sure:
        # A shop whose hours are gone meanwhile is asked, as if it did not accept by itself.
        with suppress(Refused):
            reservation = accept(
                reservation_id=reservation.pk, by=Actor.clock(), now=now, tell=False
            )
    if reservation.state == State.CONFIRMED:
        # One mail says both: received, and accepted (law A5).
        contracts.confirm(reservation=reservation, now=now)
        notices.shop_told(reservations=[reservation], now=now)
    else:
        notices.placed(checkout=reservation.checkout, reservations=[reservation], now=now)
    return reservation


def _answer_by(reservation: Reservation, now: datetime) -> datetime | None:
    opening = times.calendar_of(reservation).under("")
    return calendar.add_opening_minutes(opening, now, reservation.checkout.city.answer_minutes)


@transaction.atomic
def reinstate(*, reservation_id: int, by: Actor, now: datetime) -> Reservation:
    """The shopper came late and the goods still lie in the shop: ready again until the end of
    the next opening day."""
    reservation = swaps.hold(reservation_id, Verb.REINSTATE)
    opening = times.calendar_of(reservation)
    swaps.become(
        reservation,
        Verb.REINSTATE,
        by=by,
        now=now,
        reason="",
        ended_at=None,
        reminded_at=None,
        ready_at=reservation.ready_at or now,
        collect_by=calendar.collect_by(opening, now, 1) or now,
    )
    holding.take_again(reservation)
    notices.ready(reservation=reservation, now=now)
    return reservation


@transaction.atomic
def shelve(*, reservation_id: int, by: Actor, now: datetime) -> Reservation:
    """The goods of an ended reservation are back on the shelf: now they count again."""
    reservation = swaps.hold(reservation_id, Verb.SHELVE)
    swaps.become(reservation, Verb.SHELVE, by=by, now=now)
    holding.back_on_shelf(reservation, now=now)
    return reservation


def _counts(
    lines: list[Line], wanted: Mapping[int, int] | None, sentence: "StrOrPromise"
) -> dict[int, int]:
    """Units per line id, all where nothing is said; `Refused` outside what is owed of the line."""
    counts = {line.pk: (wanted or {}).get(line.pk, line.owed) for line in lines}
    if any(not 0 <= counts[line.pk] <= line.owed for line in lines):
        raise Refused(sentence, code="units_out_of_range")
    return counts
