"""The demo's letter box, on mails as Django's file backend really writes them."""

import re
from pathlib import Path

import pytest
from django.test import Client

from marketplace.core import mail
from marketplace.core.mail import Attachment, Message
from marketplace.workbench.domain import outbox
from tests import factories

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n and so on"
LINK = "http://localhost:8000/abholung/12.abc.def/"


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    factories.city()
    return tmp_path


def send(subject: str, *, date: str = "Mon, 23 Nov 2026 10:00:00 +0000") -> None:
    message = Message(
        to="lena.koch@example.de",
        subject=subject,
        text=f"Grüße <b>\nHier: {LINK}\n",
        html='<p>Grüße</p><img src="cid:code" alt=""><script>alert(1)</script>',
        attachments=[Attachment(name="code.png", content=PNG, mimetype="image/png", cid="code")],
        host="localhost",
        sender="Wolfsburg",
    )
    mail.build(message, headers={"Date": date}).send()


def test_mails_are_listed_youngest_first(folder: Path) -> None:
    send("Älter", date="Mon, 23 Nov 2026 10:00:00 +0000")
    send("Jünger", date="Mon, 23 Nov 2026 11:00:00 +0000")
    answer = Client().get("/werkbank/post/")
    assert answer.status_code == 200
    assert [letter.subject for letter in answer.context["letters"]] == ["Jünger", "Älter"]
    assert "Jünger" in answer.content.decode()


def test_a_mail_shows_its_text_link_and_picture(folder: Path) -> None:
    send("Abholbereit: Laufwerk")
    (letter,) = outbox.letters(folder)
    text = Client().get(f"/werkbank/post/{letter.key}/").content.decode()
    assert f'href="{LINK}"' in text
    assert "&lt;b&gt;" in text
    source = re.search(r'<img src="([^"]+)"', text)
    assert source
    picture = Client().get(source[1])
    assert (picture.content, picture["Content-Type"]) == (PNG, "image/png")


def test_the_html_part_is_shown_under_the_strict_policy(folder: Path) -> None:
    send("Abholbereit")
    (letter,) = outbox.letters(folder)
    answer = Client().get(f"/werkbank/post/{letter.key}/html/")
    assert f'src="/werkbank/post/{letter.key}/bild/code/"' in answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_an_empty_box_says_so(folder: Path) -> None:
    assert outbox.letters(folder) == []
    assert Client().get("/werkbank/post/").status_code == 200


@pytest.mark.parametrize(
    "key", ["20261123-100000-1-0", "keiner", "20261123-100000-1", "....-0", "20261123-100000-1-999"]
)
def test_unknown_mails_are_not_there(folder: Path, key: str) -> None:
    send("Einer")
    for path in ("", "html/", "bild/code/"):
        assert Client().get(f"/werkbank/post/{key}/{path}").status_code == 404


def test_several_mails_in_one_file(folder: Path) -> None:
    for number in range(3):
        send(f"Nummer {number}")
    files = sorted(folder.glob("*.log"))
    joined = b"".join(path.read_bytes() for path in files)
    for path in files[1:]:
        path.unlink()
    files[0].write_bytes(joined)
    assert {letter.subject for letter in outbox.letters(folder)} == {
        "Nummer 0",
        "Nummer 1",
        "Nummer 2",
    }


def test_a_mail_without_date_and_body_is_shown(folder: Path) -> None:
    (folder / "20261123-100000-7.log").write_bytes(b"Subject: leer\n\n")
    (letter,) = outbox.letters(folder)
    assert Client().get(f"/werkbank/post/{letter.key}/").status_code == 200
    assert Client().get(f"/werkbank/post/{letter.key}/html/").status_code == 404
