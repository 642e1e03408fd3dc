"""Placing: from a basket to a checkout with one reservation per branch, all or nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.faults import fault
from marketplace.core.text import fold
from marketplace.reservations.domain import (
    agreed,
    codes,
    lifecycle,
    notices,
    payable,
    paying,
    queries,
    times,
)
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.enums import LIVE, Mode, State
from marketplace.reservations.models import Basket, BasketLine, Checkout, Contact, Line, Reservation
from marketplace.reservations.models.checkout import new_link_nonce
from shops.domain import calendar, slots, stock
from shops.domain.calendar import Calendar
from shops.domain.confidence import Level
from shops.domain.prices import tax
from shops.domain.stock import SoldOut, Units
from shops.models import Branch, City, Offer, Slot, Variant

#: Version of what a shopper reads before reserving (law A2) or paying (law A3, A4); raise it when
#: the sentences change.
WORDING = {Mode.RESERVE: "2026-11", Mode.PAY: "2026-11-pay-2"}


class LineGone(Refused):
    """A line of the basket cannot be had any more. Nothing was placed; the sentence names it."""

    def __init__(self, offer: Offer) -> None:
        title = offer.variant.product.title
        super().__init__(
            _("“%(title)s” is no longer there in this quantity. Nothing was reserved.")
            % {"title": title},
            code="sold_out",
        )
        self.offer_id = offer.pk


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line to place: an offer with branch, shop and product loaded, and how many."""

    offer: Offer
    quantity: int


@dataclass(frozen=True, slots=True)
class Shopper:
    """For whom: two fields are enough (law G3)."""

    name: str
    email: str
    phone: str = ""


def place(
    *,
    basket: Basket,
    nonce: UUID,
    seen: str,
    shopper: Shopper,
    language: str,
    by: Actor,
    now: datetime,
    windows: Mapping[int, datetime] | None = None,
    pay_branch: int | None = None,
) -> Checkout:
    """Reserve everything in the basket and empty it, or pay for what is from one branch.

    `windows`: branch id -> beginning of the window chosen there, where a branch has some.
    `pay_branch`: only its lines, to be paid online; the rest stays in the basket. The payment is
    promised here; `payments.domain.pages.open_now` leads to the provider's page.

    The same `nonce` gives the same checkout, however often and however concurrently it is sent
    (truth 11). `Stale` when lines or prices are not those of `seen`; `LineGone` names what is not
    there; `Refused` for limits. In each of these cases nothing was reserved and the basket stays.
    """
    for _attempt in range(3):
        done = _placed_already(nonce)
        if done is not None:
            return done
        try:
            return _try(basket, nonce, seen, shopper, language, by, now, windows or {}, pay_branch)
        except IntegrityError:
            # RACE: the same form won in another process, or a code was taken this very moment.
            continue
        except (Refused, Stale):
            # RACE: the same form may have emptied the basket or taken the last unit just now.
            done = _placed_already(nonce)
            if done is not None:
                return done
            raise
    raise Stale(_("That did not work out. Please try once more."), code="try_again")


def _placed_already(nonce: UUID) -> Checkout | None:
    return Checkout.objects.filter(nonce=nonce).select_related("city", "contact").first()


def _try(
    basket: Basket,
    nonce: UUID,
    seen: str,
    shopper: Shopper,
    language: str,
    by: Actor,
    now: datetime,
    windows: Mapping[int, datetime],
    pay_branch: int | None,
) -> Checkout:
    mode = Mode.RESERVE if pay_branch is None else Mode.PAY
    lines = [
        line for line in queries.basket_lines(basket) if pay_branch in (None, line.offer.branch_id)
    ]
    if mode == Mode.PAY:
        lines = _to_pay(lines)
    _check(lines, basket, seen, mode)
    wanted = [Wanted(line.offer, line.quantity) for line in lines]
    with transaction.atomic():
        checkout = _place(basket.city, wanted, nonce, shopper, language, by, now, windows, mode)
        # RACE: lines added meanwhile in another tab stay in the basket.
        BasketLine.objects.filter(pk__in=[line.pk for line in lines]).delete()
        baskets.touch(basket=basket, now=now)
    fault("place.committed")
    return checkout


