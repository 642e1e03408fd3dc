import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.text import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Größe Äpfel", "grosse apfel"),
        ("  Straße \n  Nr. 5 ", "strasse nr. 5"),
        ("Wójcik & Yılmaz", "wojcik & yilmaz"),
        ("Łódź", "lodz"),
        ("CAFÉ", "cafe"),
        ("ﬁnden", "finden"),
        ("a\0b", "a b"),
        ("", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_case_does_not_matter(text):
    assert fold(text.lower()) == fold(text.lower().casefold())
