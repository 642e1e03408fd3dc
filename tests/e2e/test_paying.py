"""Paying online, in a browser: every outcome of the hosted page, then the shop's side of it."""

import re
import subprocess
import sys
import time

import pytest
from playwright.sync_api import Page, expect

from tests import databases
from tests.e2e import paying
from tests.e2e.conftest import DESK, DESKTOP, EDITOR, HOSTED, OWNER, PHONE, STAFF, Open, letters
from tests.e2e.conftest import sign_in as sign
from tests.e2e.paying import BOOKS, BOOKSELLER, BOOKSHOP, ROOMS, STATUS, choose, is_over, is_paid
from tests.e2e.test_pages import look
from tests.workbench.town import Demo

pytestmark = pytest.mark.both

BOTH = pytest.mark.parametrize(
    ("width", "js"), [(DESKTOP, True), (PHONE, False)], ids=["desktop", "phone-no-js"]
)


@BOTH
def test_paid_by_card(open_page: Open, width: int, js: bool) -> None:
    page = open_page("/", width=width, js=js)
    paying.bought(page)
    # What was paid stands there, and nothing asks for money again.
    expect(page.locator(".ticket__sentence")).to_contain_text("3,80")


@pytest.mark.law("A4")
@BOTH
def test_going_back_from_the_review_keeps_what_was_typed(
    open_page: Open, width: int, js: bool
) -> None:
    page = open_page("/", width=width, js=js)
    paying.to_review(page)
    fields = page.locator("main form.order__form input:visible")
    for number, typed in enumerate(("Zoë Lang", "zoe@example.de")):
        fields.nth(number).fill(typed)
    page.locator('main a[href$="/korb/"]').first.click()
    expect(page).to_have_url(re.compile(r"/korb/$"))
    page.go_back()
    expect(fields.nth(0)).to_have_value("Zoë Lang")
    expect(fields.nth(1)).to_have_value("zoe@example.de")


@BOTH
def test_declined_then_paid(open_page: Open, width: int, js: bool) -> None:
    page = open_page("/", width=width, js=js)
    paying.to_paying(page)
    choose(page, "decline")
    expect(page.locator(".told")).to_contain_text("abgelehnt")
    choose(page, "ok")
    is_paid(page)


@BOTH
def test_the_bank_asks(open_page: Open, width: int, js: bool) -> None:
    """3-D Secure: failed, left, then done."""
    page = open_page("/", width=width, js=js)
    paying.to_paying(page)
    choose(page, "secure")
    choose(page, "secure_fail")
    expect(page.locator(".told")).to_contain_text("abgelehnt")
    choose(page, "secure")
    choose(page, "secure_left")
    page.locator('.told a[href$="/3ds"]').click()
    choose(page, "secure_ok")
    is_paid(page)


@BOTH
def test_the_bank_answers_later(open_page: Open, width: int, js: bool) -> None:
    """A direct debit comes through after a while; our page looks until it has."""
    page = open_page("/", width=width, js=js)
    paying.to_paying(page)
    choose(page, "later_ok")
    is_paid(page)


def test_a_debit_comes_back_and_the_goods_go_into_the_basket_again(open_page: Open) -> None:
    page = open_page("/", width=PHONE, js=False)
    paying.to_paying(page)
    choose(page, "later_fail")
    expect(page).to_have_url(STATUS)
    is_over(page)
    page.locator('form[action$="/nochmal/"] [type=submit]').click()
    expect(page).to_have_url(re.compile(r"/korb/$"))
    expect(page.locator("main")).to_contain_text("Zartbitterschokolade")


@BOTH
def test_given_up(open_page: Open, width: int, js: bool) -> None:
    page = open_page("/", width=width, js=js)
    paying.to_paying(page)
    choose(page, "back")
    expect(page).to_have_url(STATUS)
    page.locator('a[href$="/zahlen/"]').click()
    expect(page).to_have_url(HOSTED)
    choose(page, "back")
    page.locator('form[action$="/aufgeben/"] [type=submit]').click()
    is_over(page)


def test_paid_in_the_last_second(open_page: Open) -> None:
    page = open_page("/", width=PHONE)
    paying.to_paying(page)
    hosted = page.url
    choose(page, "last_second")
    expect(page.locator(".told")).to_contain_text("in der letzten Sekunde")
    choose(page, "back")
    expect(page.locator('a[href$="/zahlen/"]')).to_be_visible()
    paying.tell_stand_in(hosted, "expire")
    paying.until(page, page.locator(paying.RUNS))
    is_paid(page)


def test_two_tabs_pay_once(open_page: Open) -> None:
    page = open_page("/")
    paying.to_paying(page)
    other = page.context.new_page()
    other.goto(page.url)
    choose(page, "ok")
    is_paid(page)
    choose(other, "ok")
    expect(other.locator("h1")).to_contain_text("schon erledigt")
    other.locator("a.on").click()
    is_paid(other)
    expect(other.locator(".ticket")).to_have_count(1)


