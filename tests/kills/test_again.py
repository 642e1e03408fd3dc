"""After a cut, whoever was cut off sends the same again: it happens once and stays true.

What a life is about to do is written down first (an *intention*), as a browser keeps its form and
a counter its client id. After each cut a fresh life audits, carries every intention out twice more
and audits again (truths 2, 4 and 11; mail at least once under one Message-ID).
"""

import io
import random
import re
import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import override_settings
from PIL import Image

from marketplace.core.domain import notices, pictures
from marketplace.core.domain.history import Actor
from marketplace.core.enums import NoticeState, PictureState
from marketplace.core.errors import Stale
from marketplace.core.faults import POINTS
from marketplace.core.models import Notice, Picture
from marketplace.operations.domain import audit, tick
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.domain import checkout as checkouts
from marketplace.reservations.domain import counter, lifecycle, queries
from marketplace.reservations.enums import EndReason, State
from marketplace.reservations.models import (
    Basket,
    BasketLine,
    Checkout,
    Contact,
    Line,
    Reservation,
    Tap,
)
from shops.domain import counts
from shops.models import Offer
from tests import factories
from tests.factories import NOW
from tests.kills.lives import Say, leave, live
from tests.races.crowd import FULL

pytestmark = pytest.mark.timeout(600)

#: Cuts at random, beside one at every named point.
KILLS = 50 if FULL else 20
LONG_AGO = NOW - timedelta(days=8)
SOON, TOMORROW = NOW + timedelta(minutes=5), NOW + timedelta(days=1)
HOST = "testserver"


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


@pytest.fixture
def town(own_database) -> Iterator[Town]:
    """The product's own queue and files; nobody works the queue off but the lives."""
    mail = own_database.directory / "mail"
    with override_settings(
        TASKS={
            "default": {
                "BACKEND": "django_tasks_db.DatabaseBackend",
                "QUEUES": ["default", "mail", "pictures"],
            }
        },
        EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend",
        EMAIL_FILE_PATH=mail,
        MEDIA_ROOT=own_database.directory / "media",
    ):
        city = factories.city(host=HOST, max_open=30_000)
        sure = factories.branch(factories.shop(city, auto_accept=True, email="a@example.de"))
        asked = factories.branch(factories.shop(city, "Leselaube", email="b@example.de"))
        made = Town(
            sure=[factories.offer(sure, count=1_000).pk for _ in range(3)],
            asked=[factories.offer(asked, count=1_000).pk for _ in range(3)],
            clerk=factories.member(sure.shop).pk,
            mail=mail,
        )
        yield made
        leave()


# --- intentions: what must be ready, and what may be sent again -----------------------------------


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
#: Points of the money, which is cut in `tests/payments`.
MONEY = ("payment.", "operation.", "event.")
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


# --- after the cut --------------------------------------------------------------------------------


def wrong() -> set[str]:
    """Everything half made or lost."""
    found = {f"{one.truth} {one.subject} {one.what}" for one in audit.run(now=NOW).violations}
    found |= {f"{row} has no lines" for row in Reservation.objects.filter(lines=None)}
    found |= {f"{row} has no reservation" for row in Checkout.objects.filter(reservations=None)}
    found |= {f"{row} has no checkout" for row in Contact.objects.filter(checkouts=None)}
    promised = set(Notice.objects.exclude(unique="").values_list("unique", flat=True))
    told = {key.rpartition(":")[0] for key in promised if key.startswith("checkout:")}
    placed = {f"checkout:{pk}" for pk in Checkout.objects.values_list("pk", flat=True)}
    return found | {f"{one} has no mail" for one in placed ^ told}


def recover(town: Town, said: list[str]) -> Callable[[Say], None]:
    """A fresh life: audit, send everything again twice, audit."""
    wills = [word.removeprefix("will=") for word in said if word.startswith("will=")]
    dones = [word.removeprefix("done=") for word in said if word.startswith("done=")]
    assert len(wills) - len(dones) in (0, 1), said

    def act(say: Say) -> None:
        assert wrong() == set()
        before = Checkout.objects.count()
        first = [perform(town, will) for will in wills]
        after = Checkout.objects.count()
        assert after - before <= len(wills) - len(dones)
        # What was reported as done was done, and stays the same.
        assert first[: len(dones)] == dones
        assert [perform(town, will) for will in wills] == first
        assert Checkout.objects.count() == after
        assert wrong() == set()

    return act


