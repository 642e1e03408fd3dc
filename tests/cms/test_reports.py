"""What people report: received without account, cookie or script; confirmed; decided."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction
from django.test import Client

from cms.domain import editors, reports
from cms.domain.report_mails import Kind
from cms.domain.reports import Said, Waiting
from cms.enums import Decision, ReportKind
from cms.models import Report
from cms.views import reports as views
from marketplace.core.domain import notices
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import LogEntry, Notice
from shops.models import City
from tests import factories
from tests.cms.test_serving import city
from tests.factories import NOW

__all__ = ["city"]

pytestmark = pytest.mark.django_db

HERE = {"sec-fetch-site": "same-origin"}
SHOPPER, EDITOR = Actor.shopper(), Actor.system()
TYPED = {
    "page": "http://testserver/produkt/messer-1/?q=x",
    "words": "Das Messer darf niemand verkaufen.",
    "name": "Zoë O'Hara <b>",
    "email": "zoe@example.de",
    "in_good_faith": "on",
}
SAID = Said(
    kind=ReportKind.CONTENT,
    path="/produkt/messer-1/",
    words="Verboten.",
    name="Zoë",
    email="zoe@example.de",
    in_good_faith=True,
)


def send(path: str = "/melden/", client: Client | None = None, **changes: str) -> Any:
    typed = {name: value for name, value in (TYPED | changes).items() if value}
    return (client or Client()).post(path, typed, headers=HERE)


def received(city: City, **changes: Any) -> Report:
    fields = {name: getattr(SAID, name) for name in Said.__slots__} | changes
    return reports.receive(city=city, said=Said(**fields), language="de", by=SHOPPER, now=NOW)


def decided(city: City, report: Report, now=NOW) -> Report:
    return reports.decide(
        city=city,
        report_id=report.pk,
        decision=Decision.ACTED,
        reasons="Das Messer ist verboten.",
        by=EDITOR,
        now=now,
    )


def letter(kind: Kind) -> Any:
    notice = Notice.objects.get(kind=f"cms.{kind}")
    assert notices.send_one(notice_id=notice.pk, now=NOW + timedelta(days=1)) == "SENT"
    return outbox.outbox[-1]


# --- the public forms -----------------------------------------------------------------------------


@pytest.mark.law("D6")
def test_a_report_is_kept_and_confirmed_without_a_cookie(city: City) -> None:
    client = Client()
    shown = client.get("/melden/", headers={"referer": "http://testserver/produkt/messer-1/"})
    assert 'value="http://testserver/produkt/messer-1/"' in shown.content.decode()
    answer = send(client=client)
    assert answer.status_code == 303
    assert client.get(answer["Location"]).status_code == 200
    assert not client.cookies
    report = Report.objects.get()
    assert (report.city, report.kind, report.path) == (
        city,
        ReportKind.CONTENT,
        "/produkt/messer-1/?q=x",
    )
    assert (report.name, report.email, report.language) == (TYPED["name"], TYPED["email"], "de")
    assert report.in_good_faith
    assert Notice.objects.get().kind == "cms.report_received"


@pytest.mark.parametrize("missing", ["page", "words", "name", "email", "in_good_faith"])
@pytest.mark.law("D6")
def test_what_the_law_wants_of_a_notice_is_asked_for(city: City, missing: str) -> None:
    answer = send(**{missing: ""})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "page", ["https://evil.example/x", "evil.example", "javascript:alert(1)", "http://[", "//evil"]
)
def test_only_pages_of_this_city_are_reported(city: City, page: str) -> None:
    assert send(page=page).status_code == 422
    assert not Report.objects.exists()


def test_nobody_names_themselves_for_what_shows_children(city: City) -> None:
    assert send(email="", name="", nameless="on").status_code == 303
    assert send(words="Noch etwas", nameless="on").status_code == 303
    assert set(Report.objects.values_list("name", "email")) == {("", "")}
    assert not Notice.objects.exists()


def test_a_barrier_needs_nothing_but_words(city: City) -> None:
    fields = {"page": "", "name": "", "email": "", "in_good_faith": ""}
    assert send("/en/barriere/", **fields).status_code == 303
    report = Report.objects.get()
    assert (report.kind, report.language) == (ReportKind.BARRIER, "en")
    assert report.due_at <= NOW + timedelta(days=28)
    assert send("/barriere/", words="", page="").status_code == 422


def test_a_form_of_somebody_else_is_refused(city: City) -> None:
    assert (
        Client().post("/melden/", TYPED, headers={"origin": "https://evil.example"}).status_code
        == 403
    )
    assert not Report.objects.exists()


def test_one_address_sends_only_so_many(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "FROM_ONE", 2)
    told = [send(words=f"Nummer {number}").status_code for number in range(3)]
    assert told == [303, 303, 429]
    assert Report.objects.count() == 2


@pytest.mark.law("D6", "H2")
def test_every_page_links_both_forms(city: City) -> None:
    foot = Client().get("/en/laeden/").content.decode()
    assert 'href="/en/melden/"' in foot
    assert 'href="/en/barriere/"' in foot


# --- receiving and deciding -----------------------------------------------------------------------


def test_the_same_report_twice_is_one(city: City) -> None:
    assert received(city) == received(city)
    assert received(city, words="Anders.") != received(city)
    assert Notice.objects.count() == 2


def test_no_notice_without_good_faith(city: City) -> None:
    for change in ({"in_good_faith": False}, {"path": ""}):
        with pytest.raises(Refused):
            received(city, **change)
    report = received(city)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(in_good_faith=False)


def test_a_report_is_decided_once(city: City) -> None:
    report = received(city)
    assert reports.waiting(city=city, now=report.due_at) == Waiting(open=1, late=1)
    decided(city, report)
    with pytest.raises(Stale):
        decided(city, report)
    assert reports.waiting(city=city, now=report.due_at) == Waiting(open=0, late=0)
    assert Notice.objects.filter(kind="cms.report_decided").count() == 1
    verbs = LogEntry.objects.filter(subject=f"report:{report.pk}").values_list("verb", flat=True)
    assert set(verbs) == {"report.receive", "report.decide"}


def test_nobody_decides_for_another_city(city: City) -> None:
    far = factories.city("Braunschweig", host="braunschweig.example")
    with pytest.raises(Stale):
        decided(far, received(city))


@pytest.mark.law("D6")
def test_no_decision_without_reasons(city: City) -> None:
    report = received(city)
    with pytest.raises(Refused):
        reports.decide(
            city=city,
            report_id=report.pk,
            decision=Decision.KEPT,
            reasons=" ",
            by=EDITOR,
            now=NOW,
        )


#: What has to happen until a mail of the kind is owed.
STORIES = {Kind.RECEIVED: lambda city, report: None, Kind.DECIDED: decided}


def test_every_kind_has_a_story() -> None:
    assert set(STORIES) == set(Kind)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", list(Kind))
def test_mails_say_nothing_that_the_sender_typed(city: City, kind: Kind, language: str) -> None:
    """Whoever gives a stranger's address must not speak to them in the city's name."""
    said = Said(
        kind=ReportKind.CONTENT,
        path="/spam/",
        words="Spam words",
        name="Spam name",
        email="fremd@example.de",
        in_good_faith=True,
    )
    report = reports.receive(city=city, said=said, language=language, by=SHOPPER, now=NOW)
    STORIES[kind](city, report)
    mail = letter(kind)
    assert mail.to == ["fremd@example.de"]
    for part in (mail.subject, mail.body, mail.alternatives[0].content):
        assert part.strip()
        assert "spam" not in part.lower()
        assert "None" not in part
        assert "{%" not in part
    assert str(report.pk) in mail.subject
    assert ("Das Messer ist verboten." in mail.body) == (kind == Kind.DECIDED)
    assert f'lang="{language}"' in mail.alternatives[0].content


# --- the desk -------------------------------------------------------------------------------------


@pytest.fixture
def desk(city: City) -> Client:
    person = factories.user()
    editors.let_in(user=person, city=city, by=EDITOR, now=NOW)
    client = Client()
    client.force_login(person)
    return client


def test_an_editor_sees_reads_and_decides(city: City, desk: Client) -> None:
    report = received(city, words="<script>alert(1)</script>")
    assert "/cms/meldungen/" in desk.get("/cms/").content.decode()
    path = f"/cms/meldungen/{report.pk}/"
    assert path in desk.get("/cms/meldungen/").content.decode()
    page = desk.get(path).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "zoe@example.de" in page
    assert desk.post(path, {"decision": "ACTED"}).status_code == 422
    assert desk.post(path, {"decision": "ACTED", "reasons": "Ist weg."}).status_code == 302
    report.refresh_from_db()
    assert (report.decision, report.reasons) == (Decision.ACTED, "Ist weg.")
    again = desk.post(path, {"decision": "KEPT", "reasons": "Doch nicht."})
    assert again.status_code == 409
    assert 'name="reasons"' not in desk.get(path).content.decode()


def test_those_that_wait_longest_stand_first(city: City, desk: Client) -> None:
    done = received(city, words="Erledigt")
    barrier = received(city, words="Später", kind=ReportKind.BARRIER)
    urgent = received(city, words="Zuerst")
    decided(city, done)
    page = desk.get("/cms/meldungen/").content.decode()
    places = [page.index(f"/cms/meldungen/{each.pk}/") for each in (urgent, barrier, done)]
    assert places == sorted(places)
