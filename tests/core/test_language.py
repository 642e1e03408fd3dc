import re
from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.doors")]


@pytest.fixture(autouse=True)
def town():
    return factories.city()


@pytest.mark.parametrize(("path", "language"), [("/d/plain/", "de"), ("/en/d/plain/", "en")])
@pytest.mark.parametrize("accepted", ["", "en", "de", "fr, *;q=0.1"])
def test_the_path_alone_decides(path, language, accepted):
    client = Client(headers={"Accept-Language": accepted})
    client.cookies["django_language"] = "en" if language == "de" else "de"
    answer = client.get(path)
    assert answer["Content-Language"] == language
    assert "Vary" not in answer


def test_every_page_links_itself_in_the_other_language(client):
    html = client.get("/gibt/es/nicht/?q=a%26b").content.decode()
    assert 'href="/en/gibt/es/nicht/?q=a%26b" hreflang="en"' in html
    html = client.get("/en/gibt/es/nicht/").content.decode()
    assert 'href="/gibt/es/nicht/" hreflang="de"' in html


def test_english_dates_put_the_day_first() -> None:
    christmas = date(2026, 12, 24)
    with translation.override("en"):
        assert date_format(christmas, "DATE_FORMAT") == "24 December 2026"
        assert date_format(christmas, "MONTH_DAY_FORMAT") == "24 December"
    with translation.override("de"):
        assert date_format(christmas, "DATE_FORMAT") == "24. Dezember 2026"


def test_no_word_hides_from_the_catalogue() -> None:
    """The collector knows `gettext`, its kin and `_`; under another name it finds no word."""
    hidden = re.compile(r"import \w*gettext\w* as (?!_\b)\w+")
    sources = [
        path
        for folder in ("marketplace", "shops", "cms")
        for path in (settings.BASE_DIR / folder).rglob("*.py")
    ]
    assert [path.name for path in sources if hidden.search(path.read_text())] == []
