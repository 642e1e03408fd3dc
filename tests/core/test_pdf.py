"""Documents as PDF/A: the same bytes every time, and data that stays data."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst
from django.conf import settings
from django.utils import translation
from PIL import Image

from marketplace.core import pdf

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def text(*, paragraph="Guten Tag", title="Vertrag", heading="Ware", repeat=1):
    blocks = [{"kind": "heading", "text": heading}, {"kind": "paragraph", "text": paragraph}]
    return {"title": title, "author": "Laden", "foot": "Laden, Weg 1", "blocks": blocks * repeat}


def pictures(data):
    pages = pdf.compiler(template="core/text.typ", data=data).compile(format="png", ppi=40)
    return [
        Image.open(io.BytesIO(each)) for each in (pages if isinstance(pages, list) else [pages])
    ]


def test_the_same_data_is_the_same_document_to_the_byte():
    first = pdf.render(template="core/text.typ", data=text(), now=NOW)
    assert pdf.render(template="core/text.typ", data=text(), now=NOW) == first
    assert pdf.render(template="core/text.typ", data=text(title="Anderer"), now=NOW) != first


def test_it_is_an_archive_document_that_says_when_it_was_made():
    made = pdf.render(template="core/text.typ", data=text(), now=NOW)
    assert made.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in made
    assert b"D:20261201093000Z" in made


def test_a_moment_between_two_seconds_is_the_second_before():
    between = NOW.replace(microsecond=912_754)
    made = pdf.render(template="core/text.typ", data=text(), now=between)
    assert made == pdf.render(template="core/text.typ", data=text(), now=NOW)


def test_an_accessible_variant_can_be_asked_for():
    made = pdf.render(template="core/text.typ", data=text(), now=NOW, standard="a-2a")
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in made


def test_every_font_is_carried_along_and_is_ours():
    made = pdf.render(template="core/text.typ", data=text(), now=NOW)
    fonts = set(re.findall(rb"/FontName\s*/[A-Z]{6}\+([\w-]+)", made))
    assert fonts
    assert all(name.startswith(b"FiraSans") for name in fonts)


@pytest.mark.parametrize(
    "attack",
    [
        '#read("/core/base.typ")',
        "#panic()",
        "= heading *bold* $x$ <label> @label // comment",
        '"]}#import "@preview/x:1.0.0"',
    ],
)
def test_what_looks_like_a_program_is_shown_as_text(attack):
    """SECURITY: a shop's own words are data, so whatever they look like can be set."""
    made = pdf.render(
        template="core/text.typ", data=text(paragraph=attack, title=attack, heading=attack), now=NOW
    )
    assert made.startswith(b"%PDF-1.7")


def test_not_even_a_careless_template_reads_another_file(monkeypatch):
    careless = {"core/careless.typ": b'#read("/etc/hostname") #read("manage.py")'}
    monkeypatch.setattr(pdf, "_papers", lambda: careless)
    with pytest.raises(typst.TypstError, match="not found"):
        pdf.render(template="core/careless.typ", data={}, now=NOW)


def test_no_paper_asks_a_network_for_packages():
    papers = [
        file
        for folder in ("marketplace", "shops", "cms")
        for file in Path(settings.BASE_DIR, folder).rglob("paper/*.typ")
    ]
    assert papers
    assert not [file for file in papers if "@preview" in file.read_text(encoding="utf-8")]


def test_pages_are_numbered_once_there_are_several():
    assert len(pictures(text())) == 1
    assert len(pictures(text(repeat=40))) > 1


def test_the_numbers_of_pages_speak_the_readers_language():
    many = text(repeat=40)
    with translation.override("en"):
        english = pdf.render(template="core/text.typ", data=many, now=NOW)
    with translation.override("de"):
        german = pdf.render(template="core/text.typ", data=many, now=NOW)
    assert b"/Lang(en)" in english.replace(b" ", b"")
    assert b"/Lang(de)" in german.replace(b" ", b"")


def test_an_unknown_paper_is_an_error():
    with pytest.raises(LookupError):
        pdf.render(template="core/nothing.typ", data={}, now=NOW)
