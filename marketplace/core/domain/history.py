"""History: who did what to which thing, when (truth 8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from marketplace.core.enums import ActorKind
from marketplace.core.models import LogEntry

_VERB = re.compile(r"[a-z]+(?:\.[a-z_]+)+")
_REFERENCE = re.compile(r"[a-z_]+:[0-9A-Za-z-]+")
_CODE = re.compile(r"[A-Za-z0-9_.:/-]{0,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks a domain function to act: the type of every `by`.

    `kind` is the role in which somebody acts here, `user_id` the signed-in person or None.
    """

    kind: ActorKind
    user_id: int | None = None

    @classmethod
    def shopper(cls, user: Any = None) -> Self:
        """Somebody in front of the shelf, signed in or not."""
        return cls(kind=ActorKind.SHOPPER, user_id=_id_of(user))

    @classmethod
    def member(cls, user: Any) -> Self:
        """A person of a shop, acting for it."""
        return cls(kind=ActorKind.MEMBER, user_id=_must_be_known(user))

    @classmethod
    def editor(cls, user: Any) -> Self:
        """A person of the city's staff."""
        return cls(kind=ActorKind.EDITOR, user_id=_must_be_known(user))

    @classmethod
    def clock(cls) -> Self:
        """Time passed: `tick`."""
        return cls(kind=ActorKind.CLOCK)

    @classmethod
    def system(cls) -> Self:
        """The installation itself: a task, a command, a seed."""
        return cls(kind=ActorKind.SYSTEM)


def record(
    *,
    verb: str,
    subject: str,
    scope: str,
    by: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> LogEntry:
    """Write one line of history in the caller's transaction.

    `verb` is "noun.verb", `subject` and `scope` are "kind:id" (`scope` may be empty). `data` takes
    ids, numbers, dates and codes; free text raises ValueError, because it could name a person and
    this table never forgets.
    """
    if not _VERB.fullmatch(verb):
        raise ValueError(f"not a verb: {verb!r}")
    if not _REFERENCE.fullmatch(subject) or not (scope == "" or _REFERENCE.fullmatch(scope)):
        raise ValueError(f"subject and scope are kind:id, not {subject!r}, {scope!r}")
    return LogEntry.objects.create(
        at=now,
        actor_kind=by.kind,
        actor_id=by.user_id,
        verb=verb,
        subject=subject,
        scope=scope,
        data={str(key): _plain(value) for key, value in (data or {}).items()},
    )


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case Decimal() | UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case str() if _CODE.fullmatch(value):
            return str(value)
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
    # The value itself stays out of the message: it may be the name we keep out of the log.
    raise ValueError(f"a log entry holds ids, numbers and codes, not {type(value).__name__}")


def _id_of(user: Any) -> int | None:
    return None if user is None or user.pk is None else int(user.pk)


def _must_be_known(user: Any) -> int:
    user_id = _id_of(user)
    if user_id is None:
        raise ValueError("a member or an editor is a signed-in person")
    return user_id
