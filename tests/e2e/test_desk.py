"""The city's desk in a browser: a campaign made, previewed and scheduled; goods that heal."""

import re
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from marketplace.workbench import town
from marketplace.workbench.domain import townhours
from shops.domain import sundays
from tests import databases
from tests.e2e.conftest import DISTURBED, EDITOR, PHONE, Open
from tests.e2e.conftest import sign_in as sign
from tests.workbench.town import Demo

pytestmark = pytest.mark.both


#: The desk's word for it; where it refuses it says "nicht erstellt".
SAVED = "(?<!nicht )(erstellt|aktualisiert)"


def insert(page: Page, kind: str) -> int:
    """Add a block of that name at the end; its number."""
    blocks = page.locator('input[name^="body-"][name$="-type"]')
    before = blocks.count()
    page.get_by_title("Einen Block einfügen").last.click()
    page.locator("[role=option]").filter(has_text=kind).first.click()
    expect(blocks).to_have_count(before + 1)
    return before


def act(page: Page, words: str, *, answer: str) -> None:
    """One of the actions at the foot of the editor, until the desk says that it is done."""
    button = page.get_by_role("button", name=words, exact=True)
    if not button.first.is_visible():
        page.get_by_role("button", name="Mehr Aktionen").click()
    button.first.click()
    expect(page.locator(".messages")).to_contain_text(re.compile(answer), timeout=20_000)


def test_an_editor_makes_a_campaign_with_three_living_blocks(open_page: Open) -> None:
    page = open_page("/cms/", width=1400)
    sign(page, EDITOR)
    page.goto("/cms/hilfe/kampagne/")
    page.locator('main a[href*="campaignpage"]').click()
    page.wait_for_load_state("networkidle")

    page.fill("input[name=title]", "Lichterwoche")
    page.fill("textarea[name=intro]", "Eine Woche lang brennt in der Stadt mehr Licht als sonst.")
    rule = insert(page, "Waren nach Regel")
    page.fill(f"input[name=body-{rule}-value-heading]", "Kerzen und Lampen")
    page.fill(f"input[name=body-{rule}-value-price]", "200")
    # While one writes the rule, the desk says how much fits.
    expect(page.locator("body")).to_contain_text(re.compile(r"passen \d+ Artikel"))
    shops = insert(page, "Läden nach Regel")
    page.fill(f"input[name=body-{shops}-value-heading]", "Hier brennt Licht")
    online = insert(page, "Online-Angebote eines Ladens")
    page.fill(f"input[name=body-{online}-value-heading]", "Auch im Netz")
    page.get_by_role("button", name=re.compile("Laden auswählen|Shop auswählen")).last.click()
    page.locator(".modal a", has_text="Haushaltswaren Lindhorst").first.click()
    expect(page.locator(".modal")).to_have_count(0)

    # Pressed at once, while the desk saves by itself: one page comes of it, not two.
    act(page, "Entwurf speichern", answer=SAVED)
    assert re.search(r"/cms/pages/\d+/edit/", page.url)

    # Preview beside the form: the page with its goods, in a frame of our own host.
    page.get_by_role("button", name="Vorschau umschalten").click()
    frame = page.frame_locator("iframe[title], iframe").first
    expect(frame.locator("h1")).to_contain_text("Lichterwoche")
    expect(frame.locator(".card").first).to_be_attached()

    # A draft is nobody's page yet.
    visitor = open_page("/aktionen/lichterwoche/")
    expect(visitor.locator("h1")).not_to_contain_text("Lichterwoche")

    # Published, it lives.
    act(page, "Veröffentlichen", answer="veröffentlicht")
    visitor.goto("/aktionen/lichterwoche/")
    expect(visitor.locator("h1")).to_contain_text("Lichterwoche")
    expect(visitor.locator(".card").first).to_be_attached()


#: What the tick does with pages, in a process whose clock shows the given moment.
LATER = """
import datetime, sys, django, time_machine
django.setup()
from cms.domain import schedule
now = datetime.datetime.fromisoformat(sys.argv[1])
with time_machine.travel(now, tick=False):
    schedule.run(now=now)
"""


