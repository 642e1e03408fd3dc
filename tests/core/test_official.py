"""Official drawings: the published file or none, and a check that says which."""

import hashlib

import pytest
from django.contrib.staticfiles import finders
from django.core import checks
from django.template import engines

from marketplace.core import official

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><path d="M0 0"/></svg>'


@pytest.fixture
def laid(settings, tmp_path):
    """Lays a file where the notice is looked for."""
    finders.get_finder.cache_clear()
    settings.STATICFILES_DIRS = [tmp_path]

    def lay(text: str = SVG, *, sha: str = "") -> None:
        (tmp_path / "notice.svg").write_text(text)
        sha256 = sha or hashlib.sha256(text.encode()).hexdigest()
        settings.OFFICIAL = settings.OFFICIAL | {"GUARANTEE_NOTICE": ["notice.svg", sha256]}

    yield lay
    finders.get_finder.cache_clear()


def component(name: str) -> str:
    return engines["django"].get_template(name).render({})


def said() -> list[str]:
    found = checks.run_checks(tags=[checks.Tags.staticfiles], include_deployment_checks=True)
    return [each.id for each in found if str(each.id).startswith("core.")]


@pytest.mark.law("A14")
def test_a14_without_the_official_file_nothing_is_drawn_and_the_words_say_whose_they_are():
    page = component("components/guarantee_notice.html")
    assert "<img" not in page
    assert "<svg" not in page
    assert "at least two years" in page
    assert "These are our words" in page
    assert said() == ["core.W001", "core.W001"]


@pytest.mark.law("A14")
def test_a14_the_official_file_is_shown_with_its_alternative_text(laid):
    laid()
    found = official.find("GUARANTEE_NOTICE")
    assert found is not None
    assert found.svg == SVG
    page = component("components/guarantee_notice.html")
    assert 'src="/static/notice.svg"' in page
    assert "official notice of the European Union on the statutory guarantee" in page
    assert "a repair or a replacement, free of charge" in page, "all it says, as text"
    assert "These are our words" not in page
    assert said() == ["core.W001"], "the label only"


@pytest.mark.law("A14")
def test_a14_another_file_than_the_official_one_is_never_shown(laid):
    laid(sha="0" * 64)
    assert official.find("GUARANTEE_NOTICE") is None
    assert "<img" not in component("components/guarantee_notice.html")
    assert "core.E003" in said()
    laid()
    assert official.find("GUARANTEE_NOTICE") is not None
    laid(SVG + " ", sha=hashlib.sha256(SVG.encode()).hexdigest())
    assert official.find("GUARANTEE_NOTICE") is None, "changed by one byte, looked at anew"


def test_a_named_file_that_is_not_there_is_an_error(settings):
    settings.OFFICIAL = settings.OFFICIAL | {"GUARANTEE_NOTICE": ["legal/nowhere.svg"]}
    assert official.find("GUARANTEE_NOTICE") is None
    assert "core.E003" in said()
