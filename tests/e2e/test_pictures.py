"""The README's pictures are pages of the demo town; README_PICTURES=1 makes them anew."""

import os
import re
from io import BytesIO

import pytest
from PIL import Image

from tests.databases import ROOT
from tests.e2e.conftest import DESK, DESKTOP, PHONE, STAFF, Open
from tests.e2e.conftest import sign_in as sign

pytestmark = pytest.mark.both

FOLDER = ROOT / "marketplace" / "docs" / "pictures"
#: Name, address, width, after dark.
PICTURES = [
    ("home", "/", DESKTOP, False),
    ("product", "/suche/?q=kaffee", PHONE, False),
    ("campaign", "/aktionen/advent/", DESKTOP, True),
    ("counter", DESK, PHONE, False),
]
#: Bytes; four of them stand in the README.
MOST = 200_000


@pytest.mark.parametrize(
    ("name", "path", "width", "dark"), PICTURES, ids=[row[0] for row in PICTURES]
)
def test_a_picture_of_the_readme(
    open_page: Open, name: str, path: str, width: int, dark: bool
) -> None:
    page = open_page(path, width=width, dark=dark)
    if path == DESK:
        sign(page, STAFF)
    page.wait_for_load_state("networkidle")
    made = page.screenshot(type="jpeg", quality=82)
    file = FOLDER / f"{name}.jpg"
    if os.environ.get("README_PICTURES"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        file.write_bytes(made)
    shown = file.read_bytes()
    assert len(shown) < MOST
    assert Image.open(BytesIO(shown)).size == Image.open(BytesIO(made)).size


def test_the_readme_shows_them() -> None:
    shown = set(
        re.findall(r"marketplace/docs/pictures/(\w+)\.jpg", (ROOT / "README.md").read_text())
    )
    assert shown == {name for name, *_rest in PICTURES}
    assert shown == {path.stem for path in FOLDER.iterdir()}
