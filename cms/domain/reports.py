"""Reports of unlawful content and of barriers: received, confirmed, decided with reasons."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cms import access
from cms.domain import report_mails
from cms.enums import Decision, ReportKind
from cms.models import Report
from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops.models import City

#: LAW: barriers within a month (law.md H2), never more than the shortest one; notices without undue
#: delay (DSA Art. 16(6)), for which a week is our own measure.
ANSWER = {ReportKind.CONTENT: timedelta(days=7), ReportKind.BARRIER: timedelta(days=28)}
#: The same words again within this time are a form sent twice.
TWICE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody wrote. `path` is on the city's own host; without `email` nobody is answered."""

    kind: ReportKind
    words: str
    path: str = ""
    name: str = ""
    email: str = ""
    in_good_faith: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many reports nobody has decided, and for how many of them the time is over."""

    open: int
    late: int


@transaction.atomic
def receive(*, city: City, said: Said, language: str, by: Actor, now: datetime) -> Report:
    """Take a report and owe its sender the receipt (DSA Art. 16(4)); the same one twice is one.

    `Refused` for unlawful content without a page or without good faith (DSA Art. 16(2)).
    """
    if said.kind == ReportKind.CONTENT and not (said.path and said.in_good_faith):
        raise Refused(
            _("We need the page and your word that what you say is correct."), code="incomplete"
        )
    fields = {
        "kind": said.kind,
        "path": said.path,
        "words": said.words,
        "name": said.name,
        "email": said.email,
        "in_good_faith": said.in_good_faith,
    }
    before = access.reports(city).filter(**fields, decided_at=None, received_at__gt=now - TWICE)
    if (found := before.first()) is not None:
        return found
    report = Report.objects.create(
        city=city, **fields, language=language, received_at=now, due_at=now + ANSWER[said.kind]
    )
    history.record(
        verb="report.receive",
        subject=f"report:{report.pk}",
        scope=f"city:{city.pk}",
        by=by,
        now=now,
        data={"kind": str(said.kind)},
    )
    report_mails.received(report=report, now=now)
    return report


@transaction.atomic
def decide(
    *, city: City, report_id: int, decision: Decision, reasons: str, by: Actor, now: datetime
) -> Report:
    """Decide a report once and owe its sender decision and reasons (DSA Art. 16(5)).

    `Stale` where somebody has decided it already; `Refused` without reasons.
    """
    if not reasons.strip():
        raise Refused(_("Please say why. The sender reads it."), code="no_reasons")
    # RACE: the empty column is the condition, so of two editors one decides.
    row = access.reports(city).filter(pk=report_id, decided_at=None)
    if not row.update(decision=decision, reasons=reasons.strip(), decided_at=now):
        raise Stale(_("Somebody has decided this meanwhile. Nothing was changed."), code="decided")
    report = access.reports(city).get(pk=report_id)
    history.record(
        verb="report.decide",
        subject=f"report:{report.pk}",
        scope=f"city:{city.pk}",
        by=by,
        now=now,
        data={"decision": str(decision)},
    )
    report_mails.decided(report=report, now=now)
    return report


def waiting(*, city: City, now: datetime) -> Waiting:
    """What the desk's start page tells. Two queries."""
    rows = access.reports(city).filter(decided_at=None)
    return Waiting(open=rows.count(), late=rows.filter(due_at__lte=now).count())
