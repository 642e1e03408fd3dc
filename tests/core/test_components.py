"""The bricks of every page."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import loader
from django.utils import translation

from marketplace.core import times
from tests.factories import NOW


def html(brick: str, request: object = None, **context: object) -> str:
    with translation.override("en"):
        return loader.render_to_string(f"components/{brick}.html", context, request)


class Form(forms.Form):
    mail = forms.EmailField(label="Mail", help_text="Only for this.")
    note = forms.CharField(label="Note", required=False)
    agree = forms.BooleanField(label="Agree")
    way = forms.ChoiceField(label="Way", choices=[("a", "A")], widget=forms.RadioSelect)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_fields_are_named_described_and_marked():
    form = Form({"mail": "x", "note": "kept"})
    text = "".join(html("field", field=field) for field in form)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    for described in re.findall(r'aria-describedby="([^"]+)"', text):
        assert set(described.split()) <= set(ids)
    assert 'aria-describedby="id_mail_helptext id_mail_error"' in text
    assert 'value="kept"' in text
    assert text.count("(optional)") == 1
    assert "<legend>Way" in text
    assert 'role="alert"' in html("form_errors", form=form)
    assert html("form_errors", form=Form()).strip() == ""


@pytest.mark.parametrize(
    ("kind", "shown", "role"),
    [("okay", "okay", "status"), ("error", "bad", "alert"), ("warning", "early", "status")],
)
def test_messages(kind, shown, role):
    text = html("message", kind=kind, text="<b>No</b>")
    assert f"message--{shown}" in text
    assert f'role="{role}"' in text
    assert "&lt;b&gt;" in text


def test_buttons():
    assert html("button", label="Go", href="/x/").startswith('<a class="button" href="/x/">Go')
    assert 'name="verb" value="7"' in html("button", label="Go", name="verb", value="7")
    assert "button--second" in html("button", label="Go", kind="second")


def test_price():
    assert "€14.99" in html("price", amount=Decimal("14.99"))


def availability(**changes: object) -> SimpleNamespace:
    facts = {
        "code": "THERE",
        "units": 9,
        "counted_at": NOW,
        "collect_from": NOW,
        "collect_until": NOW + timedelta(hours=4),
        "answer_by": None,
        "reason": "",
    }
    return SimpleNamespace(**(facts | changes))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ["In stock", "counted", "collect"]),
        ({"units": 2}, ["In stock, 2 left"]),
        ({"code": "PROBABLY", "answer_by": NOW}, ["Probably in stock", "the shop answers by"]),
        ({"code": "ASK", "counted_at": None, "units": None}, ["Please ask", "not counted"]),
        ({"code": "GONE", "units": 0}, ["Currently not in stock", "counted"]),
        ({"collect_from": None, "reason": "never_open"}, ["no reservations"]),
    ],
)
def test_availability_says_word_age_and_time_in_this_order(facts, words):
    text = " ".join(html("availability", availability=availability(**facts), now=NOW).split())
    places = [text.find(word) for word in words]
    assert -1 not in places, text
    assert places == sorted(places)


def test_pages_keep_the_query(rf):
    page = Paginator(range(50), 10).page(2)
    text = html("pagination", rf.get("/?q=a%26b&page=2"), page=page)
    assert "?q=a%26b&amp;page=1" in text
    assert "?q=a%26b&amp;page=3" in text
    assert html("pagination", rf.get("/"), page=Paginator([], 10).page(1)).strip() == ""


def test_empty_and_picture():
    text = html("empty_state", title="Nothing", href="/x/", label="Go on", level=1)
    assert "<h1>Nothing</h1>" in text
    assert 'href="/x/"' in text
    assert "No picture yet" in html("picture", picture=None)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=-3), "just now"),
        (timedelta(minutes=12), "12 minutes ago"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=13), "today 01:05"),
        (timedelta(hours=20), "yesterday 18:05"),
        (timedelta(days=9), "9 days ago"),
    ],
)
def test_age(ago, words):
    with translation.override("en"):
        assert times.age(NOW - ago, now=NOW) == words


def test_when():
    with translation.override("en"):
        assert times.when(NOW, now=NOW) == "today 14:05"
        assert times.when(NOW + timedelta(days=1), now=NOW) == "tomorrow 14:05"
        assert times.when(NOW + timedelta(days=2), now=NOW) == "Sat 5 December, 14:05"
        assert "2027" in times.when(NOW + timedelta(days=300), now=NOW)
        # 23:30 in London is already the next day in Wolfsburg.
        late = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)
        assert times.when(late, now=NOW) == "tomorrow 00:30"
