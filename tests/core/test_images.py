"""What strangers send as a picture: refused quickly and kindly, or reduced to its pixels."""

import resource
import time

import pytest
from PIL import Image, ImageCms, features

from marketplace.core import images
from marketplace.core.errors import Refused
from tests.core.shots import SECRET, draw, encode, exif, photograph, png_claiming


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        images.decode(content)
    assert str(caught.value).endswith(".")
    return caught.value.code


MODES = {
    "JPEG": ("RGB", "L", "CMYK", "1"),
    "PNG": ("RGB", "L", "RGBA", "P", "1", "LA", "I;16"),
    "WEBP": ("RGB", "L", "RGBA", "P", "CMYK", "1", "LA"),
    "AVIF": ("RGB", "L", "RGBA", "P", "LA") if features.check("avif") else (),
}


@pytest.mark.parametrize(("kind", "mode"), [(kind, mode) for kind in MODES for mode in MODES[kind]])
def test_every_format_and_mode_becomes_plain_colours(kind, mode):
    image = draw(mode="I;16") if mode == "I;16" else draw().convert(mode)
    content = encode(image, kind)

    decoded = images.decode(content)

    assert decoded.size == (400, 300)
    assert decoded.mode == "RGB"
    assert decoded.info == {}


def test_sixteen_bit_grey_keeps_its_tones():
    image = Image.new("I;16", (20, 20), 32768)

    assert images.decode(encode(image, "PNG")).getpixel((5, 5)) == (128, 128, 128)


def test_transparency_stays_and_can_be_put_on_white():
    image = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 20, 20))

    decoded = images.decode(encode(image, "PNG"))

    assert decoded.mode == "RGBA"
    assert images.on_white(decoded).getpixel((30, 30)) == (255, 255, 255)
    assert images.on_white(decoded).getpixel((5, 5)) == (0, 0, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_upright(orientation):
    decoded = images.decode(photograph(400, 300, orientation))

    assert decoded.size == ((400, 300) if orientation < 5 else (300, 400))
    width, height = decoded.size
    corner = {
        1: (0, 0),
        2: (1, 0),
        3: (1, 1),
        4: (0, 1),
        5: (0, 0),
        6: (1, 0),
        7: (1, 1),
        8: (0, 1),
    }
    right, low = corner[orientation]
    red, _, blue = decoded.getpixel((10 + right * (width - 20), 10 + low * (height - 20)))
    assert red > blue + 50


def test_colours_of_a_profile_are_translated():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    for icc in (srgb, profile, b"not a profile", b"\0" * 5_000_000):
        decoded = images.decode(encode(draw(), "WEBP", icc_profile=icc))
        red, green, blue = decoded.getpixel((300, 100))
        assert (abs(red - 176) < 12, abs(green - 196) < 12, abs(blue - 222) < 12) == (True,) * 3
        assert "icc_profile" not in decoded.info


def test_a_jpeg_with_a_second_picture_is_one_picture():
    content = encode(draw(), "MPO", save_all=True, append_images=[draw(100, 80)])

    assert images.decode(content).size == (400, 300)


def test_reduced_decoding_turns_and_shrinks():
    large = images.decode(photograph(3000, 1000, orientation=6), at_most=900)

    assert large.size == (300, 900)
    red, _, blue = large.getpixel((290, 10))
    assert red > blue + 50
    assert images.decode(encode(draw(mode="P"), "PNG"), at_most=100).size == (100, 75)


# --- hostile ------------------------------------------------------------------------------------


def test_bombs_are_refused_before_they_are_opened():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()

    assert refusal(png_claiming(20_000, 20_000)) == "too_many_pixels"
    assert refusal(png_claiming(100_000, 100_000)) == "too_many_pixels"
    assert refusal(png_claiming(12_001, 1)) == "too_many_pixels"
    assert refusal(png_claiming(5_001, 5_000)) == "too_many_pixels"
    assert refusal(png_claiming(5_000, 5_000)) == "not_a_picture"
    assert refusal(b"\xff" * (images.MAX_BYTES + 1)) == "too_large"

    assert time.monotonic() - started < 5
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300_000, f"{grown} kB"


def test_a_real_bomb_is_refused_quickly():
    content = encode(Image.new("1", (11_000, 11_000)), "PNG")
    assert len(content) < 100_000
    started = time.monotonic()

    assert refusal(content) == "too_many_pixels"

    assert time.monotonic() - started < 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.05, 0.5, 0.97])
def test_truncated_files_are_refused(kind, part):
    content = encode(draw(800, 600), kind)

    assert refusal(content[: int(len(content) * part)]) == "not_a_picture"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"GIF89a" + b"\0" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"<html><script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0" + b"\0" * 50,
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        b"\0\0\0\x20ftypavif" + b"\0" * 40,
        encode(draw(), "GIF"),
        encode(draw(), "TIFF"),
        encode(draw(), "BMP"),
        encode(draw(), "ICO"),
    ],
    ids=lambda content: repr(content[:12]),
)
def test_anything_else_is_refused(content):
    assert refusal(content) == "not_a_picture"


@pytest.mark.parametrize("brand", [b"heic", b"mif1"])
def test_a_format_that_phones_keep_to_themselves_is_named(brand):
    assert refusal(b"\0\0\0\x18ftyp" + brand + b"\0" * 40) == "heic"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(kind):
    frames = [draw(), draw(mode="L").convert("RGB")]

    assert refusal(encode(frames[0], kind, save_all=True, append_images=frames[1:])) == "animated"


def test_every_flipped_byte_is_refused_or_decoded():
    """No error of any decoder gets out, whatever is broken."""
    for kind in ("JPEG", "PNG", "WEBP"):
        content = encode(draw(64, 48), kind)
        for position in range(0, len(content), max(1, len(content) // 60)):
            broken = bytearray(content)
            broken[position] ^= 0xFF
            try:
                outcome = images.decode(bytes(broken)).mode
            except Refused as refused:
                outcome = refused.code
            assert outcome in {"RGB", "RGBA", "not_a_picture", "too_many_pixels", "animated"}


def test_a_script_behind_the_picture_does_not_come_along():
    content = encode(draw(), "PNG") + b"<script>alert(1)</script>"

    assert b"script" not in encode(images.decode(content), "PNG")


def test_exif_of_every_format_is_gone():
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        if kind == "AVIF" and not features.check("avif"):
            continue
        content = encode(draw(), kind, exif=exif())
        assert SECRET.encode() in content
        decoded = images.decode(content)
        assert not decoded.getexif()
        assert SECRET.encode() not in encode(decoded, kind)
