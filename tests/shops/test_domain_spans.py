"""Hours as people type them."""

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shops.domain import patterns, spans


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("9-18", "9–18"),
        ("9:30 bis 18 Uhr", "9:30–18"),
        ("von 9 bis 13 und 14.30 bis 18 Uhr", "9–13, 14:30–18"),
        ("14:30–18, 9–13", "9–13, 14:30–18"),
        ("8 - 12 / 13 - 17", "8–12, 13–17"),
        ("930-1830", "9:30–18:30"),
        ("9h-18h30", "9–18:30"),
        ("22-2", "22–2"),
        ("0-24", "0–24"),
        ("rund um die Uhr", "0–24"),
        ("9 to 5", "9–5"),
        ("", ""),
        (" geschlossen ", ""),
        ("Ruhetag", ""),
        ("-", ""),
    ],
)
def test_what_people_type(typed, shown):
    assert spans.write(spans.read(typed)) == shown


NOBODY = ("abc", "9", "9-", "9-25", "9:70-10", "25-26", "1-2,3-4,5-6,7-8,9-10", "9-18-20", "9,18")


@pytest.mark.parametrize("typed", NOBODY)
def test_what_nobody_understands(typed):
    with pytest.raises(ValueError):
        spans.read(typed)


clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@given(st.lists(st.tuples(clocks, clocks), max_size=4))
def test_what_is_shown_is_read_back(said):
    assert spans.read(spans.write(said)) == tuple(sorted(said))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    with suppress(ValueError):
        assert len(spans.read(text)) <= spans.MOST


def test_templates_are_whole_weeks():
    for each in patterns.PATTERNS:
        assert len(each.days) == 7
        assert each.weekly
        assert patterns.of(each.key) is each
    assert patterns.of("anything") is None
