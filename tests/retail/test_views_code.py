"""From a code to its reservation, or to what is wrong with it."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from structlog.testing import capture_logs

from marketplace.core import images, qr
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.enums import EndReason
from marketplace.reservations.models import Reservation
from tests import factories
from tests.factories import NOW


@pytest.fixture
def row(branch, clerk):
    made = factories.reservation((factories.offer(branch), 1))
    return lifecycle.mark_ready(reservation_id=made.pk, shelf="3", by=clerk, now=NOW)


def send(client, base, **data):
    return client.post(f"{base}/theke/code/", data)


def photo(content, name="qr.png"):
    return SimpleUploadedFile(name, content, content_type="image/png")


def page_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    "typed", ["{code}", "{four}", " {four} {two} ", "{lower}", "SR1:{code}", "{four}-{two}"]
)
def test_a_code_leads_to_its_page_however_typed(base, client, row, typed):
    code = row.code
    text = typed.format(code=code, four=code[:4], two=code[4:], lower=code.lower())

    answer = send(client, base, code=text)

    assert answer.status_code == 302
    assert answer["Location"] == f"{base}/theke/{row.pk}/"


@pytest.mark.parametrize("state", ["CONFIRMED", "COLLECTED", "EXPIRED", "CANCELLED"])
def test_others_of_this_branch_open_as_well_and_say_how_they_stand(
    branch, base, client, clerk, state
):
    row = factories.reservation((factories.offer(branch), 1))
    if state == "COLLECTED":
        lifecycle.hand_over(reservation_id=row.pk, by=clerk, now=NOW)
    elif state == "EXPIRED":
        lifecycle.expire(reservation_id=row.pk, now=NOW + timedelta(days=9))
    elif state == "CANCELLED":
        lifecycle.cancel(reservation_id=row.pk, reason=EndReason.DAMAGED, by=clerk, now=NOW)

    answer = client.post(f"{base}/theke/code/", {"code": row.code}, follow=True)

    assert answer.status_code == 200
    words = {
        "CONFIRMED": "Not ready yet.",
        "COLLECTED": "Already handed over",
        "EXPIRED": "The time to collect is over.",
        "CANCELLED": "This reservation was cancelled.",
    }
    assert words[state] in page_of(answer)


def test_another_branch_is_named_with_the_way_there(shop, base, client, branch):
    other = factories.branch(shop, "Vorsfelde")
    row = factories.reservation((factories.offer(other), 1))

    answer = send(client, base, code=row.code)

    assert answer.status_code == 409
    assert "another branch of yours" in page_of(answer)
    assert "Vorsfelde" in page_of(answer)
    assert f"/{other.slug}/theke/{row.pk}/" in page_of(answer)


def test_of_another_shop_nothing_is_told_but_that(city, base, client, branch):
    other = factories.branch(factories.shop(city, "Nebenan"), "Gegenüber")
    row = factories.reservation((factories.offer(other), 1), name="Ada Wolf")

    whole = send(client, base, code=row.code)
    part = send(client, base, code=row.code[:4])

    assert whole.status_code == part.status_code == 422
    assert "belongs to another shop" in page_of(whole)
    assert "belongs to another shop" not in page_of(part)
    for answer in (whole, part):
        for word in ("Ada Wolf", "Nebenan", "Gegenüber"):
            assert word not in page_of(answer)


def test_two_that_begin_alike_want_all_six(branch, base, client):
    offer = factories.offer(branch, count=9)
    for code in ("ACDEFG", "ACDEFH"):
        row = factories.reservation((offer, 1))
        Reservation.objects.filter(pk=row.pk).update(code=code)

    short, whole = send(client, base, code="ACDE"), send(client, base, code="ACDEFH")

    assert short.status_code == 409
    assert "type all six characters" in page_of(short)
    assert whole.status_code == 302


@pytest.mark.parametrize("text", ["ZZZZZZ", "K7", "%", '"', "äöü", "½½½½", "K7M4XPK7M4"])
def test_an_unknown_code_is_told_and_kept(base, client, row, text):
    answer = send(client, base, code=text)

    assert answer.status_code == 422
    assert "No reservation of yours has this code or this name." in page_of(answer)
    field = re.search(r'<input[^>]*name="code"[^>]*>', page_of(answer)).group()
    assert "value=" in field


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Please type the code"),
        ("A" * 10_000, "too long for a code"),
        ("A\0B", "neither a code"),
    ],
)
def test_what_is_no_code_is_told_so(base, client, row, text, words):
    answer = send(client, base, code=text)

    assert answer.status_code == 422
    assert words in page_of(answer)


def test_a_photo_of_the_qr_does_as_well(base, client, row):
    answer = send(client, base, photo=photo(qr.png(f"SR1:{row.code}")))

    assert answer.status_code == 302
    assert answer["Location"] == f"{base}/theke/{row.pk}/"


def _blank():
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(buffer, "PNG")
    return buffer.getvalue()


def _two_codes():
    left, right = (Image.open(io.BytesIO(qr.png(f"SR1:{code}"))) for code in ("ACDEFG", "HJKLMN"))
    both = Image.new("RGB", (left.width * 2, left.height), "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    buffer = io.BytesIO()
    both.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This photo is empty."),
        (b"no picture", "not a picture that we can read"),
        (qr.png("SR1:ACDEFG")[:200], "not a picture that we can read"),
        (_blank(), "There is no QR code to be seen"),
        (qr.png("https://example.org/"), "not a collection code of ours"),
        (_two_codes(), "several codes in this photo"),
    ],
)
def test_a_bad_photo_is_explained(base, client, row, content, words):
    answer = send(client, base, photo=photo(content))

    assert answer.status_code == 422
    assert words in page_of(answer)


def test_a_huge_photo_is_not_even_read(base, client, row, monkeypatch):
    monkeypatch.setattr(images, "MAX_BYTES", 1000)
    monkeypatch.setattr(qr, "read", lambda content: pytest.fail("was read"))

    answer = send(client, base, photo=photo(b"x" * 1001))

    assert answer.status_code == 422
    assert "too large" in page_of(answer)


def test_ten_wrong_codes_a_minute_and_then_nobody_listens(base, client, owner_client, row, clock):
    for _each in range(10):
        assert send(client, base, code="ZZZZ").status_code == 422

    with capture_logs() as logs:
        refused = send(client, base, code=row.code)

    assert refused.status_code == 429
    assert "Too many wrong codes." in page_of(refused)
    assert refused["Retry-After"] == "60"
    assert [each["event"] for each in logs] == ["codes_limited", "request"]
    assert send(owner_client, base, code=row.code).status_code == 302  # her own limit
    clock.shift(timedelta(seconds=60))
    assert send(client, base, code=row.code).status_code == 302


def test_a_hundred_a_day_for_the_whole_shop(base, client, owner_client, row, clock):
    for _minute in range(10):
        for _each in range(10):
            assert send(client, base, code="ZZZZ").status_code == 422
        clock.shift(timedelta(seconds=60))

    assert send(owner_client, base, code=row.code).status_code == 429
    clock.shift(timedelta(days=1))
    assert send(owner_client, base, code=row.code).status_code == 302


def test_right_codes_and_bad_photos_cost_nothing(base, client, row):
    for _each in range(12):
        assert send(client, base, code=row.code).status_code == 302
        assert send(client, base, photo=photo(_blank())).status_code == 422
        assert send(client, base, code="").status_code == 422


def test_wrong_codes_are_logged_without_the_code(base, client, row):
    with capture_logs() as logs:
        send(client, base, code="QQ77QQ")

    assert [each["event"] for each in logs] == ["code_wrong", "request"]
    assert "QQ77QQ" not in str(logs)


def test_reloading_the_answer_leads_back_to_the_counter(base, client, row):
    answer = client.get(f"{base}/theke/code/")

    assert answer.status_code == 302
    assert answer["Location"] == f"{base}/theke/"


# By name ------------------------------------------------------------------------------------------


def named(branch, *names):
    offer = factories.offer(branch, count=9)
    return [
        factories.reservation((offer, 1), name=name, email=f"{number}@example.de")
        for number, name in enumerate(names)
    ]


@pytest.mark.parametrize("typed", ["Yılmaz", "yilmaz", "TIM YILMAZ", "yilmaz tim", " ilma "])
def test_who_forgot_the_code_is_found_by_name(branch, base, client, typed):
    tim, _lena = named(branch, "Tim Yılmaz", "Lena Koch")

    answer = send(client, base, code=typed)

    assert answer.status_code == 302
    assert answer["Location"] == f"{base}/theke/{tim.pk}/"


def test_several_of_one_name_are_listed_to_choose(branch, base, client):
    rows = named(branch, "Lena Koch", "Paul Koch", "Ada Wolf")

    answer = send(client, base, code="koch")

    assert answer.status_code == 200
    chosen = re.search(r'class="[^"]*named.*?</section>', page_of(answer), re.S).group()
    assert "2 with this name" in chosen
    assert [f"/theke/{row.pk}/" in chosen for row in rows] == [True, True, False]


def test_a_name_that_could_be_a_code_is_a_code_first(branch, base, client):
    lena, other = named(branch, "Lena Koch", "Ada Wolf")
    type(other).objects.filter(pk=other.pk).update(code="LENA34")

    assert send(client, base, code="lena")["Location"] == f"{base}/theke/{other.pk}/"

    type(other).objects.filter(pk=other.pk).update(code="QQQQ34")
    assert send(client, base, code="lena")["Location"] == f"{base}/theke/{lena.pk}/"


def test_names_of_other_branches_and_of_what_is_over_are_not_told(
    shop, branch, base, client, clerk
):
    named(factories.branch(shop, "Vorsfelde"), "Lena Koch")
    [over] = named(branch, "Paul Koch")
    lifecycle.cancel(reservation_id=over.pk, reason=EndReason.DAMAGED, by=clerk, now=NOW)

    for typed in ("koch", "lena koch", "ko", "%", "_"):
        assert send(client, base, code=typed).status_code == 422, typed


def test_names_use_up_no_wrong_codes(branch, base, client):
    named(branch, "Tim Yılmaz")

    for _each in range(12):
        assert send(client, base, code="yilmaz").status_code == 302
