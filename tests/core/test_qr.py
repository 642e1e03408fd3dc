"""QR codes: what we draw can be read, also from a bad photograph."""

import random
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from marketplace.core import qr
from marketplace.core.errors import Refused
from tests.core.shots import draw, encode

TEXT = "SR1:ABCDEF"


def code(scale: int = 8) -> Image.Image:
    return Image.open(BytesIO(qr.png(TEXT, scale=scale))).convert("RGB")


def on_a_table(image: Image.Image, size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """The code somewhere in a picture with other things in it."""
    table = draw(*size)
    table.paste(image, (size[0] // 2, size[1] // 3))
    return table


def test_own_code_is_read():
    assert qr.read(qr.png(TEXT)) == [TEXT]


def test_it_is_no_micro_qr():
    """Phones do not read those; 29 modules are the smallest full QR with its border."""
    assert code(scale=1).size == (29, 29)


@pytest.mark.parametrize("degrees", [90, 180, 270, 7, 33, 45, 123])
def test_turned(degrees):
    image = code().rotate(degrees, expand=True, fillcolor="white", resample=Image.BICUBIC)

    assert qr.read(encode(on_a_table(image))) == [TEXT]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photographed(kind):
    """Slanted, out of focus, dim, noisy and compressed, as at a counter in winter."""
    image = on_a_table(code(scale=12), (1600, 1200))
    width, height = image.size
    slanted = image.transform(
        image.size,
        Image.QUAD,
        (40, 60, 0, height - 30, width - 20, height, width - 90, 20),
        resample=Image.BICUBIC,
    )
    blurred = slanted.rotate(11, expand=True).filter(ImageFilter.GaussianBlur(2.5))
    dim = ImageEnhance.Brightness(ImageEnhance.Contrast(blurred).enhance(0.5)).enhance(0.5)
    dice = random.Random(7)
    noise = Image.frombytes("L", (400, 300), dice.randbytes(120_000)).resize(dim.size)
    noisy = ImageChops.add(dim, noise.point(lambda value: value // 6).convert("RGB"))

    assert qr.read(encode(noisy, kind, quality=40)) == [TEXT]


def test_large_and_dark_backgrounds():
    large = draw(4000, 3000)
    large.paste(code(scale=40), (1500, 900))
    assert qr.read(encode(large)) == [TEXT]

    inverted = ImageChops.invert(code())
    assert qr.read(encode(inverted)) == [TEXT]

    transparent = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    transparent.paste(code(), (50, 50))
    assert qr.read(encode(transparent, "PNG")) == [TEXT]


def test_several_codes_each_once():
    table = draw(1400, 700)
    other = Image.open(BytesIO(qr.png("SR1:GHJKLM"))).convert("RGB")
    for position, image in (((20, 20), code()), ((500, 20), other), ((1000, 300), code())):
        table.paste(image, position)

    assert sorted(qr.read(encode(table, "PNG"))) == ["SR1:ABCDEF", "SR1:GHJKLM"]


def test_no_code_is_no_error():
    assert qr.read(encode(draw())) == []


@pytest.mark.parametrize("content", [b"", b"SR1:ABCDEF", encode(draw())[:2000]])
def test_no_picture_is_refused(content):
    with pytest.raises(Refused) as caught:
        qr.read(content)

    assert caught.value.code == "not_a_picture"


def test_svg_is_named_and_obeys_the_policy():
    drawing = qr.svg(TEXT, 'Code "4711" & <mehr>')

    root = ElementTree.fromstring(drawing)  # noqa: S314 - ours
    (title,) = root.findall("{http://www.w3.org/2000/svg}title")
    assert title.text == 'Code "4711" & <mehr>'
    assert root.get("viewBox") == "0 0 29 29"
    assert root.get("width") is None
    for part in root.iter():
        assert not {"style", "onload", "href"} & set(part.keys())
    assert "script" not in drawing
    assert "<mehr>" not in drawing
    assert drawing.startswith("<svg")
