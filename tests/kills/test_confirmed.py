"""The power is cut while a contract is confirmed: either it is known to have reached the shopper,
or the goods wait and it goes out again, the same mail (law A5)."""

import re
import signal
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import override_settings

from marketplace.core.domain import notices
from marketplace.core.errors import Refused
from marketplace.core.models import Notice
from marketplace.operations.domain import audit
from marketplace.reservations.domain import contracts, lifecycle
from marketplace.reservations.enums import State
from marketplace.reservations.models import Reservation
from tests import money
from tests.factories import NOW
from tests.kills.lives import leave, live

pytestmark = [pytest.mark.timeout(600), pytest.mark.law("A5")]

POINTS = ("notice.before_send", "notice.after_send", "notice.told")


@pytest.fixture
def desk(own_database, tmp_path) -> Iterator[money.Desk]:
    dummy = {
        "BACKEND": "django_tasks.backends.dummy.DummyBackend",
        "QUEUES": ["default", "mail", "pictures"],
    }
    with override_settings(
        TASKS={"default": dummy},
        EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend",
        EMAIL_FILE_PATH=tmp_path / "mail",
    ):
        yield money.desk(tmp_path)
        leave()


def ready(desk: money.Desk, monkeypatch) -> int:
    """Paid, and its goods lie ready; nobody has posted the confirmation yet."""
    monkeypatch.setattr(money, "confirm", lambda now: None)
    pk = desk.paid()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()
    monkeypatch.undo()
    assert desk.see(pk).state == State.READY
    return pk


def post(at=NOW):
    """One life of a worker."""

    def act(say) -> None:
        notice = Notice.objects.get(kind=contracts.KIND)
        say(str(notices.send_one(notice_id=notice.pk, now=at)))

    return act


def ids(desk: money.Desk, folder) -> list[str]:
    found = []
    for path in sorted(folder.glob("*.log")):
        found += re.findall(r"^Message-ID: (<notice\.\S+>)", path.read_text(), re.M)
    return found


def agree(pk: int) -> bool:
    """Mail and reservation say the same of whether it went out."""
    sent = Notice.objects.get(kind=contracts.KIND).state == "SENT"
    row = Reservation.objects.get(pk=pk)
    assert (row.confirmation_sent_at is not None) == sent
    assert bool(row.confirmation_hash) == sent
    return sent


@pytest.mark.parametrize("point", POINTS)
def test_cut_on_the_way(desk, tmp_path, monkeypatch, point):
    pk = ready(desk, monkeypatch)
    monkeypatch.setenv("FAULT_AT", point)
    assert live(post())[0] == signal.SIGKILL
    monkeypatch.delenv("FAULT_AT")
    assert not agree(pk)
    with pytest.raises(Refused) as refusal:
        lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW)
    assert refusal.value.code == "unconfirmed"
    # Within the lease nobody else is at it; after it the next life sends the same mail.
    assert live(post())[1] == ["None"]
    assert live(post(NOW + notices.LEASE))[1] == ["SENT"]
    assert agree(pk)
    sent = ids(desk, tmp_path / "mail")
    assert len(sent) == (1 if point == "notice.before_send" else 2)
    assert len(set(sent)) == 1
    lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW + notices.LEASE)
    assert audit.run(now=NOW + notices.LEASE).violations == []


def test_cut_at_random_until_it_is_collected(desk, monkeypatch):
    pk, at, killed = ready(desk, monkeypatch), NOW, 0
    for turn in range(200):
        monkeypatch.setenv("FAULT_RANDOM", f"0.7:{turn}")
        killed += live(post(at))[0] == signal.SIGKILL
        at += notices.LEASE
        if agree(pk):
            break
    monkeypatch.delenv("FAULT_RANDOM")
    assert killed > 0
    lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=at)


def test_control_without_the_transaction_both_sides_part(desk, monkeypatch):
    pk = ready(desk, monkeypatch)

    def bare(say) -> None:
        # Only in this life, which ends here.
        transaction.Atomic.__enter__ = lambda self: None
        transaction.Atomic.__exit__ = lambda self, *error: None
        connection.ensure_connection()
        post()(say)

    monkeypatch.setenv("FAULT_AT", "notice.told")
    assert live(bare)[0] == signal.SIGKILL
    monkeypatch.delenv("FAULT_AT")
    with pytest.raises(AssertionError):
        agree(pk)
