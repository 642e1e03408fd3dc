"""Pages that the law wants of a city, and what they lack (law.md 9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cms.domain import operating, queries
from cms.enums import Lack, Legal, Publisher
from cms.models import ContentPage, EasyPage, HomePage, SignPage
from cms.models.facts import NEEDED
from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from shops.enums_legal import OperatorModel
from shops.models import City

#: LAW: NBGG § 9b: a statement is looked at again every year.
A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Duty:
    """One page that must be there in every language."""

    kind: str
    name: Any
    #: The rules that ask for it.
    why: str
    #: Its address, German and stable (design 10).
    slug: str
    model: type[Page] = ContentPage
    #: Who must have it; empty where one page serves both.
    publisher: str = ""
    #: Under which operators (`cms.domain.operating`).
    under: Sequence[str] = tuple(OperatorModel)
    #: Only where the town is invented.
    in_demo: bool = False

    @property
    def legal(self) -> str:
        return self.kind if self.model is ContentPage else ""

    @property
    def key(self) -> str:
        """In addresses of the desk."""
        return f"{self.kind}-CITY" if self.publisher == Publisher.CITY else self.kind


def _text(kind: Legal, why: str, slug: str, **more: Any) -> Duty:
    return Duty(kind, kind.label, why, slug, **more)


#: An operator beside the city.
_BESIDE = (OperatorModel.COMPANY, OperatorModel.PRIVATE)
_OPERATOR: dict[str, Any] = {"publisher": Publisher.OPERATOR, "under": _BESIDE}
_CITY: dict[str, Any] = {"publisher": Publisher.CITY}

DUTIES = (
    _text(Legal.IMPRINT, "DDG § 5, MStV § 18", "impressum", **_OPERATOR),
    _text(Legal.IMPRINT, "DDG § 5, MStV § 18", "impressum-stadt", **_CITY),
    _text(Legal.PRIVACY, "DSGVO Art. 13", "datenschutz", **_OPERATOR),
    _text(Legal.PRIVACY, "DSGVO Art. 13, NDSG § 3", "datenschutz-stadt", **_CITY),
    _text(Legal.ACCESSIBILITY, "NBGG § 9b", "barrierefreiheit", **_CITY),
    _text(Legal.BFSG, "BFSG § 14", "barrierefreiheit-marktplatz"),
    _text(Legal.TERMS, "BGB § 305, DSA Art. 14", "nutzungsbedingungen"),
    _text(Legal.RETAILERS, "P2B Art. 3", "bedingungen-fuer-laeden"),
    _text(Legal.CONTACT, "DSA Art. 11, 12, 16", "kontakt"),
    _text(Legal.HOW, "EGBGB Art. 246c", "so-funktionierts"),
    _text(Legal.PAYMENT, "BGB § 312j(1)", "zahlung-und-abholung"),
    _text(Legal.GUARANTEE, "BGB §§ 434, 475", "gewaehrleistung"),
    _text(Legal.DISPUTE, "VSBG § 36", "verbraucherschlichtung"),
    _text(Legal.SAFETY, "GPSR Art. 22", "produktsicherheit"),
    _text(Legal.MODERATION, "DSA Art. 14, 17, 20", "regeln-fuer-inhalte"),
    _text(Legal.JOINT, "DSGVO Art. 26", "gemeinsam-verantwortlich"),
    _text(Legal.DISPOSAL, "ElektroG § 18, BattDG, VerpackDG", "entsorgung"),
    _text(Legal.DEMO, "UWG § 5", "nur-zum-ausprobieren", in_demo=True),
    Duty("EASY", _("page in Leichte Sprache"), "NBGG, BITV § 4", "leichte-sprache", EasyPage),
    Duty("SIGN", _("page in sign language"), "NBGG, BITV § 4", "gebaerdensprache", SignPage),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """A duty that is not met in one language."""

    duty: Duty
    lack: Lack
    language: str
    #: What there is of it: the draft, the sample, the page in the first language.
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class _State:
    """What all pages are held against."""

    today: date
    #: The operator's imprint can be made from what it has told.
    is_told: bool


def wanted(*, city: City) -> list[Duty]:
    """What this city must have, by who operates the marketplace. LAW: law.md 1."""
    model = operating.model(city=city)
    return [duty for duty in DUTIES if model in duty.under and (settings.DEMO or not duty.in_demo)]


def gaps(*, city: City, now: datetime) -> list[Gap]:
    """What is missing, hidden, not translated, out of date or still a sample; the gravest first.

    A constant number of queries. While the first language lacks a page, the others are not told.
    """
    homes = queries.homes(city=city)
    homes.sort(key=lambda home: home.locale.language_code != settings.LANGUAGE_CODE)
    below = Q(pk__in=[])
    for home in homes:
        below |= Q(path__startswith=home.path)
    shown = set(Page.objects.live().public().filter(below).values_list("pk", flat=True))
    pages: list[Any] = list(ContentPage.objects.filter(below).exclude(legal="").order_by("path"))
    for model in (EasyPage, SignPage):
        pages += model.objects.filter(below).order_by("path")
    state = _State(timezone.localdate(now), operating.is_told(city=city))
    found = [gap for duty in wanted(city=city) for gap in _gaps(duty, homes, pages, shown, state)]
    grave = list(Lack)
    return sorted(found, key=lambda gap: grave.index(gap.lack))


@transaction.atomic
def begin(*, home: HomePage, duty: Duty, by: Actor, user: Any, now: Any) -> Page:
    """A draft of the page, below the front page in the first language, for its editor to fill."""
    with translation.override(home.locale.language_code):
        title = str(duty.name)
    page = duty.model(title=title[:1].upper() + title[1:], locale=home.locale, live=False)
    page.owner = user
    if not home.get_children().filter(slug=duty.slug).exists():
        page.slug = duty.slug
    if isinstance(page, ContentPage):
        page.legal = duty.legal
        page.publisher = duty.publisher or Publisher.OPERATOR
    home.add_child(instance=page)
    page.save_revision(user=user)
    history.record(
        verb="page.begin", subject=f"page:{page.pk}", scope=f"site:{home.pk}", by=by, now=now
    )
    return page


def _gaps(
    duty: Duty, homes: list[Page], pages: list[Any], shown: set[int], state: _State
) -> list[Gap]:
    found: list[Gap] = []
    first: Page | None = None
    for home in homes:
        language = home.locale.language_code
        ours = [
            page
            for page in pages
            if isinstance(page, duty.model)
            and page.path.startswith(home.path)
            and (not duty.legal or page.legal == duty.legal)
            and (not duty.publisher or page.publisher == duty.publisher)
        ]
        seen = [page for page in ours if page.pk in shown]
        if seen:
            lack = _lack(seen, state)
            first = first or seen[0]
            if lack is not None:
                found.append(Gap(duty, lack, language, seen[0]))
        elif ours:
            found.append(Gap(duty, Lack.DRAFT, language, ours[0]))
        elif home is homes[0]:
            return [Gap(duty, Lack.MISSING, language)]
        elif first is not None:
            found.append(Gap(duty, Lack.UNTRANSLATED, language, first))
    return found


def _lack(pages: list[Any], state: _State) -> Lack | None:
    """What a published page still lacks; one that is complete is enough."""
    lacks = [_lack_of(page, state) for page in pages]
    return None if None in lacks else lacks[0]


def _lack_of(page: Any, state: _State) -> Lack | None:
    if isinstance(page, SignPage):
        return None if page.has_film else Lack.NO_FILM
    if not isinstance(page, ContentPage):
        return None
    facts = {each["type"]: each["value"] for each in page.body.raw_data}
    if any(not facts.keys() & group for group in NEEDED.get(page.legal, ())):
        return Lack.NO_FACTS
    if "told" in facts and not state.is_told:
        return Lack.NO_FACTS
    examined = parse_date(str((facts.get("statement") or {}).get("examined_on", "")))
    if examined is not None and state.today - examined > A_YEAR:
        return Lack.OLD
    return Lack.SAMPLE if page.is_sample else None
