"""After a cut, whoever was cut off sends the same again: it happens once and stays true.

What a life is about to do is written down first (an *intention*), as a browser keeps its form and
a counter its client id. After each cut a fresh life audits, carries every intention out twice more
and audits again (truths 2, 4 and 11; mail at least once under one Message-ID).
"""

import random
import re
import signal
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import override_settings

from marketplace.core.domain import notices
from marketplace.core.enums import NoticeState, PictureState
from marketplace.core.faults import POINTS
from marketplace.core.models import Notice, Picture
from marketplace.operations.domain import audit
from marketplace.reservations.models import (
    Checkout,
    Contact,
    Reservation,
)
from tests import factories
from tests.factories import NOW
from tests.kills.intentions import KINDS, MONEY, REACHES, Town, day, perform
from tests.kills.lives import Say, leave, live
from tests.races.crowd import FULL

pytestmark = pytest.mark.timeout(600)

#: Cuts at random, beside one at every named point.
KILLS = 50 if FULL else 20
TOMORROW = NOW + timedelta(days=1)
HOST = "testserver"


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
    assert set(REACHES) == {each for each in POINTS if not each.startswith((*MONEY, "push."))}
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
