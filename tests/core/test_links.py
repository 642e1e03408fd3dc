import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import links

parts = st.lists(st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True), min_size=1, max_size=3)


@given(parts)
def test_what_was_signed_is_read(words):
    assert links.read("collect", links.sign("collect", *words)) == tuple(words)


def test_a_link_is_good_for_its_purpose_only():
    assert links.read("withdraw", links.sign("collect", 12, "k3")) is None


def test_another_key_makes_other_links(settings):
    token = links.sign("collect", 12, "k3")
    settings.LINK_KEY = "another key altogether, long enough to be one"
    assert links.read("collect", token) is None


def test_every_changed_letter_breaks_the_link():
    token = links.sign("collect", 12, "k3")
    for at, letter in enumerate(token):
        changed = token[:at] + ("A" if letter != "A" else "B") + token[at + 1 :]
        assert links.read("collect", changed) is None, changed


def test_moving_the_dot_between_parts_breaks_the_link():
    token = links.sign("collect", "1", "23")
    assert links.read("collect", token.replace("1.23", "12.3")) is None


@given(st.text(max_size=300))
def test_anything_else_is_nothing(text):
    assert links.read("collect", text) is None


@pytest.mark.parametrize("part", ["", "a.b", "ä", "a b", "\0", "x" * 65])
def test_odd_parts_cannot_be_signed(part):
    with pytest.raises(ValueError, match="parts"):
        links.sign("collect", part)


def test_no_parts_cannot_be_signed():
    with pytest.raises(ValueError, match="parts"):
        links.sign("collect")
