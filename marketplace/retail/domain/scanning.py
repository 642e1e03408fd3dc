"""What the pages of the scanner show. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import Sum

from marketplace.core.domain.history import Actor
from marketplace.core.models import Picture
from marketplace.retail.domain import cards
from shops import access as shop_access
from shops.domain import categories, table
from shops.domain.shelving import Found
from shops.enums import ScanOutcome, TaxClass
from shops.models import Branch, Category, Offer, ScanLine, ScanSession

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Waiting articles on one page, and finished sessions that are remembered there.
SHOWN, REMEMBERED = 50, 5


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a session with what it looks like and what the branch asks for it."""

    line: ScanLine
    picture: Picture | None
    offer: Offer | None


@dataclass(frozen=True, slots=True)
class Session:
    """A session with its lines, the last beep first."""

    session: ScanSession
    lines: Sequence[Line]
    total: int

    @property
    def waiting(self) -> int:
        """How many nobody knows here, or have no price yet."""
        return sum(1 for each in self.lines if each.offer is None)

    @property
    def waiting_now(self) -> int:
        """How many of a finished session are still to be described."""
        return sum(1 for each in self.lines if each.line.outcome == ScanOutcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The articles that are to be described, the oldest first, and the last finished sessions."""

    page: "Page[ScanLine]"
    done: Sequence[ScanSession]


def open_session(*, branch: Branch, by: Actor) -> ScanSession | None:
    """The member's open session at this branch."""
    found = ScanSession.objects.filter(branch=branch, member_id=by.user_id, finished_at=None)
    session = found.first()
    if session is not None:
        session.branch = branch
    return session


def last_finished(*, branch: Branch, by: Actor) -> ScanSession | None:
    """The session that the member has finished last at this branch."""
    found = ScanSession.objects.filter(branch=branch, member_id=by.user_id)
    return found.exclude(finished_at=None).order_by("-finished_at").first()


def session_of(*, branch: Branch, pk: int) -> ScanSession | None:
    """A finished session of this branch, whoever scanned it."""
    found = ScanSession.objects.filter(branch=branch, pk=pk).exclude(finished_at=None)
    return found.select_related("member").first()


def session(*, session: ScanSession) -> Session:
    """Everything the list of a session shows."""
    lines = _lines(ScanLine.objects.filter(session=session).exclude(outcome=ScanOutcome.DROPPED))
    rows = list(lines.order_by("-scanned_at", "-pk"))
    known = {row.variant.pk: row.variant.product_id for row in rows if row.variant is not None}
    pictures = cards.pictures_of_variants(known)
    offers = {
        offer.variant_id: offer
        for offer in shop_access.branch_offers([session.branch]).filter(variant__in=known)
    }
    shown = [
        Line(row, pictures.get(row.variant_id or 0), offers.get(row.variant_id or 0))
        for row in rows
    ]
    return Session(session, shown, sum(row.quantity for row in rows))


def waiting(*, branch: Branch, number: str = "") -> Waiting:
    """What scans of this branch have left to be described."""
    rows = ScanLine.objects.filter(
        session__branch=branch, session__finished_at__isnull=False, outcome=ScanOutcome.UNKNOWN
    )
    page = Paginator(_lines(rows).order_by("pk"), SHOWN).get_page(number or 1)
    done = (
        ScanSession.objects.filter(branch=branch)
        .exclude(finished_at=None)
        .select_related("member")
        .annotate(total=Sum("lines__quantity"))
        .order_by("-finished_at")[:REMEMBERED]
    )
    return Waiting(page, list(done))


def waiting_number(*, branch: Branch) -> int:
    """How many wait to be described."""
    return ScanLine.objects.filter(
        session__branch=branch, session__finished_at__isnull=False, outcome=ScanOutcome.UNKNOWN
    ).count()


def waiting_line(*, branch: Branch, pk: int) -> ScanLine | None:
    """One of them."""
    rows = ScanLine.objects.filter(session__branch=branch, outcome=ScanOutcome.UNKNOWN, pk=pk)
    return rows.first()


def has_line(*, branch: Branch, pk: int) -> bool:
    """Whether a finished list of this branch has such a line, whatever became of it."""
    lines = ScanLine.objects.filter(session__branch=branch, session__finished_at__isnull=False)
    return lines.filter(pk=pk).exists()


def offer_shown(*, branch: Branch, pk: int) -> Offer | None:
    """An offer of the branch, with its title."""
    offers = shop_access.branch_offers([branch]).select_related("variant__product__category")
    return offers.filter(pk=pk).first()


def picture_of(found: Found) -> Picture | None:
    """What the article looks like."""
    variant = found.variant
    if variant is None:
        return None
    return cards.pictures_of_variants({variant.pk: variant.product_id}).get(variant.pk)


def proposed(*, branch: Branch) -> tuple[int | None, TaxClass]:
    """Category and VAT of the next new article: as of the last one, else the shop's trade."""
    last = (
        shop_access.branch_offers([branch])
        .order_by("-pk")
        .values_list("variant__product__category", "variant__tax_class")
        .first()
    )
    if last is None:
        return branch.shop.trade_id, TaxClass.STANDARD
    return last[0] or branch.shop.trade_id, TaxClass(last[1])


def category_choices() -> list[tuple[int, str]]:
    """The whole tree of goods, each with the names above it, in the order of the tree."""
    tree = list(Category.objects.order_by("sort_name", "pk"))
    by_parent: dict[int | None, list[Category]] = {}
    for each in tree:
        by_parent.setdefault(each.parent_id, []).append(each)

    def inner(parent: int | None, above: str, seen: frozenset[int]) -> list[tuple[int, str]]:
        found = []
        for each in by_parent.get(parent, ()):
            if each.pk in seen:
                continue
            name = f"{above}{categories.name_of(each)}"
            found.append((each.pk, name))
            found += inner(each.pk, f"{name} – ", seen | {each.pk})
        return found

    return inner(None, "", frozenset())


def on_shelf(offer: Offer | None) -> int | None:
    """What the field for the quantity begins with."""
    return None if offer is None else table.on_shelf(offer)


def _lines(rows: "QuerySet[ScanLine]") -> "QuerySet[ScanLine]":
    return rows.select_related("variant__product__category")
