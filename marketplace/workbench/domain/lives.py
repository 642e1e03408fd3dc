"""Reservations of the demo town, one in every state, each reached as people reach it."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from marketplace.core.domain import notices
from marketplace.core.domain.history import Actor
from marketplace.core.models import Notice, User
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.domain import checkout as checkouts
from marketplace.reservations.domain import counter, lifecycle, queries
from marketplace.reservations.enums import EndReason, Mode, State
from marketplace.reservations.models import Reservation
from marketplace.workbench import town
from marketplace.workbench.domain import past, places
from shops.domain import hours
from shops.enums import Role
from shops.models import Branch, City, Offer

_IDS = uuid.UUID("5ad7a5e1-6a1f-4f0e-9d7c-2f6a5d1c0b11")
#: Mails about a tap wait until it can no longer be undone.
LATER = timedelta(seconds=61)

KAUFHOF = ("haushaltswaren-lindhorst", "kaufhof")
PORSCHE = ("buchhandlung-seitenwind", "porschestrasse")
VORSFELDE = ("buchhandlung-seitenwind", "vorsfelde")
KONTOR = ("allerwinkel-kontor", "fallersleben")


class Desk:
    """One branch, somebody of its staff, and its own time."""

    def __init__(self, city: City, key: tuple[str, str], now: datetime) -> None:
        self.branch: Branch = places.branch_of(city, *key)
        calendar = hours.calendar_of(self.branch.pk)
        self.staff = Actor.member(
            User.objects.get(memberships__shop=self.branch.shop, memberships__role=Role.STAFF)
        )
        #: `day(3, 40)`: forty minutes after opening, three opening days ago.
        self.day = partial(past.day_back, calendar, now)
        #: `ago(20)`: twenty opening minutes ago.
        self.ago = partial(past.ago, calendar, now)

    def place(
        self,
        shopper: int,
        goods: dict[str, int],
        *,
        at: datetime,
        language: str = "de",
        elsewhere: "tuple[Desk, dict[str, int]] | None" = None,
        pay: bool = False,
    ) -> Reservation:
        """A shopper's checkout here, and at another branch in the same act; this one's part.

        `pay`: to be paid online, which is not done yet.
        """
        basket = baskets.start(city=self.branch.shop.city, now=at)
        here = [(self, goods)] if elsewhere is None else [(self, goods), elsewhere]
        for desk, wanted in here:
            for sku, quantity in wanted.items():
                offer = Offer.objects.get(branch=desk.branch, sku=sku)
                baskets.put(basket=basket, offer=offer, quantity=quantity, now=at)
        who = town.load()["shoppers"][shopper]
        checkout = checkouts.place(
            basket=basket,
            nonce=uuid.uuid5(_IDS, f"{self.branch.slug} {sorted(goods)} {shopper} {pay}"),
            seen=queries.seen_token(
                queries.basket_lines(basket), Mode.PAY if pay else Mode.RESERVE
            ),
            shopper=checkouts.Shopper(name=who["name"], email=who["email"]),
            language=language,
            by=Actor.shopper(),
            now=at,
            pay_branch=self.branch.pk if pay else None,
        )
        post(at)
        return Reservation.objects.get(checkout=checkout, branch=self.branch)

    def accept(self, reservation: Reservation, *, at: datetime) -> None:
        """Where the goods were sure the clock has done so already."""
        reservation.refresh_from_db()
        if reservation.state == State.REQUESTED:
            self._tap(counter.accept, reservation, at)

    def ready(
        self,
        reservation: Reservation,
        *,
        shelf: str,
        at: datetime,
        found: dict[str, int] | None = None,
    ) -> None:
        """Found and set aside; `found` by article number where some is missing."""
        counts = {
            line.pk: found[line.offer.sku]
            for line in reservation.lines.select_related("offer")
            if found and line.offer.sku in found
        }
        self._tap(counter.mark_ready, reservation, at, shelf=shelf, found=counts or None)

    def hand_over(self, reservation: Reservation, *, at: datetime) -> None:
        self._tap(counter.hand_over, reservation, at)

    def decline(self, reservation: Reservation, *, reason: EndReason, at: datetime) -> None:
        self._tap(counter.decline, reservation, at, reason=reason)

    def shelve(self, reservation: Reservation, *, at: datetime) -> None:
        self._tap(counter.shelve, reservation, at)

    def _tap(
        self,
        act: Callable[..., Reservation],
        reservation: Reservation,
        at: datetime,
        **fields: object,
    ) -> None:
        act(
            reservation_id=reservation.pk,
            client_id=uuid.uuid5(_IDS, f"{act.__name__} {reservation.pk}"),
            by=self.staff,
            now=at,
            **fields,
        )
        post(at + LATER)


def past_days(*, city: City, now: datetime) -> None:
    """What happened before today: collected, called off, lapsed, declined."""
    kaufhof, porsche = Desk(city, KAUFHOF, now), Desk(city, PORSCHE, now)
    kontor = Desk(city, KONTOR, now)

    # Lapsed, and long back on the shelf.
    candles = kaufhof.place(3, {"LH-KERZENHALTER": 1}, at=kaufhof.day(7, 30))
    kaufhof.accept(candles, at=kaufhof.day(7, 35))
    kaufhof.ready(candles, shelf="A1", at=kaufhof.day(7, 60))
    _expire(candles)
    kaufhof.shelve(candles, at=kaufhof.day(4, 15))

    # Lapsed, and still waiting to be put back.
    vase = kaufhof.place(3, {"LH-VASE": 1}, at=kaufhof.day(6, 40))
    kaufhof.accept(vase, at=kaufhof.day(6, 45))
    kaufhof.ready(vase, shelf="A2", at=kaufhof.day(6, 90))
    _expire(vase)

    # Nobody answered.
    tea = kontor.place(1, {"1303": 2}, at=kontor.day(5, 20))
    _expire_answer(tea)

    # Collected, from two shops in one go.
    cups = kaufhof.place(
        0,
        {"LH-BECHER-SAND": 2, "LH-KERZEN": 1},
        at=kaufhof.day(4, 70),
        elsewhere=(porsche, {"SW-10001": 1}),
    )
    novel = Reservation.objects.get(checkout=cups.checkout, branch=porsche.branch)
    kaufhof.accept(cups, at=kaufhof.day(4, 75))
    porsche.accept(novel, at=porsche.day(4, 80))
    kaufhof.ready(cups, shelf="A1", at=kaufhof.day(4, 100))
    porsche.ready(novel, shelf="3", at=porsche.day(4, 110))
    kaufhof.hand_over(cups, at=kaufhof.day(3, 120))
    porsche.hand_over(novel, at=porsche.day(3, 160))

    # The shop looked and had none.
    plant = kontor.place(3, {"1603": 1}, at=kontor.day(3, 60))
    kontor.decline(plant, reason=EndReason.NOT_THERE, at=kontor.day(3, 75))

    # Called off at once: nothing to put back.
    pencils = porsche.place(0, {"SW-20010": 1}, at=porsche.day(3, 200))
    _cancel(pencils, at=porsche.day(3, 230))

    # Called off when it was ready already.
    bag = porsche.place(1, {"SW-40003": 1}, at=porsche.day(2, 30))
    porsche.accept(bag, at=porsche.day(2, 35))
    porsche.ready(bag, shelf="7", at=porsche.day(2, 60))
    _cancel(bag, at=porsche.day(1, 45))


def open_now(*, city: City, now: datetime) -> None:
    """What the shops have to do now: to answer, to find, ready, ready with something missing."""
    kaufhof, porsche = Desk(city, KAUFHOF, now), Desk(city, PORSCHE, now)
    vorsfelde, kontor = Desk(city, VORSFELDE, now), Desk(city, KONTOR, now)

    blanket = kaufhof.place(1, {"LH-DECKE-SALBEI": 1}, at=kaufhof.day(1, 60))
    kaufhof.accept(blanket, at=kaufhof.day(1, 65))
    kaufhof.ready(blanket, shelf="A3", at=kaufhof.day(1, 110))

    # One of two was not to be found; the shopper may take it in Vorsfelde.
    bricks = porsche.place(2, {"SW-30001": 2, "SW-20001": 1}, at=porsche.day(1, 20))
    porsche.accept(bricks, at=porsche.day(1, 25))
    porsche.ready(bricks, shelf="4", found={"SW-30001": 1}, at=porsche.day(1, 50))

    honey = kontor.place(2, {"1102": 1, "1103": 2}, at=kontor.day(1, 200))
    kontor.accept(honey, at=kontor.day(1, 210))
    kontor.ready(honey, shelf="B1", at=kontor.day(1, 230))

    teapot = kaufhof.place(
        2,
        {"LH-TEEKANNE": 1, "LH-BECHER-NEBELBLAU": 2},
        at=kaufhof.ago(20),
        elsewhere=(porsche, {"SW-50002": 1}),
    )
    kaufhof.accept(teapot, at=kaufhof.ago(15))
    english = vorsfelde.place(3, {"SW-30003": 1}, at=vorsfelde.ago(15), language="en")
    vorsfelde.accept(english, at=vorsfelde.ago(12))
    kontor.place(0, {"1301": 1, "1401": 3}, at=kontor.ago(5))


def _expire(reservation: Reservation) -> None:
    """The clock, a minute after the time was over."""
    reservation.refresh_from_db()
    moment = _passed(reservation.collect_by)
    lifecycle.expire(reservation_id=reservation.pk, now=moment)
    post(moment)


def _expire_answer(reservation: Reservation) -> None:
    moment = _passed(reservation.answer_by)
    lifecycle.decline_silent(reservation_id=reservation.pk, now=moment)
    post(moment)


def _cancel(reservation: Reservation, *, at: datetime) -> None:
    lifecycle.cancel(
        reservation_id=reservation.pk, reason=EndReason.SHOPPER, by=Actor.shopper(), now=at
    )
    post(at)


def _passed(moment: datetime | None) -> datetime:
    if moment is None:
        raise RuntimeError("a reservation without its time")
    return moment + timedelta(minutes=1)


def post(moment: datetime) -> None:
    """Send what is due, so that each mail says what was true when it was written."""
    for notice_id in list(Notice.objects.due(moment).order_by("pk").values_list("pk", flat=True)):
        notices.send_one(notice_id=notice_id, now=moment)
