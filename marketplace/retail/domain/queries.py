"""What the retailer's pages read, each with a constant number of queries. Writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from marketplace.core.domain.history import Actor
from marketplace.core.models import LogEntry
from marketplace.core.text import fold
from marketplace.reservations import access as reservation_access
from marketplace.reservations.domain import codes, money, queries
from marketplace.reservations.domain import counter as taps
from marketplace.reservations.enums import OPEN, UNDOABLE, LineState, State
from marketplace.reservations.models import Reservation, Tap
from marketplace.retail.domain import cards
from marketplace.retail.domain.cards import Card, Duty
from shops.models import Branch, Shop

if TYPE_CHECKING:
    from shops.models.branch import BranchQuerySet as BranchRows
    from shops.models.shop import ShopQuerySet as ShopRows

#: Fewer letters than this are in too many names.
SHORTEST_NAME = 3
#: So many of today's ended reservations are listed.
ENDED_SHOWN = 50
_ENDINGS = tuple(
    f"reservation.{verb}" for verb in ("hand_over", "cancel", "decline", "expire", "mark_ready")
)


@dataclass(frozen=True, slots=True)
class Ended:
    """A reservation that ended today, with the line of history that says who did it."""

    reservation: Reservation
    entry: LogEntry | None


@dataclass(frozen=True, slots=True)
class Desk:
    """The counter of one branch, each list with its most urgent card first."""

    #: Requests to answer and confirmed ones to find: both send somebody to the shelf.
    find: list[Card]
    #: Set aside, and the money is being taken.
    waiting: list[Card]
    ready: list[Card]
    #: Not collected in time, and goods on their way back.
    overdue: list[Card]
    #: Cannot all be filled: a count says less is there than reserved.
    short: list[Card]
    #: Paid long ago and not collected: somebody has to ask (law A13).
    unclaimed: list[Card]
    ended: list[Ended]
    #: Compartments nothing lies in, as many as there are goods to find.
    free_shelves: list[str]
    #: The member's own last tap here, while it can be undone.
    last_tap: Tap | None

    @property
    def is_idle(self) -> bool:
        return not (self.find or self.waiting or self.ready or self.overdue)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One reservation with its history."""

    card: Card
    entries: list[LogEntry]
    #: Who handed it over, if somebody did.
    handed_over: LogEntry | None
    free_shelf: str
    last_tap: Tap | None


def workplaces(branches: "BranchRows") -> list[Branch]:
    """These branches with their shops, in the order of their names."""
    return list(branches.select_related("shop__city").order_by("shop__sort_name", "name", "pk"))


def with_branches(shops: "ShopRows", branches: Sequence[Branch]) -> list[tuple[Shop, list[Branch]]]:
    """Each shop with those of `branches` that are its own; shops without one as well."""
    return [(shop, [branch for branch in branches if branch.shop_id == shop.pk]) for shop in shops]


def desk(*, branch: Branch, by: Actor, now: datetime) -> Desk:
    """Everything the counter shows."""
    found = queries.desk(reservation_access.branch_reservations([branch]), branch=branch)
    rows = [*found.answer, *found.find, *found.ready, *found.put_back]
    pictures = cards.pictures_of(line for row in rows for line in row.lines.all())

    short = {row.pk for row in found.short}
    paid = money.of(rows)

    def made(reservations: Iterable[Reservation]) -> list[Card]:
        return [
            cards.card_of(row, pictures, now, warn=row.pk in short, paid=paid)
            for row in reservations
        ]

    ready = made(found.ready)
    to_shelf = sorted(made([*found.answer, *found.find]), key=lambda card: _urgency(card, now))
    return Desk(
        find=[card for card in to_shelf if card.duty != Duty.WAIT],
        waiting=[card for card in to_shelf if card.duty == Duty.WAIT],
        ready=[card for card in ready if not card.is_late],
        overdue=[*(card for card in ready if card.is_late), *made(found.put_back)],
        short=made(found.short),
        unclaimed=[card for card in ready if card.is_unclaimed],
        ended=_ended_today(branch, now),
        free_shelves=_free_shelves({row.shelf for row in rows}, len(found.find)),
        last_tap=last_tap(branch=branch, by=by, now=now),
    )