def let_pages_come_and_go(demo: Demo, now: datetime) -> None:
    """Only the pages: every other test shares this town and lives today."""
    done = subprocess.run(
        [sys.executable, "-c", LATER, now.isoformat()],
        cwd=databases.ROOT,
        env=demo.env(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_an_editor_schedules_a_campaign_that_comes_and_goes(demo: Demo, open_page: Open) -> None:
    # Noon: the same wall clock on both sides of a change of time.
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    begins, ends = noon + timedelta(days=2), noon + timedelta(days=5)
    page = open_page("/cms/", width=1400)
    sign(page, EDITOR)
    page.goto("/cms/hilfe/kampagne/")
    page.locator('main a[href*="campaignpage"]').click()
    page.wait_for_load_state("networkidle")
    page.fill("input[name=title]", "Nacht der Lichter")
    page.fill("textarea[name=intro]", "Eine Nacht lang brennt überall Licht.")
    act(page, "Entwurf speichern", answer=SAVED)

    page.get_by_role("button", name="Status umschalten").click()
    page.get_by_role("button", name="Zeitplan festlegen").click()
    dialog = page.get_by_role("dialog")
    picker = page.locator(".xdsoft_datetimepicker:visible")
    for name, moment in (("go_live_at", begins), ("expire_at", ends)):
        field = dialog.locator(f"input[name={name}]")
        field.focus()
        expect(picker).to_have_count(1)
        field.fill(f"{moment:%Y-%m-%d %H:%M}")
        field.press("Tab")
    expect(picker).to_have_count(0)
    with page.expect_navigation():  # else the next click may still meet the old page
        dialog.get_by_role("button", name="Zeitplan speichern").click()
    page.wait_for_load_state("networkidle")
    act(page, "Zur Veröffentlichung einplanen", answer="zur Veröffentlichung eingeplant")
    row = page.locator("tr", has_text="Nacht der Lichter")
    expect(row).to_contain_text(re.compile("geplant", re.IGNORECASE))

    def status() -> int:
        return int(visitor.goto("/aktionen/nacht-der-lichter/").status)

    visitor = open_page("/aktionen/")
    assert status() == 404
    let_pages_come_and_go(demo, begins)
    assert status() == 200
    let_pages_come_and_go(demo, ends)
    assert status() == 404


def alone(shelf: Locator) -> tuple[Locator, dict[str, Any]]:
    """A card of goods that one branch alone has, and its shop: which it is, the hour decides."""
    for card in shelf.locator(".card").all():
        text = card.inner_text()
        for shop in town.load()["shops"]:
            if shop["name"] in text and "weiter" not in text and len(shop["branches"]) == 1:
                return card, shop
    raise AssertionError("each of these goods is in several shops")


def test_sold_out_goods_leave_a_campaign_at_once_and_others_take_their_place(
    open_page: Open,
) -> None:
    visitor = open_page("/aktionen/advent/")
    shelf = visitor.locator("section:has(> .cards)").first
    only, shop = alone(shelf)
    title = only.locator(".card__title").inner_text()
    link = str(only.locator(".card__title a").get_attribute("href"))
    before = shelf.locator(".card").count()

    goods = f"/haendler/{shop['slug']}/{shop['branches'][0]['slug']}/waren/"
    clerk = open_page(goods)
    sign(clerk, shop["members"][0]["email"])
    clerk.goto(f"{goods}?q={title}")
    # Every kind of it: each button says that the shelf is empty.
    buttons = clerk.locator('form[action$="/ausverkauft/"] button')
    for number in range(buttons.count()):
        with clerk.expect_navigation():
            buttons.nth(number).click()
        clerk.goto(f"{goods}?q={title}")

    visitor.reload()
    assert shelf.locator(f"a[href='{link}']").count() == 0
    assert shelf.locator(".card").count() == before


def test_a_sunday_is_planned_and_permitted_on_a_phone_without_scripts(open_page: Open) -> None:
    taken = sundays.first_lawful("NI", timezone.localdate() + townhours.PLANNED)
    day = sundays.first_lawful("NI", taken + timedelta(days=1))
    page = open_page("/cms/", width=PHONE, js=False)
    sign(page, EDITOR)
    page.goto(f"/cms/kalender/?jahr={day.year}")
    plan = page.locator("form[action*='/planen/']")
    plan.locator("[name=date]").fill((day + timedelta(days=1)).isoformat())
    plan.locator("[name=reason]").fill("Frühlingsfest")
    plan.locator("button").click()
    expect(page.locator("[role=alert]")).to_have_count(1)
    expect(plan.locator("[name=reason]")).to_have_value("Frühlingsfest")

    plan.locator("[name=date]").fill(day.isoformat())
    plan.locator("button").click()
    row = page.locator(".listing > li").filter(has_text="Frühlingsfest")
    row.locator("[name=permit]").fill("32-14/27")
    row.locator("form button").click()
    expect(row).to_contain_text("32-14/27")
    row.locator("a[href$='/zurueckziehen/']").click()
    page.locator("form[action$='/zurueckziehen/'] button").click()
    expect(row.locator("a[href$='/zurueckziehen/']")).to_have_count(0)


def stands_well(page: Page) -> None:
    """Nothing scrolls sideways and axe finds nothing; for a page of ours that has arrived."""
    page.wait_for_load_state("networkidle")
    wide, shown = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= shown, page.url
    DISTURBED.add(page)
    told = Axe().run(page).response["violations"]
    assert [each["id"] for each in told] == [], page.url


def test_the_calendar_breaks_no_rule_on_a_phone(open_page: Open) -> None:
    page = open_page("/cms/", width=PHONE)
    sign(page, EDITOR)
    for path in ("", "ortsbereiche/", "bestaetigt/"):
        page.goto(f"/cms/kalender/{path}")
        stands_well(page)


def test_a_barrier_is_reported_without_scripts_and_decided_on_a_phone(open_page: Open) -> None:
    visitor = open_page("/laeden/", width=PHONE, js=False)
    visitor.locator('footer a[href="/barriere/"]').click()
    expect(visitor.locator("[name=page]")).to_have_value(re.compile("/laeden/$"))
    visitor.locator("main form [type=submit]").click()
    expect(visitor.locator(".field__error")).to_have_count(1)
    visitor.fill("[name=words]", "Der Knopf hat keinen Namen.")
    visitor.fill("[name=email]", "ada@example.de")
    visitor.locator("main form [type=submit]").click()
    expect(visitor.locator("main .message--okay")).to_be_visible()
    assert visitor.context.cookies() == []

    page = open_page("/cms/", width=PHONE)
    sign(page, EDITOR)
    page.locator('main a[href="/cms/meldungen/"]').click()
    report = page.locator("main tr", has_text="/laeden/").locator("a")
    report.click()
    expect(page.locator("[name=reasons]")).to_be_visible()
    stands_well(page)
    page.check("[name=decision][value=ACTED]")
    page.fill("[name=reasons]", "Der Knopf hat jetzt einen Namen.")
    page.locator("main form [type=submit]").click()
    report.click()
    expect(page.locator("main")).to_contain_text("Der Knopf hat jetzt einen Namen.")
    expect(page.locator("[name=reasons]")).to_have_count(0)
    stands_well(page)
