"""The demo towns' own pages, from `town/pages/`, planted as their editors would have written them.

Dates are relative to `now`; goods and shops are looked for, and what a town does not have is left
out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.core.files.images import ImageFile
from django.utils import timezone
from wagtail.models import Locale, Page

from cms.domain import editors
from cms.enums import Basis, Consent, Drawing, Licence, Publisher
from cms.models import (
    CampaignIndex,
    CampaignPage,
    CityImage,
    ContentPage,
    EasyPage,
    GuidePage,
    HomePage,
    SignPage,
)
from marketplace.workbench import town
from marketplace.workbench.domain import operator
from shops.models import Branch, Category, City, Product, Shop

_KINDS: dict[str, Any] = {
    "home": HomePage,
    "content": ContentPage,
    "easy": EasyPage,
    "sign": SignPage,
    "guide": GuidePage,
    "campaigns": CampaignIndex,
    "campaign": CampaignPage,
}


class _Missing(LookupError):
    """The town has no such shop or goods."""


@dataclass
class _Desk:
    """What all pages of one town share while they are written."""

    city: City
    now: datetime
    pictures: dict[str, CityImage] = field(default_factory=dict)

    def day(self, days: int | None) -> Any:
        return None if days is None else timezone.localdate(self.now) + timedelta(days=days)

    def picture(self, name: str | None) -> CityImage | None:
        """A render of ours, taken into the town's own collection once."""
        if name is None:
            return None
        if name not in self.pictures:
            alt = town.pages("pictures")[name]
            path = town.PAGES / "pictures" / f"{name}.webp"
            with path.open("rb") as file:
                self.pictures[name] = CityImage.objects.create(
                    title=name,
                    file=ImageFile(file, name=f"{self.city.slug}-{path.name}"),
                    collection=editors.collection(self.city),
                    alt=alt["de"],
                    alt_en=alt["en"],
                    credit=town.CREDIT,
                    licence=Licence.OWN,
                    consent=Consent.NOBODY,
                )
        return self.pictures[name]

    def shop(self, slug: str) -> Shop:
        found = Shop.objects.filter(city=self.city, slug=slug).first()
        if found is None:
            raise _Missing(slug)
        return found

    def goods(self, wanted: dict[str, Any]) -> list[int]:
        """A few goods of each category, in turns: what an editor would pick by hand."""
        rows = Product.objects.filter(city=self.city, is_live=True).order_by("sort_title", "pk")
        picked: list[int] = []
        share = -(-wanted["number"] // len(wanted["category"]))
        for slug in wanted["category"]:
            below = Category.objects.filter(slug=slug) | Category.objects.filter(parent__slug=slug)
            picked += rows.filter(category__in=below).values_list("pk", flat=True)[:share]
        if not picked:
            raise _Missing(", ".join(wanted["category"]))
        return picked[: wanted["number"]]


def plant(*, city: City, now: datetime) -> None:
    """Give a town its campaigns, guides, legal and help pages and front pages' text, translated."""
    operator.tell(city=city, now=now)
    desk = _Desk(city, now)
    home = city.site.root_page.specific
    shared = (*town.pages("everywhere"), *town.pages("legal"), *town.pages("help"))
    for row in (*town.pages(city.slug), *shared):
        if row["kind"] == "home":
            for page in home.get_translations(inclusive=True):
                _write(page.specific, row, desk)
        else:
            _add(home, row, desk)


def _add(parent: Page, row: dict[str, Any], desk: _Desk) -> None:
    """A page, its translations and the pages below it."""
    if not _is_about_something(row, desk.city):
        return
    page = _KINDS[row["kind"]](slug=row["slug"], locale=parent.locale)
    _fill(page, row, desk)
    parent.add_child(instance=page)
    _publish(page)
    for locale in Locale.objects.exclude(pk=parent.locale_id):
        _write(page.copy_for_translation(locale).specific, row, desk)
    for below in row.get("children", []):
        _add(page, below, desk)


def _is_about_something(row: dict[str, Any], city: City) -> bool:
    """A guide to a street or quarter without a shop would be an empty page."""
    branches = Branch.objects.filter(shop__city=city)
    if "quarter" in row:
        return branches.filter(quarter=row["quarter"]).exists()
    return "street" not in row or branches.filter(street__startswith=row["street"]).exists()


def _write(page: Page, row: dict[str, Any], desk: _Desk) -> None:
    _fill(page, row, desk)
    _publish(page)


def _publish(page: Page) -> None:
    page.save_revision().publish()


def _fill(page: Any, row: dict[str, Any], desk: _Desk) -> None:
    """Every field that the row names, in the language of the page."""
    spoken = partial(_spoken, language=page.locale.language_code, city=desk.city)
    for name in ("title", "intro"):
        if name in row:
            setattr(page, name, spoken(row[name]))
    page.search_description = spoken(row.get("description", ""))
    page.show_in_menus = row.get("menu", False)
    page.publisher = Publisher[row.get("publisher", "CITY")]
    page.basis = Basis.EDITORIAL
    if "body" in row:
        blocks = list(_blocks(spoken(row["body"]), row.get("slug", "home"), desk))
        page.body = page._meta.get_field("body").to_python(blocks)
    if isinstance(page, ContentPage):
        page.legal, page.is_sample = row.get("legal", ""), row.get("sample", False)
        page.valid_from = desk.day(row.get("valid"))
    if isinstance(page, GuidePage):
        page.quarter, page.street = row.get("quarter", ""), row.get("street", "")
        page.picture = desk.picture(row.get("picture"))
    if isinstance(page, CampaignPage):
        page.picture = desk.picture(row.get("picture"))
        page.drawing = Drawing(row.get("drawing", ""))
        page.first_day, page.last_day = desk.day(row["from"]), desk.day(row["to"])


def _spoken(value: Any, *, language: str, city: City) -> Any:
    """`{"de": …, "en": …}` anywhere below, said in one language."""
    again = partial(_spoken, language=language, city=city)
    if isinstance(value, dict):
        if value.keys() == {"de", "en"}:
            return again(value[language])
        return {name: again(each) for name, each in value.items()}
    if isinstance(value, list):
        return [again(each) for each in value]
    if not isinstance(value, str):
        return value
    return value.replace("{city}", city.name)


def _blocks(rows: list[dict[str, Any]], slug: str, desk: _Desk) -> Iterator[dict[str, Any]]:
    """Blocks as the desk stores them; one whose shop or goods are missing is left out."""
    for number, row in enumerate(rows):
        try:
            value = _stored(row["type"], row["value"], desk)
        except _Missing:
            continue
        name = f"{desk.city.slug}/{slug}/{number}"
        yield {"type": row["type"], "value": value, "id": str(uuid5(NAMESPACE_URL, name))}


_RULE = {"category": "", "words": "", "price": None, "shop": None, "today": False}
_SHOPS = {"quarter": "", "trade": "", "open": False, "number": 6}


def _stored(kind: str, value: Any, desk: _Desk) -> Any:
    if not isinstance(value, dict):
        return _items(value) if isinstance(value, list) else value
    value = dict(value)
    if kind == "goods_by_rule":
        value = _RULE | value
    if kind == "shops_by_rule":
        value = _SHOPS | value
    if value.get("shop"):
        value["shop"] = desk.shop(value["shop"]).pk
    if "goods" in value:
        value["goods"] = _items(desk.goods(value["goods"]))
    if value.get("picture"):
        picture = desk.picture(value["picture"])
        value["picture"] = picture.pk if picture else None
    if "examined_on" in value:
        value["examined_on"] = desk.day(value["examined_on"]).isoformat()
        value["gaps"] = _items(value["gaps"])
    if "dates" in value:
        dates = [each | {"day": desk.day(each["day"]).isoformat()} for each in value["dates"]]
        value["dates"] = _items(dates)
    return value


def _items(values: list[Any]) -> list[dict[str, Any]]:
    return [
        {"type": "item", "value": value, "id": str(uuid5(NAMESPACE_URL, f"{number}-{value}"))}
        for number, value in enumerate(values)
    ]
