"""Mails for tests of the outbox: two kinds, and a server that fails."""

from datetime import UTC, datetime, timedelta

from django.core.mail.backends.base import BaseEmailBackend
from django.utils import translation

from marketplace.core.domain import notices
from marketplace.core.domain.notices import Attachment, Message
from marketplace.core.models import Notice

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BROKEN_MAIL = "tests.core.letters.BrokenServer"
nothing_to_say: set[str] = set()


def render(notice: Notice) -> Message | None:
    if notice.subject in nothing_to_say:
        return None
    return Message(
        to="erika@example.org",
        subject=f"{notice.subject} ({translation.get_language()})",
        text="Grüße aus Wolfsburg",
        host="wolfsburg.example",
        sender="Stadtregal Wolfsburg",
    )


def render_rich(notice: Notice) -> Message:
    return Message(
        to="erika@example.org",
        subject="Ihre Abholung\n ist bereit",
        text="Ihr Code",
        html='<p>Ihr Code <img src="cid:code" alt="QR"></p>',
        attachments=[
            Attachment(name="code.png", content=b"\x89PNG", mimetype="image/png", cid="code"),
            Attachment(name="abholung.ics", content=b"BEGIN:VCALENDAR", mimetype="text/calendar"),
        ],
        host="wolfsburg.example",
        reply_to="laden@example.org",
    )


notices.register("test.plain", render)
notices.register("test.rich", render_rich)


class BrokenServer(BaseEmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError("no way to erika@example.org")


def owe(**fields: object) -> Notice:
    return notices.send(
        **{"kind": "test.plain", "subject": "thing:1", "language": "de", "now": NOW, **fields}
    )
