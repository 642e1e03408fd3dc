"""What hangs in the shop."""

import io

import pytest
from PIL import Image

from marketplace.core import official, pdf
from marketplace.core.official import Official
from marketplace.retail.views import papers


def sheet(shop, places=("Porschestraße 12, 38440 Wolfsburg",)) -> Image.Image:
    data = papers._data(shop, list(places))
    made = pdf.compiler(template="retail/guarantee.typ", data=data).compile(format="png", ppi=60)
    assert isinstance(made, bytes), "one page"
    return Image.open(io.BytesIO(made))


@pytest.mark.law("A14")
def test_a14_every_shop_has_its_sheet_to_print(client, shop, branch):
    answer = client.get(f"/en/haendler/{shop.slug}/aushang/gewaehrleistung.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-1.7")
    again = client.get(f"/haendler/{shop.slug}/aushang/gewaehrleistung.pdf")
    assert again.content == answer.content, "German, whatever language its reader works in"


@pytest.mark.law("A14")
def test_a14_it_is_one_sheet_of_a4_and_most_of_it_is_written_on(shop, branch):
    image = sheet(shop)
    assert image.size == (496, 702)
    box = image.convert("L").point(lambda value: 255 * (value < 128)).getbbox()
    assert box is not None
    assert box[3] > 600, "signed at its foot"


@pytest.mark.law("A14")
def test_a14_with_the_official_drawing_the_sheet_is_that_drawing(
    shop, branch, monkeypatch, tmp_path
):
    path = tmp_path / "notice.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 297">'
        '<rect width="210" height="297" fill="#003399"/></svg>'
    )
    monkeypatch.setattr(official, "find", lambda name: Official(url="", path=path))
    colours = sheet(shop).convert("RGB").getcolors()
    assert colours is not None
    assert max(colours)[1] == (0, 51, 153)
    assert len(colours) < 5, "nothing of ours stands on it"
