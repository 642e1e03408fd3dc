"""Payments that a person of the city has to look at: seen, asked about, revived, closed."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.domain import editors
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import LogEntry
from marketplace.payments.domain import cases, casework, inbox, refunds
from marketplace.payments.enums import CaseKind, OperationKind, RefundState, WorkState
from marketplace.payments.gateway.port import EventFacts
from marketplace.payments.models import Case, Operation, Payment, ProviderEvent
from shops.models import City, Shop
from tests import factories
from tests.cms.test_serving import city
from tests.factories import NOW
from tests.payments import rows

__all__ = ["city"]

pytestmark = pytest.mark.django_db

EDITOR = Actor.system()
LIST = "/cms/zahlungen/"


@pytest.fixture
def shop(city: City) -> Shop:
    return factories.shop(city, "Laufwerk")


@pytest.fixture
def desk(city: City) -> Client:
    person = factories.user("Ina Redlich")
    editors.let_in(user=person, city=city, by=EDITOR, now=NOW)
    client = Client()
    client.force_login(person)
    return client


def opened(payment: Payment, kind: CaseKind = CaseKind.CAPTURE_FAILED) -> Case:
    return cases.open_case(
        kind=kind,
        about=f"payment:{payment.pk}",
        detail="card_declined",
        shop_id=payment.shop_id,
        now=NOW,
    )


def given_up(payment: Payment) -> Operation:
    """A call that was tried too often."""
    operation = payment.operations.latest("pk")
    Operation.objects.filter(pk=operation.pk).update(
        state=WorkState.DEAD, done_at=NOW, attempts=150, error="timeout"
    )
    return operation


def event(shop: Shop) -> ProviderEvent:
    """A hint of the provider's that was given up."""
    facts = EventFacts(
        provider_id=f"evt_{shop.pk}",
        kind="charge.refunded",
        account=rows.account(shop).provider_id,
        object_kind="charge",
        object_ref="ch_1",
        intent_ref="pi_1",
        livemode=False,
        made_at=NOW,
    )
    inbox.receive(facts=facts, livemode=False, now=NOW)
    made = ProviderEvent.objects.get()
    ProviderEvent.objects.filter(pk=made.pk).update(state=WorkState.DEAD, done_at=NOW)
    return made


def words(answer) -> str:
    return answer.content.decode()


# --- what the desk shows --------------------------------------------------------------------------


def test_without_provider_and_case_nothing_is_said_of_payments(desk: Client) -> None:
    assert LIST not in words(desk.get("/cms/"))
    assert "anybody&#x27;s help" in words(desk.get(LIST)) or "Hilfe" in words(desk.get(LIST))


def test_with_a_provider_the_desk_has_the_list(desk: Client, settings) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_1"
    assert LIST in words(desk.get("/cms/"))


def test_the_start_page_and_the_menu_count_open_cases(desk: Client, shop: Shop) -> None:
    case = opened(rows.captured(shop))
    page = words(desk.get("/cms/"))
    assert f'<a href="{LIST}">1 ' in page
    assert "(1)" in page
    casework.close(case_id=case.pk, note="Geklärt.", by=EDITOR, now=NOW)
    page = words(desk.get("/cms/"))
    assert f'<a href="{LIST}">' not in page
    assert LIST in page  # the menu: what was, can be read


def test_open_ones_stand_first_and_each_kind_says_what_to_do(desk: Client, shop: Shop) -> None:
    payment = rows.captured(shop)
    made = [opened(payment, kind) for kind in CaseKind]
    casework.close(case_id=made[0].pk, note="Geklärt.", by=EDITOR, now=NOW)
    page = words(desk.get(LIST))
    places = [page.index(f"{LIST}{each.pk}/") for each in (*made[1:], made[0])]
    assert places == sorted(places)
    for each in made:
        assert desk.get(f"{LIST}{each.pk}/").status_code == 200


