"""Intentions: what a life is about to do, how to get there, and the act that may be repeated."""

import io
import random
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image

from marketplace.core.domain import notices, pictures
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Stale
from marketplace.core.models import Notice
from marketplace.operations.domain import tick
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.domain import checkout as checkouts
from marketplace.reservations.domain import counter, lifecycle, queries
from marketplace.reservations.enums import EndReason, State
from marketplace.reservations.models import (
    Basket,
    BasketLine,
    Checkout,
    Line,
    Reservation,
    Tap,
)
from shops.domain import counts
from shops.models import Offer
from tests.factories import NOW
from tests.kills.lives import Say

LONG_AGO = NOW - timedelta(days=8)
SOON = NOW + timedelta(minutes=5)


@dataclass(frozen=True)
class Town:
    """Ids only: a life reads its rows through its own connection."""

    sure: list[int]  # offers of a shop that accepts by itself
    asked: list[int]  # offers of one that answers
    clerk: int
    mail: Path

    @property
    def by(self) -> Actor:
        return Actor(kind="MEMBER", user_id=self.clerk)


def _fill(town: Town, ids: list[int], *, now=NOW) -> tuple[Basket, str]:
    offers = [Offer.objects.select_related("branch__shop__city").get(pk=pk) for pk in ids]
    basket = baskets.start(city=offers[0].branch.shop.city, now=now)
    for offer in offers:
        baskets.put(basket=basket, offer=offer, quantity=2, now=now)
    return basket, queries.seen_token(queries.basket_lines(basket))


def _send(basket_id: str, nonce: str, seen: str, *, now=NOW) -> Checkout:
    return checkouts.place(
        basket=Basket.objects.select_related("city").get(pk=basket_id),
        nonce=uuid.UUID(nonce),
        seen=seen,
        shopper=checkouts.Shopper(name="Lena Koch", email="lena.koch@example.de"),
        language="de",
        by=Actor.shopper(),
        now=now,
    )


def _accept(reservation: Reservation, *, now: datetime) -> None:
    if reservation.state == State.REQUESTED:
        lifecycle.accept(reservation_id=reservation.pk, by=Actor.system(), now=now)


def _reach(town: Town, state: State) -> Reservation:
    """A new reservation in this state."""
    ids = (town.asked if state == State.REQUESTED else town.sure)[:2]
    basket, seen = _fill(town, ids)
    reservation = _send(basket.pk, str(uuid.uuid4()), seen).reservations.get()
    if reservation.state != state:  # what was not found lately is not sure, so the shop is asked
        _accept(reservation, now=NOW)
    if state == State.READY:
        counter.mark_ready(
            reservation_id=reservation.pk, client_id=uuid.uuid4(), by=town.by, now=NOW
        )
    return Reservation.objects.get(pk=reservation.pk, state=state)


def _form(town: Town) -> str:
    basket, seen = _fill(town, town.sure[1:] + town.asked[1:])
    return f"{basket.pk}:{uuid.uuid4()}:{seen}"


def _tap_on(state: State) -> Callable[[Town], str]:
    return lambda town: f"{_reach(town, state).pk}:{uuid.uuid4()}"


def _expiring(town: Town) -> str:
    basket, seen = _fill(town, town.sure[:2], now=LONG_AGO)
    reservation = _send(basket.pk, str(uuid.uuid4()), seen, now=LONG_AGO).reservations.get()
    _accept(reservation, now=LONG_AGO)
    return str(reservation.pk)


def _put_back(town: Town) -> str:
    pk = _reach(town, State.READY).pk
    lifecycle.cancel(reservation_id=pk, reason=EndReason.SHOPPER, by=Actor.shopper(), now=NOW)
    return f"{pk}:{uuid.uuid4()}"


def _owed(town: Town) -> str:
    _reach(town, State.CONFIRMED)
    return str(Notice.objects.due(SOON).latest("pk").pk)


def _placed(town: Town, *form: str) -> str:
    checkout = _send(*form)
    assert not BasketLine.objects.filter(basket_id=form[0]).exists()
    assert checkout.reservations.count() == 2
    return f"checkout:{checkout.pk}"


