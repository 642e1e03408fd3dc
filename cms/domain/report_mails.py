"""The mails about a report: its receipt at once, and the decision with its reasons."""

from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils import translation

from cms.models import Report
from marketplace.core.domain import notices
from marketplace.core.domain.notices import Message
from marketplace.core.models import Notice


class Kind(StrEnum):
    """One folder under `templates/emails/` each."""

    RECEIVED = "report_received"
    DECIDED = "report_decided"


def received(*, report: Report, now: datetime) -> None:
    """LAW: DSA Art. 16(4): without undue delay."""
    _send(Kind.RECEIVED, report, now)


def decided(*, report: Report, now: datetime) -> None:
    """LAW: DSA Art. 16(5): what was decided, and how to object."""
    _send(Kind.DECIDED, report, now)


def register() -> None:
    """Called once at start: core asks us to render what it sends."""
    for kind in Kind:
        notices.register(f"cms.{kind}", _render)


def _send(kind: Kind, report: Report, now: datetime) -> None:
    if not report.email:
        return
    subject = f"report:{report.pk}"
    notices.send(
        kind=f"cms.{kind}",
        subject=subject,
        language=report.language,
        thread=subject,
        now=now,
        unique=f"{subject}:{kind}",
    )


def _render(notice: Notice) -> Message | None:
    """The mail of a notice, or None when its report is gone.

    SECURITY: nothing that the sender typed stands in it, neither name nor words: whoever gives a
    stranger's address could else send them letters of their own in the city's name.
    """
    found = Report.objects.select_related("city").filter(pk=int(notice.subject.partition(":")[2]))
    report = found.first()
    if report is None or not report.email:
        return None
    folder = f"emails/{notice.kind.removeprefix('cms.')}"
    context = {"city": report.city, "report": report, "language": notice.language, "name": ""}
    with translation.override(notice.language):
        subject = render_to_string(f"{folder}/subject.txt", context)
        return Message(
            to=report.email,
            subject=" ".join(subject.split()),
            text=render_to_string(f"{folder}/body.txt", context),
            html=render_to_string(f"{folder}/body.html", context),
            host=urlsplit(report.city.base_url).hostname or "localhost",
            sender=report.city.name,
        )
