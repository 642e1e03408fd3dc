"""Hands on the phone, in a browser: the first product in three inputs, thirty scans in a row, a
recount, a photo of a barcode, the table; as people do it, with and without JavaScript."""

import io
import re
import uuid
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, OWNER, PHONE, Open
from tests.e2e.conftest import sign_in as sign
from tests.e2e.test_pages import look, walk

pytestmark = pytest.mark.both

GOODS = "/haendler/haushaltswaren-lindhorst/kaufhof/waren/"
SCAN, ROW = f"{GOODS}scannen/", f"{GOODS}scannen/runde/"
#: Sold by other shops of the demo town, not by this one.
HONEY, JAM, JUICE = "9520041000179", "9520041000247", "9520044000121"
#: The shop's own article numbers.
MUGS = ("LH-BECHER-SAND", "LH-BECHER-NEBELBLAU", "LH-BECHER-MOOS")

#: Somebody waits for it.
RESERVED = re.compile(r"[1-9]")

ALONE = pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])


def room(open_page: Open, path: str, *, js: bool = True, width: int = PHONE, **more: Any) -> Page:
    page = open_page(path, width=width, js=js, **more)
    sign(page, OWNER)
    return page


def see(page: Page, *, js: bool) -> None:
    look(page, rules=js)


def fresh(kind: str = "EAN13") -> str:
    """A number of the trade that nobody has used yet."""
    body = f"400{uuid.uuid4().int % 10**9:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def photo(text: str) -> dict[str, Any]:
    """A barcode as somebody holds it before a phone."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.EAN13)
    bars = Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=4)).convert("RGB")
    ground = Image.new("RGB", (1200, 900), "lightsteelblue")
    ground.paste(bars, (300, 300))
    buffer = io.BytesIO()
    ground.rotate(7, fillcolor="lightsteelblue").save(buffer, "JPEG", quality=85)
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def scan(page: Page, code: str) -> None:
    """As a hardware scanner does: types into the field that has the focus, and Enter."""
    page.locator("[data-scan-form] input[name=code]").fill(code)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("js", "code"), [(True, HONEY), (False, JAM)], ids=["js", "no-js"])
def test_the_first_product_in_three_inputs(open_page: Open, js: bool, code: str) -> None:
    page = room(open_page, SCAN, js=js)
    expect(page.locator("input[name=code]")).to_be_focused()
    see(page, js=js)
    scan(page, code)  # 1
    expect(page.locator(".scanned")).to_be_visible()
    asked = page.locator(".scanned input:visible, .scanned select:visible")
    assert asked.count() == 2
    see(page, js=js)
    asked.nth(0).fill("6,90")  # 2
    asked.nth(1).fill("12")  # 3
    page.locator(".scanned [type=submit]").click()
    expect(page.locator(".message--okay")).to_contain_text("6,90")
    expect(page.locator(".message--okay")).to_contain_text("12")
    # Ready for the next one, and a photo is one tap away.
    expect(page.locator("input[name=code]")).to_be_focused()
    expect(page.locator('a[href$="/fotos/"]')).to_be_visible()
    see(page, js=js)


@ALONE
def test_a_photo_read_by_the_server(open_page: Open, js: bool) -> None:
    page, code = room(open_page, SCAN, js=js), fresh()
    page.locator(".scanner__photo summary").click()
    page.set_input_files("input[type=file]", photo(code))
    page.locator(".scanner__photo [type=submit]").click()
    expect(page.locator(".scanned__code")).to_have_text(code)
    see(page, js=js)
    page.fill("[name=title]", "Glocke aus Messing")
    page.select_option("[name=category]", index=1)
    page.fill("[name=price]", "19,50")
    page.fill("[name=on_shelf]", "2")
    page.locator(".scanned [type=submit]").click()
    expect(page.locator(".message--okay")).to_contain_text("Glocke aus Messing")


@ALONE
def test_thirty_scans_in_a_row(open_page: Open, js: bool) -> None:
    page = room(open_page, ROW, js=js)
    see(page, js=js)
    page.locator('form[action$="/beginnen/"] [type=submit]').click()
    unknown = fresh()
    for number in range(30):
        scan(page, unknown if number % 10 == 9 else MUGS[number % 3])
        if not js:
            page.wait_for_load_state()
    expect(page.locator(".tally__total strong").first).to_have_text("30")
    expect(page.locator(".beep")).to_have_count(4)
    if js:
        expect(page.locator("input[name=code]")).to_be_focused()
        # The same page all the time: what is typed meanwhile is not lost.
        expect(page.locator("input[name=code]")).to_have_value("")
    see(page, js=js)
    page.locator('form[action$="/zurueck/"] button').click()
    expect(page.locator(".tally__total strong").first).to_have_text("29")
    # A quantity typed instead.
    mug = page.locator(".beep", has_text="Moos").first
    mug.locator("input[name=quantity]").fill("14")
    mug.locator("button").click()
    expect(page.locator(".beep", has_text="Moos").locator("[name=quantity]")).to_have_value("14")
    page.locator(".beeps__end [type=submit]").click()
    expect(page).to_have_url(re.compile(r"/runde/\d+/$"))
    expect(page.locator(".beep", has_text="Moos").locator(".beep__change")).to_contain_text("14")
    see(page, js=js)
    # What nobody knew is described afterwards.
    page.locator('a[href$="/offen/"].button').click()
    see(page, js=js)
    page.locator(".beep", has_text=unknown).locator("a.button").click()
    page.fill("[name=title]", "Kerzenhalter")
    page.select_option("[name=category]", index=2)
    page.fill("[name=price]", "8,00")
    page.locator(".scanned [type=submit]").click()
    expect(page.locator(".message--okay")).to_contain_text("Kerzenhalter")
    expect(page.locator(".beep", has_text=unknown)).to_have_count(0)


def test_a_beep_that_is_lost_is_told_and_kept(open_page: Open) -> None:
    page = room(open_page, ROW)
    if page.locator('form[action$="/beginnen/"]').count():
        page.locator('form[action$="/beginnen/"] [type=submit]').click()
    page.route("**/runde/", lambda route: route.abort())
    scan(page, MUGS[0])
    expect(page.locator("[data-scan-told]")).to_be_visible()
    expect(page.locator("input[name=code]")).to_have_value(MUGS[0])
    page.unroute("**/runde/")
    page.keyboard.press("Enter")
    expect(page.locator(".beep--last")).to_contain_text("Becher")


@ALONE
def test_counting_from_the_list_of_goods(open_page: Open, js: bool) -> None:
    page = room(open_page, f"{GOODS}?q=pfanne", js=js)
    row = page.locator(".stocked").first
    row.locator("details.more summary").first.click()
    row.locator("[name=on_shelf]").fill("6")
    row.locator('form[action$="/zaehlen/"] [type=submit]').click()
    expect(page.locator(".message--okay")).to_contain_text("6")
    see(page, js=js)
    page.locator(".stocked").first.locator("details.more summary").nth(1).click()
    see(page, js=js)
    page.locator(".stocked").first.locator("[name=buffer]").fill("1")
    page.locator('.stocked form[action$="/behalten/"] [type=submit]').first.click()
    expect(page.locator(".stocked").first.locator(".numbers > div")).to_have_count(4)


@ALONE
def test_what_to_count_next(open_page: Open, js: bool) -> None:
    """A shelf that turns out to be empty leaves people waiting; a recount gives it back."""
    page = room(open_page, f"{GOODS}?q=becher", js=js)
    row = (
        page.locator(".stocked")
        .filter(has=page.locator(".numbers > div:nth-child(2)", has_text=RESERVED))
        .first
    )
    title = row.locator("h2").inner_text()
    number = str(row.get_attribute("id"))
    row.locator('form[action$="/ausverkauft/"] button').click()
    page.goto(f"{GOODS}nachzaehlen/")
    short = page.locator(f"#{number}")
    expect(short.locator("h2")).to_have_text(title)
    expect(short.locator(".waits a").first).to_have_attribute("href", re.compile(r"/theke/\d+/"))
    see(page, js=js)
    short.locator("[name=on_shelf]").fill("24")
    short.locator('form[action$="/zaehlen/"] [type=submit]').click()
    expect(page).to_have_url(re.compile(r"/nachzaehlen/"))
    expect(page.locator(".message--okay")).to_contain_text("24")
    expect(page.locator(f"#{number} .waits")).to_have_count(0)


@pytest.mark.parametrize("path", ["tabelle/", "nachzaehlen/", ""])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_focus_is_seen_on_its_way(open_page: Open, path: str, width: int) -> None:
    walk(room(open_page, f"{GOODS}{path}", width=width))


@pytest.mark.parametrize(
    ("js", "width"), [(True, DESKTOP), (False, DESKTOP), (True, PHONE)],
    ids=["js", "no-js", "phone"],
)  # fmt: skip
def test_the_table(open_page: Open, js: bool, width: int) -> None:
    page = room(open_page, f"{GOODS}tabelle/?q=kerzen", js=js, width=width)
    see(page, js=js)
    price = page.locator("[name^=price_]").first
    shelf = page.locator("[name^=shelf_]").first
    old = price.input_value()
    new = "17,30" if old != "17,30" else "17,80"
    price.fill(new)
    shelf.fill("zwei")
    page.locator(".sheet__save [type=submit]").click()
    expect(page.locator(".sheet__told")).to_be_visible()
    expect(page.locator("[name^=shelf_]").first).to_have_value("zwei")
    expect(page.locator("[name^=price_]").first).to_have_value(new)
    see(page, js=js)
    page.locator("[name^=shelf_]").first.fill("21")
    page.locator(".sheet__save [type=submit]").click()
    expect(page.locator(".message--okay")).to_be_visible()
    expect(page.locator("[name^=shelf_]").first).to_have_value("21")


def test_the_table_by_keyboard(open_page: Open) -> None:
    page = room(open_page, f"{GOODS}tabelle/", width=DESKTOP)
    cells = page.locator(".sheet__cell")
    first, below = cells.nth(0), cells.nth(2)
    first.wait_for()
    page.wait_for_load_state()  # its module has run
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(below).to_be_focused()
    page.keyboard.press("Enter")
    expect(cells.nth(4)).to_be_focused()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("ArrowRight")
    expect(cells.nth(3)).to_be_focused()
    page.keyboard.press("Tab")
    expect(cells.nth(4)).to_be_focused()
    kept = cells.nth(4).input_value()
    page.keyboard.type("1,11")
    expect(page.locator("[data-sheet-changed]")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(cells.nth(4)).to_have_value(kept)
    expect(page.locator("[data-sheet-changed]")).to_be_empty()


@ALONE
def test_photos_of_an_article(open_page: Open, js: bool) -> None:
    page = room(open_page, f"{GOODS}?q=vorratsglas", js=js)
    row = page.locator(".stocked").first
    row.locator("details.more summary").nth(1).click()
    row.locator('a[href$="/fotos/"]').click()
    see(page, js=js)
    before = page.locator(".photo").count()
    page.set_input_files("input[type=file]", photo(fresh()))
    assert page.locator("form [name=alt]").last.input_value()
    page.locator('form[enctype="multipart/form-data"] [type=submit]').click()
    expect(page.locator(".photo")).to_have_count(before + 1)
    see(page, js=js)
    last = page.locator(".photo").last
    last.locator("[name=quarters]").last.click()
    expect(page.locator(".message--okay")).to_be_visible()
    page.locator(".photo").last.locator('a[href$="/zuschneiden/"]').click()
    see(page, js=js)
    if js:
        box = page.locator(".crop img").bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.7, steps=4)
        page.mouse.up()
        assert int(page.locator("[name=left]").input_value()) in range(18, 23)
        assert int(page.locator("[name=bottom]").input_value()) in range(27, 34)
    else:
        page.fill("[name=left]", "20")
    page.locator("[name=shape][value=free]").click()
    expect(page.locator(".message--okay")).to_be_visible()
    page.locator(".photo").last.locator('form[action$="/entfernen/"] button').click()
    expect(page.locator(".photo")).to_have_count(before)


@pytest.mark.parametrize("path", ["", "scannen/", "scannen/neu/", "scannen/runde/",
                                  "scannen/offen/", "nachzaehlen/", "tabelle/"])  # fmt: skip
def test_dark_english_and_desktop(open_page: Open, path: str) -> None:
    page = room(open_page, f"/en{GOODS}{path}", dark=True)
    look(page)
    page.set_viewport_size({"width": DESKTOP, "height": 844})
    look(page)
    page.set_viewport_size({"width": 320, "height": 844})
    look(page, rules=False)
