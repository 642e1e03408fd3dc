import re

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.db import IntegrityError, transaction

from marketplace.core.models import User
from tests import factories

pytestmark = pytest.mark.django_db

PASSWORD = "nur-fuer-tests"


@pytest.fixture(autouse=True)
def town():
    return factories.city(base_url="https://wolfsburg.example")


@pytest.fixture
def jana():
    return factories.user(email="jana@example.de")


def test_one_person_per_address_whatever_its_case(jana):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="JANA@example.de")
    assert User.objects.get_by_natural_key("Jana@Example.de") == jana
    assert User.objects.create_user("  Olaf@Example.DE ").email == "olaf@example.de"
    with pytest.raises(ValueError, match="address"):
        User.objects.create_user(" ")


def test_names(jana):
    assert str(jana) == jana.get_full_name() == "Jana Brandt"
    assert User(email="x@example.de").get_short_name() == "x@example.de"


def test_sign_in_with_password(client, jana):
    answer = client.post("/konto/login/", {"login": "JANA@example.de", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/haendler/")
    assert client.session["_auth_user_id"] == str(jana.pk)
    cookie = answer.cookies["session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_back_to_where_one_wanted_to_go_but_not_further(client, jana):
    form = {"login": jana.email, "password": PASSWORD}
    assert client.post("/konto/login/?next=/cms/", form | {"next": "/cms/"})["Location"] == "/cms/"
    client.logout()
    answer = client.post("/konto/login/", form | {"next": "https://evil.example/"})
    assert answer["Location"] == "/haendler/"


def test_sign_in_by_code(client, jana):
    client.post("/konto/login/code/", {"email": jana.email})
    (letter,) = mail.outbox
    assert letter.to == [jana.email]
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", letter.body, re.MULTILINE)
    assert code, letter.body
    answer = client.post("/konto/login/code/confirm/", {"code": code[1]})
    assert answer["Location"] == "/haendler/"
    assert client.session["_auth_user_id"] == str(jana.pk)


@pytest.mark.parametrize("path", ["/konto/login/code/", "/konto/password/reset/"])
def test_nobody_learns_who_has_an_account(client, jana, path):
    known = client.post(path, {"email": jana.email})
    count = len(mail.outbox)
    client.cookies.clear()
    unknown = client.post(path, {"email": "nobody@example.de"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == count == 1, "we write to nobody who is not ours"


def test_a_wrong_password_and_an_unknown_person_look_alike(client, jana):
    pages = [
        client.post("/konto/login/", {"login": login, "password": "falsch-falsch"})
        for login in (jana.email, "nobody@example.de")
    ]
    texts = [re.sub(r'value="[^"]*"', "", page.content.decode()) for page in pages]
    assert pages[0].status_code == pages[1].status_code == 200
    assert texts[0] == texts[1]


def test_guessing_is_limited(client, jana):
    tries = {"login": jana.email, "password": "falsch-falsch"}
    for _ in range(5):
        client.post("/konto/login/", tries)
    answer = client.post("/konto/login/", tries | {"password": PASSWORD})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_too_many_requests_get_a_page(client):
    answers = [
        client.post("/konto/password/reset/", {"email": f"{n}@example.de"}) for n in range(21)
    ]
    assert answers[-1].status_code == 429
    assert b"<h1>" in answers[-1].content
    assert answers[-1]["Retry-After"]


def test_the_link_in_a_mail_is_the_citys_whatever_the_host_said(client, jana):
    client.post("/konto/password/reset/", {"email": jana.email})
    (letter,) = mail.outbox
    assert "https://wolfsburg.example/konto/password/reset/key/" in letter.body
    assert "testserver" not in letter.body


@pytest.mark.parametrize(
    "path",
    ["signup/", "email/", "confirm-email/", "confirm-email/abc:def/", "signup/passkey/"],
)
def test_nobody_signs_up_or_takes_another_address(client, jana, path):
    client.force_login(jana)
    assert client.get(f"/konto/{path}").status_code == 404
    assert client.get(f"/en/konto/{path}").status_code == 404


@pytest.mark.parametrize("path", ["/cms/login/", "/_util/login/"])
def test_there_is_one_login(client, path):
    answer = client.get(path, {"next": "/cms/pages/"})
    assert answer["Location"] == "/konto/login/?next=/cms/pages/"
    assert client.post(path, {"username": "x", "password": "y"}).status_code in (403, 405)


def test_inactive_people_stay_outside(client, jana):
    User.objects.filter(pk=jana.pk).update(is_active=False)
    client.post("/konto/login/", {"login": jana.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "path",
    ["login/", "login/code/", "password/reset/", "password/reset/done/", "inactive/"],
)
def test_pages_are_forms_one_can_read(client, path):
    html = client.get(f"/konto/{path}").content.decode()
    assert '<html lang="de">' in html
    assert html.count("<h1") == 1
    for field in re.findall(r'<input[^>]*type="(?:email|password|text)"[^>]*id="([^"]+)"', html):
        assert f'for="{field}"' in html
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", html)


def test_signed_in_people_can_sign_out_and_change_their_password(client, jana):
    client.force_login(jana)
    for path in ("logout/", "password/change/"):
        assert client.get(f"/konto/{path}").status_code == 200
    client.post("/konto/logout/")
    assert "_auth_user_id" not in client.session


def test_superusers_and_passwords():
    chief = User.objects.create_superuser("Chief@example.de", PASSWORD)
    assert chief.is_superuser
    assert chief.is_staff
    assert authenticate(None, email="chief@example.de", password=PASSWORD) == chief


def test_no_field_says_its_label_twice(client, jana):
    def fields(path: str) -> list[str]:
        page = client.get(path, follow=True)
        assert page.status_code == 200, path
        found = re.findall(r"<input[^>]* id=\"id_[^>]*>", page.content.decode())
        assert found, path
        return found

    client.post("/konto/password/reset/", {"email": jana.email})
    (link,) = re.findall(r"https://wolfsburg\.example(\S+)", mail.outbox[-1].body)
    seen = [*fields("/konto/login/"), *fields("/konto/password/reset/"), *fields(link)]
    client.post("/konto/login/code/", {"email": jana.email})
    seen += [*fields("/konto/login/code/"), *fields("/konto/login/code/confirm/")]
    client.force_login(jana)
    seen += [*fields("/konto/password/change/"), *fields("/konto/reauthenticate/")]
    assert [one for one in seen if "placeholder" in one] == []
