"""The mails of a demo: read back from the folder that Django's file backend writes."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

#: Files looked at; older mails stay in the folder.
MOST = 300
_BETWEEN = b"\n" + b"-" * 79 + b"\n"
_KEY = re.compile(r"([0-9]{8}-[0-9]{6}-[0-9]+)-([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. `key` finds it again, `html` still names its pictures `cid:`."""

    key: str
    sent_at: datetime
    to: str
    subject: str
    text: str
    html: str
    #: Content ids of the pictures inside.
    pictures: list[str]


def letters(folder: Path) -> list[Letter]:
    """All mails, the youngest first."""
    names = sorted((path.stem for path in folder.glob("*.log")), reverse=True)[:MOST]
    found = [
        _letter(f"{name}-{number}", message)
        for name in names
        for number, message in enumerate(_messages(folder, name))
    ]
    return sorted(found, key=lambda letter: (letter.sent_at, letter.key), reverse=True)


def letter(folder: Path, key: str) -> Letter | None:
    """The mail with this key."""
    message = _find(folder, key)
    return _letter(key, message) if message else None


def picture(folder: Path, key: str, cid: str) -> tuple[bytes, str] | None:
    """Bytes and media type of a picture inside a mail."""
    message = _find(folder, key)
    for part in message.walk() if message else ():
        if _cid(part) == cid and part.get_content_maintype() == "image":
            content = part.get_payload(decode=True)
            return (content, part.get_content_type()) if isinstance(content, bytes) else None
    return None


def _find(folder: Path, key: str) -> EmailMessage | None:
    # SECURITY: digits and hyphens only, so a key never leaves the folder.
    match = _KEY.fullmatch(key)
    if not match:
        return None
    for number, message in enumerate(_messages(folder, match[1])):
        if number == int(match[2]):
            return message
    return None


def _messages(folder: Path, name: str) -> Iterator[EmailMessage]:
    path = folder / f"{name}.log"
    if not path.is_file():
        return
    for raw in path.read_bytes().split(_BETWEEN):
        # RACE: the last one may be half written; it has no end yet and is shown next time.
        if raw.strip():
            yield email.message_from_bytes(raw, policy=policy.default)


def _letter(key: str, message: EmailMessage) -> Letter:
    return Letter(
        key=key,
        sent_at=_moment(message),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        pictures=[_cid(part) for part in message.walk() if _cid(part)],
    )


def _moment(message: EmailMessage) -> datetime:
    try:
        moment = parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError):
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _cid(part: EmailMessage) -> str:
    return str(part["Content-ID"] or "").strip().strip("<>")
