"""A reservation's life (design section 5): the only code that writes its state.

Each verb is one compare-and-swap on the reservation, which also holds its row; then offers in
primary-key order; then lines, history and mail, all in one transaction. `Stale` when the
reservation is not where the verb may start from; nothing has happened then.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.faults import fault
from marketplace.reservations.domain import holding, notices, times
from marketplace.reservations.enums import ENDED, FROM, OPEN, TO, EndReason, Mode, State, Verb
from marketplace.reservations.models import Line, Reservation
from shops.domain import branches, calendar, slots

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@transaction.atomic
def accept(*, reservation_id: int, by: Actor, now: datetime, tell: bool = True) -> Reservation:
    """The shop will hold the goods. Fixes the promised times; the shopper is told unless `tell`
    is off because the mail about placing says it already."""
    reservation = _hold(reservation_id, Verb.ACCEPT)
    opening = times.calendar_of(reservation)
    ready_by = times.ready_from(reservation, opening, now)
    if ready_by is None:
        raise Refused(
            _("This shop has no opening hours yet. Please enter them first."), code="never_open"
        )
    due = calendar.collect_by(opening, ready_by, reservation.checkout.city.hold_days)
    _become(
        reservation,
        Verb.ACCEPT,
        by=by,
        now=now,
        answer_by=None,
        ready_by=ready_by,
        collect_by=due or ready_by,
    )
    if tell:
        notices.accepted(reservation=reservation, now=now)
    return reservation


@transaction.atomic
def decline(*, reservation_id: int, reason: EndReason, by: Actor, now: datetime) -> Reservation:
    """The shop cannot fill the request. Goods that are not there leave the stock as well."""
    reservation = _hold(reservation_id, Verb.DECLINE)
    _become(reservation, Verb.DECLINE, by=by, now=now, reason=reason)
    holding.let_go(reservation, missing=reason == EndReason.NOT_THERE, by=by, now=now)
    notices.declined(reservation=reservation, now=now)
    return reservation


@transaction.atomic
def decline_silent(*, reservation_id: int, now: datetime) -> Reservation:
    """The answer time has passed: the clock declines and gives the goods back."""
    reservation = _hold(reservation_id, Verb.DECLINE, only=Q(answer_by__lte=now))
    by = Actor.clock()
    _become(reservation, Verb.DECLINE, by=by, now=now, reason=EndReason.SILENT)
    holding.let_go(reservation, missing=False, by=by, now=now)
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
    the reservation is cancelled with that reason instead.
    """
    reservation = _hold(reservation_id, Verb.MARK_READY)
    lines = [line for line in holding.lines_of(reservation) if line.held]
    counts = _counts(lines, found, _("Please enter how many of the reserved units you found."))
    if not any(counts.values()):
        _become(reservation, Verb.CANCEL, by=by, now=now, reason=EndReason.NOT_THERE)
        holding.let_go(reservation, missing=True, by=by, now=now)
        notices.cancelled(reservation=reservation, by=by, now=now)
        return reservation
    opening = times.calendar_of(reservation)
    due = calendar.collect_by(opening, now, reservation.checkout.city.hold_days)
    # A late shop does not shorten the shopper's time, and no promise is taken back.
    due = max(moment for moment in (due, reservation.collect_by) if moment is not None)
    _become(reservation, Verb.MARK_READY, by=by, now=now, ready_at=now, shelf=shelf, collect_by=due)
    holding.set_aside(lines, counts, by=by, now=now)
    notices.ready(reservation=reservation, now=now)
    return reservation


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
    reservation = _hold(reservation_id, Verb.FOLLOW)
    changes = moved(reservation)
    if not changes:
        return False
    _become(reservation, Verb.FOLLOW, by=by, now=now, **changes)
    if {"ready_by", "collect_by"} & changes.keys():
        notices.moved(reservation=reservation, now=now)
    return True


@transaction.atomic
def hand_over(
    *, reservation_id: int, taken: Mapping[int, int] | None = None, by: Actor, now: datetime
) -> Reservation:
    """Goods and code meet. `taken` maps line ids to units taken; a missing id means all.

    The rest goes back to the shelf, or on the put-back list when it lay in a compartment.
    LAW: no amount, no means of payment, no drawer here or anywhere (AO § 146a; law C4).
    """
    reservation = _hold(reservation_id, Verb.HAND_OVER)
    lines = [line for line in holding.lines_of(reservation) if line.held]
    counts = _counts(lines, taken, _("Please enter how many units are taken."))
    if not any(counts.values()):
        raise Refused(
            _("Nothing was taken. Please cancel the reservation instead."), code="nothing_taken"
        )
    _become(reservation, Verb.HAND_OVER, by=by, now=now)
    holding.give_out(lines, counts, by=by, now=now)
    return reservation


@transaction.atomic
def cancel(*, reservation_id: int, reason: EndReason, by: Actor, now: datetime) -> Reservation:
    """Shopper or shop calls it off before the hand-over."""
    reservation = _hold(reservation_id, Verb.CANCEL)
    _become(reservation, Verb.CANCEL, by=by, now=now, reason=reason)
    fault("cancel.half")
    holding.let_go(reservation, missing=False, by=by, now=now)
    notices.cancelled(reservation=reservation, by=by, now=now)
    return reservation