def settle(town: Town) -> Callable[[Say], None]:
    """The sweep finds every mail that is owed; each arrives, repeats under their one name."""

    def act(say: Say) -> None:
        owed = set(Notice.objects.queued().values_list("pk", flat=True))
        assert owed
        assert set(Notice.objects.due(TOMORROW).values_list("pk", flat=True)) == owed
        assert notices.sweep(now=TOMORROW, limit=100_000) == len(owed)
        for pk in owed:
            assert notices.send_one(notice_id=pk, now=TOMORROW) == NoticeState.SENT
        assert not Notice.objects.exclude(state=NoticeState.SENT).exists()
        arrived = re.findall(
            r"^Message-ID: (<.*>)$",
            "\n".join(file.read_text() for file in town.mail.glob("*.log")),
            re.MULTILINE,
        )
        assert set(arrived) == {notices.message_id(row, HOST) for row in Notice.objects.all()}
        assert not Picture.objects.exclude(state=PictureState.READY).exists()
        assert wrong() == set()

    return act


def test_cut_at_every_point_and_sent_again(town, monkeypatch):
    assert set(REACHES) == {each for each in POINTS if not each.startswith(MONEY)}
    for kind in KINDS:  # warm, and so that lives find a town that has a past
        day(town, [kind])(lambda word: None)

    for point, kind in REACHES.items():
        monkeypatch.setenv("FAULT_AT", point)
        ended, said = live(day(town, ["count", kind]))
        monkeypatch.delenv("FAULT_AT")
        assert ended == signal.SIGKILL, (point, said)
        assert said[-1].startswith(f"will={kind}:"), (point, said)
        if kind == "place":
            nonce = said[-1].split(":")[2]
            there = Checkout.objects.filter(nonce=uuid.UUID(nonce)).exists()
            assert there == (point == "place.committed"), point
        assert live(recover(town, said))[0] == 0

    assert live(settle(town))[0] == 0


def test_cut_at_random_and_sent_again(town, monkeypatch):
    chance = random.Random(20261123)
    for kind in KINDS:
        day(town, [kind])(lambda word: None)
    killed = 0

    for seed in range(20 * KILLS):
        kinds = chance.sample(list(KINDS), len(KINDS))
        cut = chance.uniform(0.005, 0.2)
        if seed % 2:
            monkeypatch.setenv("FAULT_RANDOM", f"0.2:{seed}")
            cut = 0
        ended, said = live(day(town, kinds), killed_after=cut)
        monkeypatch.delenv("FAULT_RANDOM", raising=False)
        assert ended or len(said) == 2 * len(kinds), said
        killed += ended == signal.SIGKILL
        assert live(recover(town, said))[0] == 0
        if killed == KILLS:
            break

    assert killed == KILLS
    assert live(settle(town))[0] == 0


def test_control_without_transactions_every_cut_is_seen(town, monkeypatch):
    """No BEGIN and no COMMIT: each point inside a verb leaves something that `wrong` names."""
    known = wrong()
    assert known == set()
    # Behind the commit nothing is half made; mails and pictures are sent and drawn outside.
    inside = [name for name in REACHES if name.endswith((".half", ".inserted", ".claimed"))]
    inside.remove("pictures.half")
    for point in inside:
        intention = f"{REACHES[point]}:{KINDS[REACHES[point]][0](town)}"

        def bare(say: Say, intention: str = intention) -> None:
            # Only in this life, which ends here.
            transaction.Atomic.__enter__ = lambda self: None
            transaction.Atomic.__exit__ = lambda self, *error: None
            connection.ensure_connection()
            connection.in_atomic_block = True  # stock verbs ask for it; nothing has begun
            perform(town, intention)

        monkeypatch.setenv("FAULT_AT", point)
        ended, _said = live(bare)
        monkeypatch.delenv("FAULT_AT")
        assert ended == signal.SIGKILL, point
        assert wrong() - known, point
        known = wrong()
