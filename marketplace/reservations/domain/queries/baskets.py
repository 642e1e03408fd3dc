"""What pages read of a basket, in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from itertools import groupby

from marketplace.core import links
from marketplace.reservations.domain import agreed, payable, times
from marketplace.reservations.enums import Mode
from marketplace.reservations.models import Basket, BasketLine
from shops import access as shop_access
from shops.domain import availability, hours, slots, withdrawals
from shops.domain.availability import Availability
from shops.domain.prices import tag, tax
from shops.domain.prices.tag import Tag
from shops.domain.slots import Window
from shops.models import Branch, Offer, ShopLegal


@dataclass(frozen=True, slots=True)
class BasketRow:
    """A line of the basket as the page shows it."""

    line: BasketLine
    offer: Offer
    availability: Availability
    #: False when it cannot be placed as it stands.
    possible: bool
    tag: Tag

    @property
    def can_pay(self) -> bool:
        """Whether its goods may be sold at a distance; whether the shop does is another thing."""
        return payable.may_be_paid(self.offer)

    @property
    def total(self) -> Decimal:
        return self.offer.price * self.line.quantity

    @property
    def withdrawal(self) -> str:
        """Of `shops.enums.Withdrawal`; empty where nothing is told."""
        facts = getattr(self.offer.variant.product, "facts", None)
        return facts.withdrawal if facts is not None else ""

    @property
    def deposit(self) -> Decimal:
        """What comes on top in the shop, and back with the empty containers."""
        return self.tag.deposit.amount * self.line.quantity if self.tag.deposit else Decimal(0)


@dataclass(frozen=True, slots=True)
class BasketGroup:
    """What will be one reservation."""

    branch: Branch
    rows: list[BasketRow]
    #: Windows to choose from, where the branch hands over by windows.
    windows: list[Window] = field(default_factory=list)
    #: All of it is there from here on; None where that is not known.
    collect_from: datetime | None = None
    #: The shop can be paid online, for some of these at least.
    can_pay: bool = False

    @property
    def to_pay(self) -> list[BasketRow]:
        """What would be paid; the rest stays in the basket."""
        return [row for row in self.rows if row.can_pay]

    @property
    def can_pay_now(self) -> bool:
        return self.can_pay and all(row.possible for row in self.to_pay)

    @property
    def pay_total(self) -> Decimal:
        return sum((row.total for row in self.to_pay), Decimal(0))

    @property
    def only_reserved(self) -> list[BasketRow]:
        """Goods that can be reserved, not paid, where others of the shop can."""
        return [row for row in self.rows if not row.can_pay] if self.can_pay else []

    @property
    def deposit(self) -> Decimal:
        return sum((row.deposit for row in self.rows), Decimal(0))

    @property
    def shows_tax(self) -> bool:
        return all(row.tag.shows_tax for row in self.rows)

    @property
    def seller(self) -> ShopLegal | None:
        """Who one's contracting party would be, as it stands in law; None where that is not told
        yet, and nothing can be paid either."""
        return getattr(self.branch.shop, "legal", None)

    @property
    def may_withdraw(self) -> str:
        """LAW: `all`, `some` or `none` of it can be given back without a reason; goods whose right
        ends with a broken seal have one (law A8)."""
        has_right = {withdrawals.has_right(row.withdrawal) for row in self.rows}
        return "some" if len(has_right) > 1 else "all" if has_right == {True} else "none"

    @property
    def needs_window(self) -> bool:
        return bool(self.branch.slot_minutes)

    @property
    def possible(self) -> bool:
        return all(row.possible for row in self.rows)

    @property
    def total(self) -> Decimal:
        return sum((row.total for row in self.rows), Decimal(0))


@dataclass(frozen=True, slots=True)
class BasketView:
    """The basket with everything its pages say."""

    groups: list[BasketGroup] = field(default_factory=list)
    seen: str = ""

    @property
    def rows(self) -> list[BasketRow]:
        return [row for group in self.groups for row in group.rows]

    @property
    def total(self) -> Decimal:
        return sum((row.total for row in self.rows), Decimal(0))

    @property
    def possible(self) -> bool:
        return bool(self.groups) and all(group.possible for group in self.groups)

    @property
    def can_pay(self) -> bool:
        return any(group.can_pay for group in self.groups)


def basket_lines(basket: Basket) -> list[BasketLine]:
    """Lines whose offers can still be seen, branch by branch."""
    lines = BasketLine.objects.filter(basket=basket).select_related(
        "offer__branch__shop__city",
        "offer__branch__shop__legal",
        "offer__variant__product__category",
        "offer__variant__product__facts",
    )
    listed = list(lines.order_by("offer__branch__shop__sort_name", "offer__branch_id", "pk"))
    # Asked of these few offers: as one query it would walk through the whole catalogue.
    few = [line.offer_id for line in listed]
    seen = set(
        shop_access.public_offers(basket.city).filter(pk__in=few).values_list("pk", flat=True)
    )
    return [line for line in listed if line.offer_id in seen]


def seen_token(lines: Sequence[BasketLine], mode: Mode = Mode.RESERVE) -> str:
    """A keyed digest of what the shopper sees before reserving or paying: goods, quantities,
    prices, and before paying the sellers' texts. What was seen before reserving says nothing about
    paying."""
    rows = sorted(f"{line.offer_id} x {line.quantity} @ {line.offer.price}" for line in lines)
    if mode == Mode.PAY:
        rows += agreed.latest({line.offer.branch.shop_id for line in lines})
    return links.sign("seen", mode, sha256("\n".join(rows).encode()).hexdigest())


def was_seen(token: str, mode: Mode) -> bool:
    """Whether some page of ours showed something in this mode, be it this or something else."""
    parts = links.read("seen", token)
    return parts is not None and parts[0] == mode


def basket_view(
    basket: Basket | None, *, now: datetime, pay_branch: int | None = None
) -> BasketView:
    """The basket as its page and the checkout show it. With `pay_branch` only what is from there
    and can be paid online; nothing where that shop takes no payments."""
    if basket is None:
        return BasketView()
    lines = basket_lines(basket)
    if pay_branch is not None:
        lines = [line for line in lines if line.offer.branch_id == pay_branch]
        lines = [line for line in lines if payable.open_at(line.offer.branch.shop)]
        lines = [line for line in lines if payable.may_be_paid(line.offer)]
    groups = [
        _group(list(group), basket.city.answer_minutes, now)
        for _branch, group in groupby(lines, lambda line: line.offer.branch_id)
    ]
    mode = Mode.RESERVE if pay_branch is None else Mode.PAY
    return BasketView(groups=groups, seen=seen_token(lines, mode))


def _group(lines: list[BasketLine], answer_minutes: int, now: datetime) -> BasketGroup:
    branch = lines[0].offer.branch
    opening = times.calendar_for(branch, (line.offer for line in lines))
    rows = [_row(line, answer_minutes, now) for line in lines]
    moments = [row.availability.collect_from for row in rows]
    known = [moment for moment in moments if moment is not None]
    ready = max(known) if known and len(known) == len(moments) else None
    return BasketGroup(
        branch=branch,
        rows=rows,
        windows=slots.windows(branch=branch, calendar=opening, ready=ready, now=now),
        collect_from=ready,
        can_pay=payable.open_at(branch.shop) and any(row.can_pay for row in rows),
    )


def _row(line: BasketLine, answer_minutes: int, now: datetime) -> BasketRow:
    found = availability.of(
        line.offer,
        calendar=hours.calendar(line.offer.branch),
        answer_minutes=answer_minutes,
        now=now,
        quantity=line.quantity,
    )
    told = tag.of(line.offer, shop=line.offer.branch.shop, on=tax.day(now))
    return BasketRow(line, line.offer, found, found.permits(line.quantity), told)
