"""Photographs: stored once, cleaned, in three widths, whatever happens in between."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import override_settings
from PIL import Image

from marketplace.core.domain import pictures
from marketplace.core.domain.history import Actor
from marketplace.core.enums import PictureState
from marketplace.core.errors import Refused
from marketplace.core.models import LogEntry, Picture
from tests.core.shots import SECRET, draw, encode, photograph
from tests.databases import ROOT

NO_WORKER = "django_tasks.backends.dummy.DummyBackend"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def media(tmp_path):
    with override_settings(MEDIA_ROOT=tmp_path):
        yield tmp_path


def take_in(content: bytes, **fields: str) -> Picture:
    return pictures.store(
        **{"content": content, "name": "bild.jpg", "by": Actor.system(), "now": NOW, **fields}
    )


def finish(picture: Picture) -> Picture:
    assert pictures.render(picture_id=picture.pk, now=NOW) == PictureState.READY
    picture.refresh_from_db()
    return picture


def files(media: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(media)): path.read_bytes()
        for path in sorted(media.rglob("*"))
        if path.is_file()
    }


# --- taking in ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_store_and_render(media):
    picture = take_in(photograph(2000, 1500), name="C:\\Fotos\\Töpfe\0.jpg", alt="Ein Topf")

    assert (picture.state, picture.width, picture.height) == ("NEW", 2000, 1500)
    assert (picture.name, picture.alt) == ("Töpfe.jpg", "Ein Topf")
    assert len(files(media)) == 1
    entry = LogEntry.objects.get()
    assert (entry.verb, entry.subject) == ("picture.store", f"picture:{picture.pk}")

    finish(picture)

    assert picture.renditions_at == NOW
    stem = f"pictures/{picture.sha256[:2]}/{picture.sha256}"
    assert set(files(media)) == set(pictures.files_of(picture))
    for width in (320, 640, 1280):
        for suffix, kind in (("webp", "WEBP"), ("jpg", "JPEG")):
            with Image.open(media / f"{stem}-{width}.{suffix}") as image:
                assert (image.format, image.size) == (kind, (width, width * 3 // 4))
    assert pictures.render(picture_id=picture.pk, now=NOW) is None


@pytest.mark.django_db
def test_nothing_of_the_camera_survives(media):
    upload = photograph(900, 600, orientation=6)
    assert SECRET.encode() in upload
    picture = finish(take_in(upload))

    assert (picture.width, picture.height) == (600, 900)
    for name, content in files(media).items():
        assert SECRET.encode() not in content, name
        assert b"Exif" not in content, name
        assert b"ICC_PROFILE" not in content, name
        with Image.open(BytesIO(content)) as image:
            assert image.height > image.width
            assert not image.getexif()
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"} | {
                "progressive",
                "progression",
                "loop",
                "background",
                "timestamp",
                "duration",
            }, name


@pytest.mark.django_db
def test_the_same_bytes_are_stored_once(media, django_capture_on_commit_callbacks):
    content = photograph()
    first = take_in(content, name="a.jpg")
    before = files(media)

    second = take_in(content, name="b.jpg", alt="Ein Topf", credit="Laden")

    assert second.pk == first.pk
    assert (second.name, second.alt, second.credit) == ("a.jpg", "Ein Topf", "Laden")
    assert take_in(content, alt="Anders").alt == "Ein Topf"
    assert files(media) == before
    assert Picture.objects.count() == LogEntry.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", photograph()[:5000], encode(Image.new("1", (9000, 9000)), "PNG")],
)
def test_refused_uploads_leave_nothing(media, content):
    with pytest.raises(Refused):
        take_in(content)

    assert files(media) == {}
    assert not Picture.objects.exists()
    assert not LogEntry.objects.exists()


@pytest.mark.django_db
def test_the_master_of_a_huge_photograph_is_smaller(media):
    picture = finish(take_in(encode(draw(5000, 3000), quality=60)))

    assert (picture.width, picture.height) == (pictures.MASTER_SIDE, 1536)


# --- renditions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (1, [1]),
        (320, [320]),
        (321, [320, 321]),
        (640, [320, 640]),
        (800, [320, 640, 800]),
        (1280, [320, 640, 1280]),
        (2560, [320, 640, 1280]),
    ],
)
def test_nothing_is_made_larger(width, widths):
    assert pictures.widths_of(width) == widths


@pytest.mark.django_db
def test_transparent_goods_stand_on_white_where_jpeg_needs_it(media):
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (100, 100, 300, 300))
    picture = finish(take_in(encode(image, "PNG"), name="topf.png"))

    assert picture.master.endswith("-master.webp")
    stem = picture.master.removesuffix("-master.webp")
    with Image.open(media / f"{stem}-320.jpg") as jpeg:
        assert min(jpeg.getpixel((5, 5))) > 250
    with Image.open(media / f"{stem}-320.webp") as webp:
        assert webp.mode == "RGBA"
        assert webp.getpixel((5, 5))[3] == 0


@pytest.mark.django_db
@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (3000, 2)])
def test_odd_shapes(media, size):
    picture = finish(take_in(encode(Image.new("RGB", size, "red"), "PNG")))

    assert pictures.sources(picture).height >= 1


@pytest.mark.django_db
def test_a_lost_master_breaks_the_picture_and_an_upload_heals_it(media):
    content = photograph()
    picture = take_in(content)
    default_storage.delete(picture.master)

    assert pictures.render(picture_id=picture.pk, now=NOW) == PictureState.BROKEN

    healed = take_in(content)
    assert (healed.pk, healed.state) == (picture.pk, PictureState.NEW)
    finish(healed)


@pytest.mark.django_db
def test_half_a_file_is_written_again(media):
    picture = finish(take_in(photograph(700, 500)))
    whole = files(media)
    Picture.objects.all().update(state=PictureState.NEW, renditions_at=None)
    for name in set(whole) - {picture.master}:
        (media / name).write_bytes(whole[name][:100])

    finish(picture)

    assert files(media) == whole


@pytest.mark.django_db
def test_sweep_asks_again_for_what_was_lost(media, django_capture_on_commit_callbacks):
    picture = take_in(photograph())
    later = NOW + pictures.ASK_AGAIN

    assert pictures.sweep(now=later - timedelta(seconds=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert pictures.sweep(now=later) == 1
        assert pictures.sweep(now=later) == 0

    picture.refresh_from_db()
    assert picture.state == PictureState.READY
    assert pictures.sweep(now=later + timedelta(days=1)) == 0


# --- on pages -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_sources_ask_no_disk(media, monkeypatch, django_assert_num_queries):
    picture = finish(take_in(photograph(800, 600), alt="Ein Topf", credit="Laden"))
    for name in ("open", "exists", "size", "path"):
        monkeypatch.setattr(type(default_storage._wrapped), name, None)
    stem = f"/media/pictures/{picture.sha256[:2]}/{picture.sha256}"

    with django_assert_num_queries(0):
        found = pictures.sources(picture)

    assert found == pictures.Sources(
        src=f"{stem}-640.jpg",
        webp_srcset=f"{stem}-320.webp 320w, {stem}-640.webp 640w, {stem}-800.webp 800w",
        jpeg_srcset=f"{stem}-320.jpg 320w, {stem}-640.jpg 640w, {stem}-800.jpg 800w",
        width=640,
        height=480,
        alt="Ein Topf",
        credit="Laden",
    )


@pytest.mark.django_db
def test_until_renditions_exist_the_master_is_shown(media):
    picture = take_in(photograph(800, 600))

    found = pictures.sources(picture)

    assert (found.webp_srcset, found.jpeg_srcset) == ("", "")
    assert (found.src, found.width, found.height) == (f"/media/{picture.master}", 800, 600)


# --- power cuts ---------------------------------------------------------------------------------


def test_killed_half_way_and_done_again(own_database):
    """The worker dies between two widths; the next one ends with exactly the right files."""
    media = own_database.directory / "media"
    with override_settings(
        MEDIA_ROOT=media, TASKS={"default": {"BACKEND": NO_WORKER, "QUEUES": []}}
    ):
        picture = take_in(photograph(1500, 1000))
    program = (
        "import django; django.setup()\n"
        "from datetime import datetime, UTC\n"
        "from marketplace.core.domain import pictures\n"
        f"print(pictures.render(picture_id={picture.pk}, now=datetime.now(UTC)))\n"
    )

    def live(point: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**own_database.env, "FAULT_AT": point},
            stdout=subprocess.DEVNULL,
            check=False,
        ).returncode

    assert live("pictures.half") == -9
    assert len(files(media)) == 3
    picture.refresh_from_db()
    assert picture.state == PictureState.NEW

    assert live("") == 0
    assert set(files(media)) == set(pictures.files_of(picture))
    picture.refresh_from_db()
    assert picture.state == PictureState.READY


@pytest.mark.django_db
def test_a_name_that_is_taken_meanwhile_leaves_no_second_file(media, monkeypatch):
    """Two workers write the same picture: both end with one file of the right name."""
    real = type(default_storage._wrapped).exists
    rival = iter([True])

    def exists(self: object, name: str) -> bool:
        if "-320.webp" in name and next(rival, False):
            default_storage.save(name, ContentFile(b"rival"))
            return False
        return real(self, name)

    picture = take_in(photograph())
    monkeypatch.setattr(type(default_storage._wrapped), "exists", exists)

    finish(picture)

    assert set(files(media)) == set(pictures.files_of(picture))
