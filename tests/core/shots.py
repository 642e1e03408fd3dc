"""Pictures for tests, drawn here: nothing is borrowed."""

import io
import struct
import zlib

from PIL import Image, ImageDraw

#: What must never survive.
SECRET = "Erika Mustermanns Kamera"


def draw(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """A picture whose corners differ, so that turning shows."""
    image = Image.new(mode, (width, height), 180 if mode in {"L", "I;16"} else "lightsteelblue")
    brush = ImageDraw.Draw(image)
    red = 30 if mode in {"L", "I;16"} else "firebrick"
    brush.rectangle((0, 0, width // 4, height // 4), fill=red)
    brush.line((0, height, width, 0), fill=red, width=max(1, width // 40))
    return image


def encode(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Camera, owner, place: what a phone writes into a photograph."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = SECRET
    data[0x013B] = SECRET
    data.get_ifd(0x8825).update(
        {1: "N", 2: (52.0, 25.0, 22.0), 3: "E", 4: (10.0, 47.0, 11.0), 29: "2026:11:23"}
    )
    return data


def photograph(width: int = 400, height: int = 300, orientation: int = 1) -> bytes:
    """A JPEG as it comes from a phone: EXIF with a place, XMP, a comment."""
    return encode(
        draw(width, height),
        exif=exif(orientation),
        xmp=f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode(),
        comment=SECRET.encode(),
        quality=90,
    )


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
