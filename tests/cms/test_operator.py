"""Who runs the marketplace: the desk's form, and what does not fit together (law section 1, D9)."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from cms.domain import editors, pages
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain.legal import facts, operators, texts
from shops.models import City, OperatorLegal, VatCheck
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()
PAGE, VAT = "/cms/stadt/betreiber/", "/cms/stadt/steuernummern/"
SAID = {
    "operator_model": "B",
    "public_share": 100,
    "legal_name": "Stadtmarketing GmbH",
    "legal_form": "GMBH",
    "representative": "Geschäftsführerin Ada Ernst",
    "street": "Markt 1",
    "postcode": "38440",
    "town": "Wolfsburg",
    "phone": "05361 1234",
    "email": "markt@example.de",
    "register_court": "Amtsgericht Braunschweig",
    "register_number": "HRB 1",
    "arbitration": "REFUSES",
    "editor": "Ada Ernst, Anschrift wie oben",
}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def city() -> City:
    made = factories.city()
    pages.plant(city=made, by=BY, now=NOW)
    return made


@pytest.fixture
def desk(client: Client, city: City) -> Client:
    user = factories.user()
    editors.let_in(user=user, city=city, by=BY, now=NOW)
    client.force_login(user)
    return client


def save(city: City, **said: object) -> OperatorLegal:
    return operators.save(city=city, said=SAID | said, by=BY, now=NOW)


@pytest.mark.law("D13")
def test_an_editor_says_who_runs_it_and_the_texts_follow(desk, city):
    assert "all details of the operator" in desk.get(PAGE).content.decode()
    shown = desk.post(PAGE, SAID, follow=True).content.decode()
    assert "Saved." in shown
    assert "Still missing" not in shown
    legal = operators.of(city)
    assert (legal.operator_model, legal.legal_name) == ("B", "Stadtmarketing GmbH")
    found = texts.current_of_operator(city=city, language="de", on=legal.saved_at)
    assert [each.kind for each in found] == ["IMPRINT", "DISPUTE"]
    assert "Redaktionell verantwortlich" in found[0].body
    desk.post(PAGE, SAID | {"phone": "05361 9999"})
    again = texts.current_of_operator(city=city, language="de", on=operators.of(city).saved_at)
    assert [each.number for each in again] == [2, 1]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"operator_model": "A", "public_share": 99}, "model_and_share"),
        ({"operator_model": "B", "public_share": 50}, "model_and_share"),
        ({"operator_model": "C", "public_share": 51}, "model_and_share"),
        ({"dsa_small": True, "dsa_reason": "klein"}, "dsa_small"),
        (
            {"operator_model": "C", "public_share": 25, "dsa_small": True, "dsa_reason": "klein"},
            "dsa_small",
        ),
        ({"operator_model": "C", "public_share": 24, "dsa_small": True}, "reason"),
    ],
)
@pytest.mark.law("D9")
def test_what_does_not_fit_together_is_refused(desk, city, said, code):
    with pytest.raises(Refused) as refused:
        save(city, **said)
    assert refused.value.code == code
    assert operators.of(city) is None
    typed = {name: value for name, value in (SAID | said).items() if value is not False}
    assert desk.post(PAGE, typed).status_code == 422


@pytest.mark.law("D9")
def test_a_private_small_operator_says_why(city):
    legal = save(
        city, operator_model="C", public_share=24, dsa_small=True, dsa_reason="4 Leute, 1 Mio. EUR"
    )
    assert legal.dsa_small
    with (
        pytest.raises(IntegrityError, match="shops_operatorlegal_small_is_private"),
        transaction.atomic(),
    ):
        OperatorLegal.objects.update(public_share=25)
    with (
        pytest.raises(IntegrityError, match="shops_operatorlegal_model_and_share"),
        transaction.atomic(),
    ):
        OperatorLegal.objects.update(operator_model="A", dsa_small=False)


@pytest.mark.law("D12")
def test_the_offices_answer_is_noted_with_its_reference(desk, city):
    shop = factories.shop(city)
    legal = factories.legal(shop)
    assert "DE136695976" in desk.get(VAT).content.decode()
    there = f"{VAT}{legal.pk}/"
    assert desk.post(there, {"answer": "invalid", "reference": ""}).status_code == 422
    assert VatCheck.objects.count() == 1
    desk.post(there, {"answer": "invalid", "reference": "217 vom 03.12.2026"})
    last = facts.last_check(shop=shop, vat_id=legal.vat_id)
    assert last is not None
    assert (last.method, last.is_valid, last.evidence) == ("BZSt", False, "217 vom 03.12.2026")
    assert "a VAT ID that was found valid at the last check" in map(str, facts.missing(shop))
    assert "217 vom 03.12.2026" in desk.get(VAT).content.decode()


def test_another_citys_shops_do_not_exist_here(desk, city):
    far = factories.legal(factories.shop(factories.city("Braunschweig", host="bs.example")))
    answer = desk.post(f"{VAT}{far.pk}/", {"answer": "invalid", "reference": "1"})
    assert answer.status_code == 404


def test_who_does_not_speak_for_the_city_gets_no_further(client, city):
    client.force_login(factories.user())
    for path in (PAGE, VAT):
        assert client.get(path).status_code in (302, 403)
