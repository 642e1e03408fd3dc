"""Opening pictures that strangers send. Everything hostile ends in Refused, with a sentence.

Bounds come before decoding: bytes, format by content (never by name), pixels from the header.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, features

from marketplace.core.errors import Refused

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000
#: WebP ends at 16383 pixels a side, and nothing we show is longer.
MAX_SIDE = 12_000
#: Formats whose decoder may see the bytes at all.
FORMATS = ("JPEG", "PNG", "WEBP", *(("AVIF",) if features.check("avif") else ()))
#: What iPhones write when nobody asks them for JPEG; its makers' patents keep it out of Pillow.
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
#: A JPEG of some phones carries a second picture; Pillow calls it MPO. The first one counts.
_SEVERAL_FRAMES = {"MPO"}
_MAX_PROFILE = 1024 * 1024
#: Modes whose pixels can be averaged as they are; palettes cannot.
_SCALABLE = {"L", "RGB", "RGBA", "CMYK"}


def decode(content: bytes, *, at_most: int = MAX_SIDE) -> Image.Image:
    """The picture of these bytes: fully decoded, upright, in sRGB, RGB or RGBA, nothing attached.

    No side is longer than `at_most` pixels: it is made smaller as early as possible, because that
    is what bounds the memory. Raises Refused for anything else than one whole picture of a known
    format within the bounds.
    """
    if len(content) > MAX_BYTES:
        raise Refused(_("This picture is too large: at most 10 MB are possible."), code="too_large")
    with _refusing_everything(content):
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        width, height = image.size
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
            raise _too_many_pixels()
        if getattr(image, "is_animated", False) and image.format not in _SEVERAL_FRAMES:
            raise Refused(_("Moving pictures are not possible here."), code="animated")
        if image.mode in _SCALABLE:
            # JPEG even decodes to a half, a quarter or an eighth.
            image.thumbnail((at_most, at_most), Image.Resampling.LANCZOS)
        image.load()
        bare = _bare(image)
        bare.thumbnail((at_most, at_most), Image.Resampling.LANCZOS)
        return bare


def turned(image: Image.Image, quarters: int) -> Image.Image:
    """The picture turned to the right by so many quarters."""
    turns = {
        1: Image.Transpose.ROTATE_270,
        2: Image.Transpose.ROTATE_180,
        3: Image.Transpose.ROTATE_90,
    }
    return image.transpose(turns[quarters % 4]) if quarters % 4 else image


def is_opaque(image: Image.Image) -> bool:
    """Whether nothing shines through."""
    return image.mode == "RGB"


def on_white(image: Image.Image) -> Image.Image:
    """The same without transparency, as on paper."""
    if is_opaque(image):
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _bare(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile", b"")
    upright = ImageOps.exif_transpose(image)
    transparent = upright.has_transparency_data
    if upright.mode.startswith(("I", "F")):
        # 16 bits of grey; `convert` alone would clip them to white.
        upright = upright.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    colours = _to_srgb(upright, profile)
    colours = colours.convert("RGBA" if transparent else "RGB")
    if transparent and colours.getchannel("A").getextrema() == (255, 255):
        colours = colours.convert("RGB")
    # SECURITY: a new picture of the pixels alone. EXIF, GPS, XMP, comments and profile stay behind.
    bare = Image.new(colours.mode, colours.size)
    bare.paste(colours)
    return bare


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours of the profile translated, so that dropping it does not change them."""
    if not profile or len(profile) > _MAX_PROFILE or image.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode=mode,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        # A broken profile, or one for other colours than the picture has: as if there were none.
        return image
    return converted or image


@contextmanager
def _refusing_everything(content: bytes) -> Iterator[None]:
    """Turn whatever a decoder raises into one sentence.

    Pillow promises no list: OSError, SyntaxError, ValueError, struct.error, MemoryError and
    DecompressionBombError all come out of `open` and `load` for broken bytes.
    """
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a bomb where our own bound refuses.
            warnings.simplefilter("ignore")
            yield
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        # Far beyond our own bound Pillow does not even tell the size.
        raise _too_many_pixels() from error
    except Exception as error:
        if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
            raise Refused(
                _(
                    "This picture is in the format HEIC, which browsers cannot show. In the camera "
                    "settings of the phone choose “Most compatible”, or send it as JPEG."
                ),
                code="heic",
            ) from error
        raise Refused(
            _("This file is not a picture that we can read. JPEG, PNG, WebP or AVIF is possible."),
            code="not_a_picture",
        ) from error


def _too_many_pixels() -> Refused:
    return Refused(
        _("This picture has too many pixels: at most 25 million are possible."),
        code="too_many_pixels",
    )
