"""QR codes: drawn for mails and pages, read from a photograph at the counter."""

import io

import segno
import zxingcpp
from django.utils.safestring import SafeString, mark_safe

from marketplace.core import images

#: Long enough for a code that fills a tenth of the picture, short enough to be read at once.
_LONGEST_SIDE = 2000
_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def svg(text: str, title: str) -> SafeString:
    """An `<svg>` to stand in a page, as large as its place, with `title` for those who cannot see.

    Ready for a strict content security policy: attributes only, no style.
    """
    buffer = io.BytesIO()
    segno.make_qr(text, error="m").save(
        buffer,
        kind="svg",
        xmldecl=False,
        title=title,
        omitsize=True,
        border=4,
        dark="#000",
        light="#fff",  # readable on dark pages, too
        svgclass=None,
        lineclass=None,
    )
    # SECURITY: segno escapes the title; the text is only in the drawing.
    return mark_safe(buffer.getvalue().decode())  # noqa: S308


def png(text: str, *, scale: int = 8) -> bytes:
    """The same as a PNG with `scale` pixels per module, for mails."""
    buffer = io.BytesIO()
    segno.make_qr(text, error="m").save(buffer, kind="png", scale=scale, border=4)
    return buffer.getvalue()


def read(content: bytes) -> list[str]:
    """The texts of all QR codes in a photograph, in any direction; empty if there is none.

    Raises Refused for what is not a picture (`core.images`).
    """
    image = images.on_white(images.decode(content, at_most=_LONGEST_SIDE)).convert("L")
    found = zxingcpp.read_barcodes(image, formats=_FORMATS)
    texts = [each.text for each in found if each.valid and each.text]
    return list(dict.fromkeys(texts))