def test_a_case_tells_of_its_payment_and_of_nobody(desk: Client, shop: Shop) -> None:
    payment = rows.captured(shop)
    refunds.refund(
        payment_id=payment.pk, amount=payment.amount, nonce=uuid.uuid4(), by=EDITOR, now=NOW
    )
    given_up(payment)
    case = opened(payment, CaseKind.GIVEN_UP)
    page = words(desk.get(f"{LIST}{case.pk}/"))
    for fact in ("30,30", f"pi_{payment.pk}", f"cs_{payment.pk}", "150", "timeout", "Laufwerk"):
        assert fact in page, fact
    about_refund = cases.open_case(
        kind=CaseKind.REFUND_FAILED,
        about=f"refund:{payment.refunds.get().pk}",
        detail="",
        shop_id=shop.pk,
        now=NOW,
    )
    assert f"pi_{payment.pk}" in words(desk.get(f"{LIST}{about_refund.pk}/"))


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ("payment:999999999", "payment no. 999999999"),
        ("account:1", "account no. 1"),
        ("provider:pi_9", "pi_9 at the provider"),
        ("event:7", "message no. 7 of the provider"),
        ("comet:3", "comet:3"),
    ],
)
def test_a_case_about_what_is_not_there_can_be_read(
    desk: Client, shop: Shop, about: str, said: str
) -> None:
    case = cases.open_case(
        kind=CaseKind.UNKNOWN_MONEY, about=about, detail="", shop_id=shop.pk, now=NOW
    )
    assert said in words(desk.get(f"{LIST}{case.pk}/"))
    assert desk.post(f"{LIST}{case.pk}/nachfragen/").status_code == 409
    assert desk.post(f"{LIST}{case.pk}/nochmal/").status_code == 409


def test_three_cases_cost_what_one_costs(desk: Client, city: City, shop: Shop) -> None:
    def cost(path: str) -> int:
        assert desk.get(path).status_code == 200
        with CaptureQueriesContext(connection) as asked:
            desk.get(path)
        return len(asked)

    def grow(number: int) -> Case:
        payment = rows.captured(factories.shop(city, f"Laden {number}"))
        refunds.refund(
            payment_id=payment.pk, amount=payment.amount, nonce=uuid.uuid4(), by=EDITOR, now=NOW
        )
        return opened(payment)

    case = grow(1)
    before = cost(LIST), cost(f"{LIST}{case.pk}/")
    grow(2), grow(3)
    casework.ask(case_id=case.pk, by=EDITOR, now=NOW)
    assert (cost(LIST), cost(f"{LIST}{case.pk}/")) == before


# --- what can be done -----------------------------------------------------------------------------


def test_a_case_is_closed_once_with_a_note(desk: Client, shop: Shop) -> None:
    case = opened(rows.captured(shop))
    path = f"{LIST}{case.pk}/erledigt/"
    assert desk.post(path, {"note": " "}).status_code == 422
    assert desk.post(path, {"note": "Der Laden hat <b>angerufen</b>."}).status_code == 302
    case.refresh_from_db()
    assert case.closed_at is not None
    page = words(desk.get(f"{LIST}{case.pk}/"))
    assert "&lt;b&gt;angerufen" in page
    assert "Ina Redlich" in page
    entry = LogEntry.objects.get(subject=f"case:{case.pk}")
    assert (entry.verb, entry.actor_kind, entry.data) == ("case.close", "EDITOR", {})
    again = desk.post(path, {"note": "Noch einmal."})
    assert again.status_code == 409
    case.refresh_from_db()
    assert case.note == "Der Laden hat <b>angerufen</b>."


def test_no_case_is_closed_without_a_note(shop: Shop) -> None:
    case = opened(rows.captured(shop))
    for note in ("  ", "x" * 401):
        with pytest.raises(Refused):
            casework.close(case_id=case.pk, note=note, by=EDITOR, now=NOW)
    with (
        pytest.raises(IntegrityError, match="payments_case_closed_with_note"),
        transaction.atomic(),
    ):
        Case.objects.filter(pk=case.pk).update(closed_at=NOW)


