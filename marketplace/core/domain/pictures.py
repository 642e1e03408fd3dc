"""Goods and shop photographs: taken in, cleaned, and made ready in three widths.

What is uploaded is never kept: the master is drawn anew from the pixels, so no file of ours holds a
place, a camera or an owner. Files carry the hash of the upload in their name; writing the same one
twice changes nothing, which is what makes the task safe to repeat after any crash.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image

from marketplace.core import images
from marketplace.core.domain import history, queue
from marketplace.core.domain.history import Actor
from marketplace.core.enums import PictureState
from marketplace.core.errors import Refused
from marketplace.core.faults import fault
from marketplace.core.models import Picture

RENDER = "marketplace.core.tasks.make_renditions"
WIDTHS = (320, 640, 1280)
#: Longest side of the master; twice the widest rendition, for crops to come.
MASTER_SIDE = 2560
WEBP_QUALITY = 80
JPEG_QUALITY = 82
#: A task that did not come to it for so long is taken for lost.
ASK_AGAIN = timedelta(minutes=15)
#: Parts of width and height: left, top, right, bottom.
Box = tuple[float, float, float, float]
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
#: Pixels of a side that an edit leaves.
LEAST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything a `<picture>` needs. Empty srcsets: the renditions are still being made."""

    src: str
    webp_srcset: str
    jpeg_srcset: str
    #: Of `src`, so that the page keeps the place free.
    width: int
    height: int
    alt: str
    credit: str