@transaction.atomic
def expire(*, reservation_id: int, now: datetime) -> Reservation:
    """`collect_by` has passed and the goods go back. LAW: only a reserve ends by the clock."""
    only = Q(collect_by__lte=now, mode=Mode.RESERVE)
    reservation = _hold(reservation_id, Verb.EXPIRE, only=only)
    by = Actor.clock()
    _become(reservation, Verb.EXPIRE, by=by, now=now, reason=EndReason.NOT_COLLECTED)
    fault("expire.half")
    holding.let_go(reservation, missing=False, by=by, now=now)
    notices.expired(reservation=reservation, now=now)
    return reservation


@transaction.atomic
def reinstate(*, reservation_id: int, by: Actor, now: datetime) -> Reservation:
    """The shopper came late and the goods still lie in the shop: ready again until the end of
    the next opening day."""
    reservation = _hold(reservation_id, Verb.REINSTATE)
    opening = times.calendar_of(reservation)
    _become(
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
    reservation = _hold(reservation_id, Verb.SHELVE)
    _become(reservation, Verb.SHELVE, by=by, now=now)
    holding.back_on_shelf(reservation, now=now)
    return reservation


def hold(reservation_id: int) -> None:
    """RACE: keep the reservation's row until commit, by writing it. Inside a transaction only."""
    Reservation.objects.filter(pk=reservation_id).update(version=F("version"))


def swap_back(*, reservation_id: int, version: int, before: Mapping[str, Any]) -> Reservation:
    """For `counter.undo` only: the reservation as it was, if nothing followed `version`."""
    # RACE: the version is the condition; a second undo or any verb in between finds no row.
    rows = Reservation.objects.filter(pk=reservation_id, version=version)
    if not rows.update(version=F("version") + 1):
        raise Stale(_("Something has happened since. It cannot be undone."), code="followed")
    reservation = _read(reservation_id)
    was = reservation.state
    _write(reservation, dict(before))
    if reservation.slot_id and was in ENDED - {State.COLLECTED} and reservation.state in OPEN:
        slots.again(slot_id=reservation.slot_id)
    return reservation


# Inside -------------------------------------------------------------------------------------


def _hold(reservation_id: int, verb: Verb, *, only: Q | None = None) -> Reservation:
    """RACE: state and condition are in the UPDATE itself, which also keeps the row until commit;
    of two verbs at once one finds no row. Returns the reservation as it was before the verb."""
    rows = Reservation.objects.filter(only or Q(), pk=reservation_id, state__in=FROM[verb])
    if not rows.update(version=F("version") + 1):
        raise _stale(reservation_id)
    return _read(reservation_id)


def _read(reservation_id: int) -> Reservation:
    return Reservation.objects.select_related(
        "branch", "shop", "slot", "checkout__city", "checkout__contact"
    ).get(pk=reservation_id)


def _write(reservation: Reservation, changes: dict[str, Any]) -> None:
    """Columns of a held reservation, and what higher up is told about it."""
    was = reservation.state
    Reservation.objects.filter(pk=reservation.pk).update(**changes)
    for name, value in changes.items():
        setattr(reservation, name, value)
    preparing = (reservation.state == State.CONFIRMED) - (was == State.CONFIRMED)
    if preparing:
        branches.tell_preparing(branch_id=reservation.branch_id, change=preparing)


def _become(
    reservation: Reservation, verb: Verb, *, by: Actor, now: datetime, **changes: Any
) -> None:
    """Write what the verb makes of a held reservation, and the line of history about it."""
    was = reservation.state
    if verb in TO:
        changes["state"] = TO[verb]
        if TO[verb] in ENDED:
            changes["ended_at"] = now
    _write(reservation, changes)
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


def _stale(reservation_id: int) -> Stale:
    state = Reservation.objects.values_list("state", flat=True).get(pk=reservation_id)
    words = {
        State.REQUESTED: _("The shop has not answered yet."),
        State.CONFIRMED: _("This is reserved, but not ready yet."),
        State.READY: _("This is ready to collect already."),
        State.COLLECTED: _("This was handed over already."),
        State.DECLINED: _("The shop has declined this reservation."),
        State.CANCELLED: _("This reservation was cancelled."),
        State.EXPIRED: _("This reservation has expired."),
    }
    return Stale(words[State(state)], code=f"is_{state.lower()}")


def _counts(
    lines: list[Line], wanted: Mapping[int, int] | None, sentence: "StrOrPromise"
) -> dict[int, int]:
    """Units per line id, all where nothing is said; `Refused` outside what the line holds."""
    counts = {line.pk: (wanted or {}).get(line.pk, line.held) for line in lines}
    if any(not 0 <= counts[line.pk] <= line.held for line in lines):
        raise Refused(sentence, code="units_out_of_range")
    return counts