def _urgency(card: Card, now: datetime) -> tuple[datetime, int]:
    return card.due or now, card.reservation.pk


def sheet(*, reservation_id: int, branch: Branch, by: Actor, now: datetime) -> Sheet:
    """One reservation of this branch with everything its page shows."""
    mine = reservation_access.branch_reservations([branch])
    row = queries.with_lines(mine).get(pk=reservation_id)
    entries = LogEntry.objects.filter(subject=f"reservation:{row.pk}").select_related("actor")
    history = list(entries.order_by("pk"))
    handed = [entry for entry in history if entry.verb == "reservation.hand_over"]
    used = mine.filter(_in_a_compartment()).values_list("shelf", flat=True)
    return Sheet(
        card=cards.card_of(row, cards.pictures_of(row.lines.all()), now, paid=money.of([row])),
        entries=history,
        handed_over=handed[-1] if handed and row.state == State.COLLECTED else None,
        free_shelf=_free_shelves(set(used), 1)[0],
        last_tap=last_tap(branch=branch, by=by, now=now),
    )


def by_name(text: str, *, branch: Branch) -> list[Reservation]:
    """Reservations at this counter whose name holds every word; for who forgot the code.

    Only what lies on the counter's lists, which tell these names anyway.
    """
    words = fold(text).split()
    if not words or max(map(len, words)) < SHORTEST_NAME:
        return []
    waiting = Q(state__in=OPEN) | Q(lines__state=LineState.PUT_BACK)
    rows = reservation_access.branch_reservations([branch]).filter(waiting).distinct()
    return [
        row
        for row in rows.select_related("checkout__contact").order_by("placed_at", "pk")
        if all(word in fold(row.checkout.contact.name) for word in words)
    ]


def could_be_code(text: str) -> bool:
    """Whether these characters may be a code, whole or as far as it is spoken."""
    code = codes.normalise(text)
    return codes.SPOKEN <= len(code) <= codes.LENGTH and set(code) <= set(codes.ALPHABET)


def last_tap(*, branch: Branch, by: Actor, now: datetime) -> Tap | None:
    """The member's newest act at this branch, if it can be undone now."""
    tap = (
        Tap.objects.filter(
            member_id=by.user_id, reservation__branch=branch, at__gte=now - taps.UNDO, at__lte=now
        )
        .select_related("reservation__checkout__contact")
        .order_by("-pk")
        .first()
    )
    if tap is None or tap.undone_at is not None or tap.verb not in UNDOABLE:
        return None
    if tap.version != tap.reservation.version or taps.has_moved_money(tap):
        return None
    return tap


def _in_a_compartment() -> Q:
    aside = Q(state=State.READY) | Q(set_aside_at__isnull=False, state=State.CONFIRMED)
    aside |= Q(lines__state=LineState.PUT_BACK)
    return aside & ~Q(shelf="")


def _free_shelves(used: set[str], number: int) -> list[str]:
    """The lowest numbers nothing lies in. Names that are no numbers are in nobody's way."""
    taken = {int(shelf) for shelf in used if shelf.isdecimal()}
    found: list[str] = []
    shelf = 0
    while len(found) < max(number, 1):
        shelf += 1
        if shelf not in taken:
            found.append(str(shelf))
    return found


def _ended_today(branch: Branch, now: datetime) -> list[Ended]:
    """What ended today in the town's time, newest first, with who did it."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = reservation_access.branch_reservations([branch]).filter(
        ended_at__gte=midnight, ended_at__lte=now + timedelta(minutes=1)
    )
    rows = list(mine.select_related("checkout__contact").order_by("-ended_at", "-pk")[:ENDED_SHOWN])
    entries = LogEntry.objects.filter(
        subject__in=[f"reservation:{row.pk}" for row in rows], verb__in=_ENDINGS
    ).select_related("actor")
    last = {entry.subject: entry for entry in entries.order_by("pk")}
    return [Ended(row, last.get(f"reservation:{row.pk}")) for row in rows]