def store(
    *, content: bytes, name: str, alt: str = "", credit: str = "", by: Actor, now: datetime
) -> Picture:
    """Take in an uploaded photograph; a worker makes its renditions after the commit.

    The same bytes give the same row, whoever brings them; its empty `alt` or `credit` is filled.
    Raises Refused for anything that is not one whole picture within the bounds. Writes a file, so
    call it before opening a transaction of your own where the storage is a server.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    known = Picture.objects.filter(sha256=sha256).first()
    if known is not None and known.state != PictureState.BROKEN:
        return _complete(known, alt, credit)
    image = images.decode(content, at_most=MASTER_SIDE)
    return _keep(image, sha256, name=name, alt=alt, credit=credit, by=by, now=now)


def _keep(
    image: Image.Image, sha256: str, *, name: str, alt: str, credit: str, by: Actor, now: datetime
) -> Picture:
    """The row and the master of a picture that is new or whose file was lost."""
    suffix, data = _encoded_master(image)
    master = f"{_stem(sha256)}-master.{suffix}"
    _put(master, data)
    with transaction.atomic():
        # RACE: two uploads of the same bytes meet at the unique hash.
        picture, is_new = Picture.objects.get_or_create(
            sha256=sha256,
            defaults={
                "master": master,
                "width": image.width,
                "height": image.height,
                "name": _plain_name(name),
                "alt": alt[:300],
                "credit": credit[:200],
                "created_at": now,
                "asked_at": now,
            },
        )
        if is_new:
            history.record(
                verb="picture.store", subject=f"picture:{picture.pk}", scope="", by=by, now=now
            )
        else:
            # The file was lost and has come back.
            Picture.objects.filter(pk=picture.pk, state=PictureState.BROKEN).update(
                state=PictureState.NEW, master=master, asked_at=now
            )
            picture.refresh_from_db()
        if picture.state == PictureState.NEW:
            queue.after_commit(RENDER, picture.pk)
    return _complete(picture, alt, credit)


def edit(
    *,
    picture: Picture,
    quarters: int = 0,
    box: Box | None = None,
    copy_for: str = "",
    by: Actor,
    now: datetime,
) -> Picture:
    """Another picture made of this one: turned to the right by quarters, then cut to `box`.

    The same edit gives the same row, unless it is a copy for somebody (`copy_for`) with words of
    their own. Raises Refused where the file is gone or `box` leaves less
    than `LEAST` pixels. Writes a file, as `store` does.
    """
    left, top, right, bottom = box or WHOLE
    part = ":".join(f"{side:.4f}" for side in (left, top, right, bottom))
    way = f"{picture.sha256}:{quarters % 4}:{part}:{copy_for}"
    sha256 = hashlib.sha256(way.encode()).hexdigest()
    known = Picture.objects.filter(sha256=sha256).first()
    if known is not None and known.state != PictureState.BROKEN:
        return _complete(known, picture.alt, picture.credit)
    try:
        with default_storage.open(picture.master) as file:
            whole = images.turned(images.decode(file.read()), quarters)
    except FileNotFoundError:
        raise Refused(
            _("The file of this picture is gone. Please add the picture again."), code="gone"
        ) from None
    pixels = (
        round(left * whole.width),
        round(top * whole.height),
        round(right * whole.width),
        round(bottom * whole.height),
    )
    if pixels[2] - pixels[0] < LEAST or pixels[3] - pixels[1] < LEAST:
        raise Refused(
            _("Too little of the picture would be left. Please choose a larger part."),
            code="crop_too_small",
        )
    return _keep(
        whole.crop(pixels),
        sha256,
        name=picture.name,
        alt=picture.alt,
        credit=picture.credit,
        by=by,
        now=now,
    )


def describe(*, picture: Picture, alt: str) -> None:
    """Say in other words what is to be seen, for those who cannot."""
    Picture.objects.filter(pk=picture.pk).update(alt=alt[:300])
    picture.alt = alt[:300]


def render(*, picture_id: int, now: datetime) -> PictureState | None:
    """Make all renditions of a NEW picture, then mark it READY; None if there is nothing to do.

    Runs in a worker, outside a transaction. May stop anywhere and start again. A master that is
    gone or unreadable makes the picture BROKEN; errors of the storage are raised, to be retried.
    """
    picture = Picture.objects.filter(pk=picture_id, state=PictureState.NEW).first()
    if picture is None:
        return None
    waiting = Picture.objects.filter(pk=picture_id, state=PictureState.NEW)
    try:
        with default_storage.open(picture.master) as file:
            image = images.decode(file.read())
    except (FileNotFoundError, Refused):
        waiting.update(state=PictureState.BROKEN)
        return PictureState.BROKEN
    for index, width in enumerate(widths_of(image.width)):
        if index:
            fault("pictures.half")
        size = (width, max(1, round(image.height * width / image.width)))
        smaller = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
        _put(_rendition(picture, width, "webp"), _encoded(smaller, "WEBP"))
        _put(_rendition(picture, width, "jpg"), _encoded(images.on_white(smaller), "JPEG"))
    waiting.update(state=PictureState.READY, renditions_at=now)
    return PictureState.READY


def sweep(*, now: datetime, limit: int = 500) -> int:
    """Ask again for renditions whose task was lost; returns how many. `tick` calls it."""
    lost = Picture.objects.filter(state=PictureState.NEW, asked_at__lte=now - ASK_AGAIN)
    found = 0
    for picture_id in lost.order_by("asked_at", "pk").values_list("pk", flat=True)[:limit]:
        # RACE: two ticks at once ask only once.
        if lost.filter(pk=picture_id).update(asked_at=now):
            queue.after_commit(RENDER, picture_id)
            found += 1
    return found


def sources(picture: Picture) -> Sources:
    """Addresses for a page, computed from the row alone: neither disk nor storage is asked."""
    is_ready = picture.state == PictureState.READY
    widths = widths_of(picture.width) if is_ready else []
    shown = max((width for width in widths if width <= WIDTHS[1]), default=picture.width)
    height = max(1, round(picture.height * shown / picture.width))
    return Sources(
        src=default_storage.url(_rendition(picture, shown, "jpg") if is_ready else picture.master),
        webp_srcset=_srcset(picture, widths, "webp"),
        jpeg_srcset=_srcset(picture, widths, "jpg"),
        width=shown,
        height=height,
        alt=picture.alt,
        credit=picture.credit,
    )


def widths_of(width: int) -> list[int]:
    """Widths of the renditions of a master so wide; never wider than it is."""
    return sorted({*(each for each in WIDTHS if each < width), min(width, WIDTHS[-1])})


def files_of(picture: Picture) -> Iterator[str]:
    """Storage names of everything that belongs to this picture, existing or not."""
    yield picture.master
    for width in widths_of(picture.width):
        yield _rendition(picture, width, "webp")
        yield _rendition(picture, width, "jpg")


def _srcset(picture: Picture, widths: list[int], suffix: str) -> str:
    return ", ".join(
        f"{default_storage.url(_rendition(picture, width, suffix))} {width}w" for width in widths
    )


def _stem(sha256: str) -> str:
    return f"pictures/{sha256[:2]}/{sha256}"


def _rendition(picture: Picture, width: int, suffix: str) -> str:
    return f"{_stem(picture.sha256)}-{width}.{suffix}"


def _encoded_master(image: Image.Image) -> tuple[str, bytes]:
    if images.is_opaque(image):
        return "jpg", _encoded(image, "JPEG", quality=92)
    return "webp", _encoded(image, "WEBP", quality=92)


def _encoded(image: Image.Image, kind: str, *, quality: int = 0) -> bytes:
    buffer = io.BytesIO()
    if kind == "WEBP":
        image.save(buffer, kind, quality=quality or WEBP_QUALITY, method=4)
    else:
        image.save(buffer, kind, quality=quality or JPEG_QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()


def _put(name: str, data: bytes) -> None:
    """Have exactly these bytes under exactly this name."""
    if default_storage.exists(name):
        if default_storage.size(name) == len(data):
            return
        # Half a file, left by a process that was killed.
        default_storage.delete(name)
    written = default_storage.save(name, ContentFile(data))
    if written != name:
        # RACE: somebody wrote the same picture meanwhile; theirs is as good as ours.
        default_storage.delete(written)


def _plain_name(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(each for each in last if each.isprintable())[:120]


def _complete(picture: Picture, alt: str, credit: str) -> Picture:
    """Fill what the first upload left empty; what somebody wrote is not overwritten."""
    missing = {
        field: value
        for field, value in (("alt", alt[:300]), ("credit", credit[:200]))
        if value and not getattr(picture, field)
    }
    if missing:
        Picture.objects.filter(pk=picture.pk).update(**missing)
        for field, value in missing.items():
            setattr(picture, field, value)
    return picture