def _to_pay(lines: Sequence[BasketLine]) -> list[BasketLine]:
    """What may be paid; `Refused` where nothing of it may. The rest stays in the basket."""
    found = [line for line in lines if payable.may_be_paid(line.offer)]
    if lines and not found:
        raise Refused(
            _("These goods cannot be paid online yet. You can reserve them."), code="pay_gate"
        )
    return found


def _check(lines: Sequence[BasketLine], basket: Basket, seen: str, mode: Mode) -> None:
    if not lines:
        raise Refused(_("Your basket is empty."), code="basket_empty")
    if seen != queries.seen_token(lines, mode):
        raise Stale(
            _("Something has changed since you last looked. Please check and send again."),
            code="seen_changed",
        )
    for line in lines:
        if line.quantity > basket.city.max_quantity:
            raise Refused(
                _("Please choose a quantity from 1 to %(most)d.")
                % {"most": basket.city.max_quantity},
                code="quantity",
            )
        # A cheap look before any row is written; the claim below decides.
        if line.offer.free is None or line.offer.free < line.quantity:
            raise LineGone(line.offer)


def _place(
    city: City,
    wanted: Sequence[Wanted],
    nonce: UUID,
    shopper: Shopper,
    language: str,
    by: Actor,
    now: datetime,
    windows: Mapping[int, datetime],
    mode: Mode,
) -> Checkout:
    email_key = fold(shopper.email)
    _check_limit(city, email_key, wanted)
    contact = Contact.objects.create(
        name=shopper.name, email=shopper.email, email_key=email_key, phone=shopper.phone
    )
    checkout = Checkout.objects.create(
        city=city,
        contact=contact,
        nonce=nonce,
        link_nonce=new_link_nonce(),
        language=language,
        wording=WORDING[mode],
        placed_at=now,
    )
    reservations = add_reservations(
        checkout=checkout, wanted=wanted, by=by, now=now, windows=windows, mode=mode
    )
    if mode == Mode.PAY:
        # The shop and the shopper hear of it when the payment is promised (design 5).
        agreed.keep(checkout=checkout, shops=[each.shop for each in reservations], now=now)
        for reservation in reservations:
            paying.begin(reservation=reservation, by=by, now=now)
    else:
        notices.placed(checkout=checkout, reservations=reservations, now=now)
    return checkout


def add_reservations(
    *,
    checkout: Checkout,
    wanted: Sequence[Wanted],
    by: Actor,
    now: datetime,
    windows: Mapping[int, datetime] | None = None,
    mode: Mode = Mode.RESERVE,
) -> list[Reservation]:
    """One reservation per branch under a checkout, claimed; accepted at once where the shop wants
    that and the stock is sure. Runs inside the caller's transaction. Without a word about
    `windows` the first free one is taken where a branch has some."""
    by_branch: dict[int, list[Wanted]] = defaultdict(list)
    for want in wanted:
        by_branch[want.offer.branch_id].append(want)
    placed: list[tuple[Reservation, list[Wanted]]] = []
    units: list[Units] = []
    for branch_id in sorted(by_branch):
        branch = by_branch[branch_id][0].offer.branch
        opening = times.calendar_for(branch, (want.offer for want in by_branch[branch_id]))
        reservation = _reservation(checkout, branch, opening, now, windows, mode)
        for want in by_branch[branch_id]:
            line = _line(reservation, want)
            units.append(Units(want.offer.pk, want.quantity, ref=f"line:{line.pk}"))
        placed.append((reservation, by_branch[branch_id]))
        history.record(
            verb="reservation.place",
            subject=f"reservation:{reservation.pk}",
            scope=f"shop:{reservation.shop_id}",
            by=by,
            now=now,
        )
    fault("place.inserted")
    # RACE: claims come last and in primary-key order over all branches, so the offers' rows are
    # held as briefly as can be and two baskets never wait for each other (truth 10).
    levels = _claim(units, wanted, now)
    fault("place.claimed")
    return [_accept_if_sure(reservation, want, levels, now) for reservation, want in placed]