@BOTH
def test_found_taken_handed_over_and_a_part_refunded(open_page: Open, width: int, js: bool) -> None:
    shopper = open_page("/", width=width, js=js)
    number = paying.bought(shopper)

    desk = open_page(f"{BOOKS}{number}/", width=PHONE, js=js)
    sign(desk, BOOKSELLER)
    expect(desk).to_have_url(re.compile(rf"/theke/{number}/"))
    if desk.locator('form[action$="/annehmen/"]').count():
        desk.locator('form[action$="/annehmen/"] [type=submit]').click()
        desk.goto(f"{BOOKS}{number}/")
    desk.locator("#found > [type=submit]").click()
    # The money is taken, then it is ready; the code finds it.
    desk.goto(f"{BOOKS}{number}/")
    paying.until(desk, desk.locator(".act-bar button"))
    _look(desk, js=js)
    desk.locator(".act-bar button").click()
    expect(desk.locator(".undo button")).to_be_visible()
    shopper.reload()
    expect(shopper.locator(paying.RUNS)).to_have_count(0)
    _look(shopper, js=js)

    owner = open_page(f"{ROOMS}/zahlungen/", width=PHONE, js=js)
    sign(owner, BOOKSHOP)
    _look(owner, js=js)
    row = owner.locator(".payrow", has=owner.locator(f'a[href$="/theke/{number}/"]'))
    row.locator(".paid__head a").click()
    _refund(owner, "1,00", js=js)

    shopper.reload()
    expect(shopper.locator(".ticket__sentence")).to_contain_text("1,00")
    mails = open_page("/", js=False)
    _some_letter_says(mails, "1,00")


def _refund(page: Page, amount: str, *, js: bool) -> None:
    _look(page, js=js)
    page.locator("[name=amount]").fill(amount)
    page.locator('form[action$="/erstatten/"] > p > button.button--large').click()
    expect(page.locator("h1")).to_contain_text(amount)
    _look(page, js=js)
    page.locator('form[action$="/erstatten/"] button').click()
    expect(page.locator(".message")).to_be_visible()
    expect(page.locator("[aria-labelledby=refunds-head] li")).to_contain_text(amount)


def _look(page: Page, *, js: bool) -> None:
    """With scripts only: axe is one."""
    if js:
        look(page)


def _some_letter_says(page: Page, words: str) -> None:
    """The worker sends it in a moment, and others write letters of this town as well."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for letter in letters(page)[:12]:
            page.goto(letter)
            if words in page.content():
                return
    raise AssertionError(f"no mail says {words}")


def test_uncollected_is_a_task_and_the_clock_lets_it_be(open_page: Open, demo: Demo) -> None:
    page = open_page(DESK, width=PHONE)
    sign(page, STAFF)
    tasks = page.locator("#unclaimed li")
    expect(tasks).to_have_count(1)
    subprocess.run(
        [sys.executable, "manage.py", "tick"],
        cwd=databases.ROOT,
        env=demo.env() | {"DEMO": "1"},
        check=True,
        capture_output=True,
    )
    page.reload()
    expect(tasks).to_have_count(1)
    tasks.locator("a.button").click()
    look(page)
    expect(page.locator('a[href^="mailto:"]').first).to_be_visible()
    expect(page.locator(".act-bar button")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["d", "p-dark"])
def test_pages_of_paying(open_page: Open, width: int, dark: bool) -> None:
    page = open_page("/", width=width, dark=dark)
    paying.to_review(page)
    look(page)
    page.locator("main form.order__form [type=submit]").click()
    assert page.locator(".field__error").count(), "an empty form says what is missing"
    look(page)
    paying.to_paying(page)
    choose(page, "back")
    expect(page).to_have_url(STATUS)
    look(page)
    page.locator('a[href$="/zahlen/"]').click()
    expect(page).to_have_url(HOSTED)
    choose(page, "ok")
    is_paid(page)
    look(page)


def test_the_owners_room_of_the_account(open_page: Open) -> None:
    page = open_page("/haendler/haushaltswaren-lindhorst/online-zahlung/", width=PHONE, dark=True)
    sign(page, OWNER)
    look(page)
    for path in ("zahlungen/", "zahlungen/?month=all"):
        page.goto(f"/haendler/haushaltswaren-lindhorst/{path}")
        look(page)
    page.locator(".paid__head a").first.click()
    look(page)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_desk_has_a_case(open_page: Open, width: int) -> None:
    page = open_page("/cms/zahlungen/", width=width)
    sign(page, EDITOR)
    expect(page).to_have_url(re.compile(r"/cms/zahlungen/$"))
    page.locator('main a[href*="/cms/zahlungen/"]').first.click()
    expect(page).to_have_url(re.compile(r"/cms/zahlungen/\d+/$"))
    expect(page.locator("main")).to_contain_text("Haushaltswaren Lindhorst")