def _tapped(verb: str) -> Callable[..., str]:
    def act(town: Town, reservation: str, client_id: str) -> str:
        pk, more = int(reservation), {}
        if verb == "mark_ready":  # one line was not there
            more = {"found": {Line.objects.filter(reservation_id=pk).earliest("pk").pk: 0}}
        if verb == "hand_over":  # one unit is left behind
            more = {"taken": {Line.objects.filter(reservation_id=pk).earliest("pk").pk: 1}}
        getattr(counter, verb)(
            reservation_id=pk, client_id=uuid.UUID(client_id), by=town.by, now=NOW, **more
        )
        assert Tap.objects.filter(client_id=client_id).count() == 1
        return Reservation.objects.get(pk=pk).state

    return act


def _cancelled(town: Town, pk: str) -> str:
    with suppress(Stale):
        lifecycle.cancel(
            reservation_id=int(pk), reason=EndReason.SHOPPER, by=Actor.shopper(), now=NOW
        )
    return Reservation.objects.get(pk=pk).state


def _ticked(town: Town, pk: str) -> str:
    tick.run(now=NOW)
    return Reservation.objects.get(pk=pk).state


def _counted(town: Town, offer: str) -> str:
    row = counts.count_by_eye(offer_id=int(offer), on_shelf=1_000, by=town.by, now=NOW)
    return f"{row.on_hand - row.set_aside}"


def _sent(town: Town, notice: str) -> str:
    # Who was cut off holds a lease; only after that the letter goes out again (see `settle`).
    notices.send_one(notice_id=int(notice), now=SOON)
    return "sent"


def _rendered(town: Town, colour: str) -> str:
    photo = io.BytesIO()
    Image.new("RGB", (700, 500), int(colour)).save(photo, "PNG")
    picture = pictures.store(content=photo.getvalue(), name="goods.png", by=town.by, now=NOW)
    pictures.render(picture_id=picture.pk, now=NOW)
    picture.refresh_from_db()
    return f"picture:{picture.pk}:{picture.state}"


#: kind -> how to get there (returns the arguments), and the act, which may be sent again.
KINDS: dict[str, tuple[Callable[[Town], str], Callable[..., str]]] = {
    "place": (_form, _placed),
    "accept": (_tap_on(State.REQUESTED), _tapped("accept")),
    "ready": (_tap_on(State.CONFIRMED), _tapped("mark_ready")),
    "hand_over": (_tap_on(State.READY), _tapped("hand_over")),
    "cancel": (lambda town: str(_reach(town, State.CONFIRMED).pk), _cancelled),
    "expire": (_expiring, _ticked),
    "shelve": (_put_back, _tapped("shelve")),
    "count": (lambda town: str(town.asked[0]), _counted),
    "mail": (_owed, _sent),
    "picture": (lambda town: str(random.SystemRandom().randrange(2**24)), _rendered),
}
#: Points of the money, which is cut in `tests/payments` and, with its goods, in `test_paid`.
MONEY = ("payment.", "receipt.", "operation.", "event.", "ready.take", "lapse.", "withdrawal.")
#: Which act reaches which point.
REACHES = {
    "place.inserted": "place",
    "place.claimed": "place",
    "place.committed": "place",
    "ready.half": "ready",
    "hand_over.half": "hand_over",
    "cancel.half": "cancel",
    "expire.half": "expire",
    "notice.before_send": "mail",
    "notice.after_send": "mail",
    "notice.told": "mail",
    "pictures.half": "picture",
}


def perform(town: Town, intention: str) -> str:
    kind, *arguments = intention.split(":")
    return KINDS[kind][1](town, *arguments)


def day(town: Town, kinds: list[str]) -> Callable[[Say], None]:
    """Do these; say each intention before and its outcome after."""

    def act(say: Say) -> None:
        for kind in kinds:
            intention = f"{kind}:{KINDS[kind][0](town)}"
            say(f"will={intention}")
            say(f"done={perform(town, intention)}")

    return act
