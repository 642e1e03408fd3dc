"""What the counter reads, in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from marketplace.reservations.domain import codes
from marketplace.reservations.domain.queries.checkouts import with_lines
from marketplace.reservations.enums import HOLDING, LineState, Mode, State
from marketplace.reservations.models import Line, Reservation
from shops.domain import calendar, hours
from shops.models import Branch, Offer

if TYPE_CHECKING:
    from marketplace.reservations.models.reservation import ReservationQuerySet


#: LAW: what was paid for and not collected never ends by the clock; so long after its time a person
#: of the shop is asked to see to it (law A13).
UNCLAIMED_AFTER = timedelta(days=21)


def is_unclaimed(reservation: Reservation, *, now: datetime) -> bool:
    """Paid, ready, and not collected for so long that the shop has to ask."""
    return (
        reservation.mode == Mode.PAY
        and reservation.state == State.READY
        and reservation.collect_by is not None
        and reservation.collect_by + UNCLAIMED_AFTER <= now
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """The counter's lists."""

    answer: list[Reservation]
    find: list[Reservation]
    ready: list[Reservation]
    put_back: list[Reservation]
    #: Reservations that cannot be filled because a count says less is there than reserved.
    short: list[Reservation]


def desk(reservations: "ReservationQuerySet", *, branch: Branch) -> Desk:
    """Everything the counter of a branch has to do, oldest duty first."""
    here = with_lines(reservations.at(branch))
    open_rows = list(here.open().order_by("ready_by", "placed_at", "pk"))
    waiting = here.filter(lines__state=LineState.PUT_BACK).exclude(pk__in=[r.pk for r in open_rows])
    return Desk(
        answer=[row for row in open_rows if row.state == State.REQUESTED],
        find=[row for row in open_rows if row.state == State.CONFIRMED],
        ready=[row for row in open_rows if row.state == State.READY],
        put_back=list(waiting.distinct().order_by("ended_at", "pk")),
        short=_unfillable(open_rows, branch),
    )


def _unfillable(rows: Sequence[Reservation], branch: Branch) -> list[Reservation]:
    """The youngest reservations on short offers (truth 3): the oldest are served first."""
    short = {offer.pk: offer for offer in Offer.objects.filter(branch=branch).short()}
    if not short:
        return []
    left = {pk: (offer.on_hand or 0) - _held_by_ended(offer, rows) for pk, offer in short.items()}
    found: list[Reservation] = []
    for row in sorted(rows, key=lambda row: (row.state != State.READY, row.placed_at, row.pk)):
        for line in row.lines.all():
            if line.offer_id in left and line.held:
                left[line.offer_id] -= line.held
                if left[line.offer_id] < 0 and row not in found:
                    found.append(row)
    return found


def _held_by_ended(offer: Offer, rows: Sequence[Reservation]) -> int:
    held = sum(line.held for row in rows for line in row.lines.all() if line.offer_id == offer.pk)
    return offer.reserved - held


@dataclass(frozen=True, slots=True)
class Found:
    """What a code leads to at this counter."""

    #: READY, NOT_READY, COLLECTED, EXPIRED, ENDED, OTHER_BRANCH, OTHER_SHOP, AMBIGUOUS or UNKNOWN.
    kind: str
    reservation: Reservation | None = None


def find_by_code(text: str, *, branch: Branch, mine: "ReservationQuerySet") -> Found:
    """What a typed or scanned code means here. `mine` is what the member may see.

    The first four characters suffice while they are unique among the branch's open reservations.
    SECURITY: of another shop's reservation nothing is told but that it is not ours, and only for
    the whole code.
    """
    code = codes.normalise(text)
    if len(code) < codes.SPOKEN:
        return Found("UNKNOWN")
    own = with_lines(mine.filter(shop_id=branch.shop_id))
    here = list(own.at(branch).open().filter(code__startswith=code)[:2])
    if len(here) > 1:
        return Found("AMBIGUOUS")
    if here:
        kind = "READY" if here[0].state == State.READY else "NOT_READY"
        return Found(kind, here[0])
    other = own.filter(code__startswith=code).order_by("-placed_at").first()
    if other is not None:
        return Found(_kind_elsewhere(other, branch), other)
    if len(code) == codes.LENGTH:
        city = branch.shop.city_id
        foreign = Q(code=code, checkout__city_id=city)
        if Reservation.objects.open().filter(foreign).exclude(shop_id=branch.shop_id).exists():
            return Found("OTHER_SHOP")
    return Found("UNKNOWN")


def _kind_elsewhere(reservation: Reservation, branch: Branch) -> str:
    if reservation.branch_id != branch.pk:
        return "OTHER_BRANCH"
    return {State.COLLECTED: "COLLECTED", State.EXPIRED: "EXPIRED"}.get(
        State(reservation.state), "ENDED"
    )


def next_opening(reservation: Reservation, *, now: datetime) -> datetime | None:
    """When the branch opens next, for mails and the status page."""
    return calendar.next_opening(hours.calendar_of(reservation.branch_id), now)


def holding_lines(offer: Offer) -> int:
    """Units held in an offer by its lines (truth 2)."""
    lines = Line.objects.filter(offer=offer, state__in=HOLDING)
    return sum(lines.values_list("held", flat=True))
