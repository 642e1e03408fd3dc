"""History holds who, what and when, and nothing that names a person."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.enums import ActorKind
from marketplace.core.models import LogEntry, User

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_record_writes_one_line():
    user = User.objects.create_user("clerk@example.org")

    entry = history.record(
        verb="reservation.mark_ready",
        subject="reservation:12",
        scope="shop:3",
        by=Actor.member(user),
        now=NOW,
        data={"lines": [1, 2], "shelf": "A-12", "price": Decimal("9.90"), "short": False},
    )

    kept = LogEntry.objects.get(pk=entry.pk)
    assert (kept.at, kept.actor_id, kept.actor_kind) == (NOW, user.pk, ActorKind.MEMBER)
    assert (kept.verb, kept.subject, kept.scope) == (
        "reservation.mark_ready",
        "reservation:12",
        "shop:3",
    )
    assert kept.data == {"lines": [1, 2], "shelf": "A-12", "price": "9.90", "short": False}


def test_data_takes_ids_numbers_dates_and_codes():
    nonce = UUID("12345678-1234-5678-1234-567812345678")

    entry = history.record(
        verb="test.write",
        subject="thing:1",
        scope="",
        by=Actor.system(),
        now=NOW,
        data={
            "nonce": nonce,
            "at": NOW,
            "day": date(2026, 11, 23),
            "wait": timedelta(minutes=2),
            "deep": {"n": None, "codes": ("READY", "")},
        },
    )

    entry.refresh_from_db()
    assert entry.data == {
        "nonce": str(nonce),
        "at": "2026-11-23T12:00:00+00:00",
        "day": "2026-11-23",
        "wait": 120.0,
        "deep": {"n": None, "codes": ["READY", ""]},
    }


@pytest.mark.parametrize(
    "value", ["Erika Mustermann", "erika@example.org", "x" * 61, ["ok", "not ok"], b"x", object()]
)
def test_text_that_could_name_somebody_is_refused(value):
    with pytest.raises(ValueError, match="ids, numbers and codes") as caught:
        history.record(
            verb="test.write",
            subject="thing:1",
            scope="",
            by=Actor.clock(),
            now=NOW,
            data={"note": value},
        )

    assert "Erika" not in str(caught.value)
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("verb", "subject", "scope"),
    [
        ("write", "thing:1", ""),
        ("Test.write", "thing:1", ""),
        ("test.write", "thing", ""),
        ("test.write", "", ""),
        ("test.write", "thing:1", "shop"),
        ("test.write", "thing:erika@example.org", ""),
    ],
)
def test_names_have_a_form(verb, subject, scope):
    with pytest.raises(ValueError):
        history.record(verb=verb, subject=subject, scope=scope, by=Actor.clock(), now=NOW)


def test_actors():
    user = User.objects.create_user("a@example.org")

    assert Actor.shopper() == Actor.shopper(AnonymousUser()) == Actor(kind=ActorKind.SHOPPER)
    assert Actor.shopper(user).user_id == user.pk
    assert Actor.member(user) == Actor(kind=ActorKind.MEMBER, user_id=user.pk)
    assert Actor.editor(user).kind == ActorKind.EDITOR
    assert Actor.clock() != Actor.system()
    with pytest.raises(ValueError, match="signed-in"):
        Actor.member(AnonymousUser())
    with pytest.raises(AttributeError):
        Actor.clock().user_id = 3  # type: ignore[misc]
