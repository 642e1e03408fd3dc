"""Barcodes on goods, read from a photograph: EAN-13, EAN-8, UPC-A and Code 128."""

import zxingcpp

from marketplace.core import images

#: A barcode's bars are finer than a QR code's modules: more pixels than `core.qr` needs.
_LONGEST_SIDE = 2400
_LABEL = zxingcpp.BarcodeFormat.Code128
_FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.UPCA,
        _LABEL,
    ]
)


def read(content: bytes) -> list[str]:
    """The barcodes in a photograph, numbers of the trade alone where there are any.

    A parcel's or shelf's own Code 128 often stands beside the EAN of the thing; it counts only
    where it is alone. Raises Refused for what is not a picture (`core.images`).
    """
    image = images.on_white(images.decode(content, at_most=_LONGEST_SIDE)).convert("L")
    found = [one for one in zxingcpp.read_barcodes(image, formats=_FORMATS) if one.valid]
    trade = [one.text for one in found if one.format != _LABEL]
    return list(dict.fromkeys(filter(None, trade or [one.text for one in found])))