def test_the_provider_is_asked_once_however_often_one_clicks(desk: Client, shop: Shop) -> None:
    payment = rows.captured(shop)
    case = opened(payment)
    for _ in range(2):
        assert desk.post(f"{LIST}{case.pk}/nachfragen/").status_code == 302
    assert payment.operations.filter(kind=OperationKind.LOOK).count() == 1
    assert set(
        LogEntry.objects.filter(subject=f"case:{case.pk}").values_list("verb", flat=True)
    ) == {"case.ask"}


def test_what_the_provider_never_heard_of_is_not_asked_about(shop: Shop) -> None:
    payment = rows.begun(shop)
    case = opened(payment)
    with pytest.raises(Refused):
        casework.ask(case_id=case.pk, by=EDITOR, now=NOW)
    assert not payment.operations.filter(kind=OperationKind.LOOK).exists()


def test_calls_that_were_given_up_are_tried_again(desk: Client, shop: Shop) -> None:
    payment = rows.authorised(shop)
    operation = given_up(payment)
    other = given_up(rows.authorised(shop))
    case = cases.open_case(
        kind=CaseKind.GIVEN_UP,
        about=f"operation:{operation.pk}",
        detail="timeout",
        shop_id=shop.pk,
        now=NOW,
    )
    assert "/nochmal/" in words(desk.get(f"{LIST}{case.pk}/"))
    assert desk.post(f"{LIST}{case.pk}/nochmal/").status_code == 302
    operation.refresh_from_db()
    other.refresh_from_db()
    assert (operation.state, operation.look_first) == (WorkState.DUE, True)
    assert other.state == WorkState.DEAD
    assert "/nochmal/" not in words(desk.get(f"{LIST}{case.pk}/"))
    with pytest.raises(Stale):
        casework.revive(case_id=case.pk, by=EDITOR, now=NOW)


def test_events_that_were_given_up_are_tried_again(desk: Client, shop: Shop) -> None:
    made = event(shop)
    case = cases.open_case(
        kind=CaseKind.GIVEN_UP, about=f"event:{made.pk}", detail="down", shop_id=shop.pk, now=NOW
    )
    assert "charge.refunded" in words(desk.get(f"{LIST}{case.pk}/"))
    assert desk.post(f"{LIST}{case.pk}/nochmal/").status_code == 302
    made.refresh_from_db()
    assert (made.state, made.done_at) == (WorkState.DUE, None)
    assert inbox.revive(ids=[made.pk], now=NOW) == 0


def test_a_refund_that_came_back_leads_to_the_desk(desk: Client, shop: Shop) -> None:
    payment = rows.captured(shop)
    refund = refunds.refund(
        payment_id=payment.pk, amount=payment.amount, nonce=uuid.uuid4(), by=EDITOR, now=NOW
    )
    rows.answered(refund, RefundState.FAILED)
    case = Case.objects.get()
    assert f"{LIST}{case.pk}/" in words(desk.get(LIST))


# --- whose ----------------------------------------------------------------------------------------


def test_another_citys_cases_are_not_there(desk: Client, city: City) -> None:
    """Truth 9."""
    far = factories.city("Braunschweig", host="braunschweig.example")
    case = opened(rows.captured(factories.shop(far, "Fernladen")))
    assert "Fernladen" not in words(desk.get(LIST))
    assert f'<a href="{LIST}">' not in words(desk.get("/cms/"))
    for path in ("", "erledigt/", "nachfragen/", "nochmal/"):
        ask = desk.post if path else desk.get
        assert ask(f"{LIST}{case.pk}/{path}", {"note": "Meins."}).status_code == 404
    case.refresh_from_db()
    assert case.closed_at is None