def _claim(units: list[Units], wanted: Sequence[Wanted], now: datetime) -> dict[int, Level]:
    try:
        return stock.claim(units=units, now=now)
    except SoldOut as refusal:
        offers = {want.offer.pk: want.offer for want in wanted}
        raise LineGone(offers[refusal.offer_id]) from refusal


def _accept_if_sure(
    reservation: Reservation, wanted: Sequence[Wanted], levels: dict[int, Level], now: datetime
) -> Reservation:
    sure = all(levels[want.offer.pk] == Level.THERE for want in wanted)
    if reservation.state == State.PENDING:
        reservation.is_sure = sure and reservation.shop.auto_accept
        Reservation.objects.filter(pk=reservation.pk).update(is_sure=reservation.is_sure)
    elif sure and reservation.shop.auto_accept:
        return lifecycle.accept(
            reservation_id=reservation.pk, by=Actor.clock(), now=now, tell=False
        )
    return reservation


def _slot(
    branch: Branch,
    opening: Calendar,
    ready: datetime,
    now: datetime,
    windows: Mapping[int, datetime] | None,
) -> Slot | None:
    """The chosen window, taken; None where the branch has none."""
    if not branch.slot_minutes:
        return None
    free = slots.windows(branch=branch, calendar=opening, ready=ready, now=now)
    starts = free[0].starts if windows is None and free else (windows or {}).get(branch.pk)
    if starts is None:
        raise Refused(
            _("Please choose when you want to collect at %(branch)s.") % {"branch": branch.name},
            code="slot_missing",
        )
    return slots.take(branch=branch, calendar=opening, starts=starts, now=now)


def _reservation(
    checkout: Checkout,
    branch: Branch,
    opening: Calendar,
    now: datetime,
    windows: Mapping[int, datetime] | None,
    mode: Mode,
) -> Reservation:
    ready = calendar.ready_from(opening, now, branch.ready_minutes)
    if ready is None:
        raise Refused(
            _("%(branch)s takes no reservations at the moment.") % {"branch": branch.name},
            code="branch_closed",
        )
    return Reservation.objects.create(
        checkout=checkout,
        shop=branch.shop,
        branch=branch,
        slot=_slot(branch, opening, ready, now, windows),
        # LAW: a reserve is no contract and stays one; the mode never changes (law A1).
        mode=mode,
        subject=uuid4() if mode == Mode.PAY else None,
        hold_until=now + paying.HOLD if mode == Mode.PAY else None,
        state=State.PENDING if mode == Mode.PAY else State.REQUESTED,
        code=codes.new_code(shop_id=branch.shop_id),
        placed_at=now,
        answer_by=calendar.add_opening_minutes(
            opening.under(""), now, checkout.city.answer_minutes
        ),
    )


def _line(reservation: Reservation, want: Wanted) -> Line:
    """Copies what the shopper saw (truth 5)."""
    variant = want.offer.variant
    today = tax.day(reservation.placed_at)
    tax_class = tax.class_of(variant, shop=reservation.shop, on=today)
    return Line.objects.create(
        reservation=reservation,
        offer=want.offer,
        title=variant.product.title,
        variant_label=variant.label,
        price=want.offer.price,
        tax_class=tax_class,
        tax_rate=tax.rate(tax_class, on=today),
        deposit_amount=variant.deposit_amount,
        deposit_kind=variant.deposit_kind,
        min_age=variant.min_age,
        withdrawal=_withdrawal(variant),
        quantity=want.quantity,
        held=want.quantity,
    )


def _withdrawal(variant: Variant) -> str:
    facts = getattr(variant.product, "facts", None)
    return facts.withdrawal if facts is not None else ""


def _check_limit(city: City, email_key: str, wanted: Sequence[Wanted]) -> None:
    """LAW/SECURITY: goods must not be hoarded without payment (OWASP OAT-021)."""
    branches = len({want.offer.branch_id for want in wanted})
    open_now = Reservation.objects.filter(
        state__in=LIVE, checkout__city=city, checkout__contact__email_key=email_key
    ).count()
    if open_now + branches > city.max_open:
        raise Refused(
            _("You have %(count)d open reservations. Please collect or cancel one first.")
            % {"count": open_now},
            code="too_many_open",
        )
