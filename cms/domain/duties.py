"""Pages that the law wants of a city, and what they lack (law.md 9)."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cms.domain import queries
from cms.enums import Lack, Legal
from cms.models import ContentPage, EasyPage, HomePage, SignPage
from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from shops.models import City


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

    @property
    def legal(self) -> str:
        return self.kind if self.model is ContentPage else ""


DUTIES = (
    Duty(Legal.IMPRINT, Legal.IMPRINT.label, "DDG § 5, MStV § 18", "impressum"),
    Duty(Legal.PRIVACY, Legal.PRIVACY.label, "DSGVO Art. 13", "datenschutz"),
    Duty(
        Legal.ACCESSIBILITY,
        Legal.ACCESSIBILITY.label,
        "NBGG § 9b, BFSG § 14",
        "barrierefreiheit",
    ),
    Duty(Legal.TERMS, Legal.TERMS.label, "BGB § 305, DSA Art. 14", "nutzungsbedingungen"),
    Duty(Legal.RETAILERS, Legal.RETAILERS.label, "P2B Art. 3", "bedingungen-fuer-laeden"),
    Duty(Legal.CONTACT, Legal.CONTACT.label, "DSA Art. 11, 12, 16", "kontakt"),
    Duty(Legal.HOW, Legal.HOW.label, "EGBGB Art. 246c", "so-funktionierts"),
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


def gaps(*, city: City) -> list[Gap]:
    """What is missing, hidden, not translated or still a sample; the gravest first.

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
    found = [gap for duty in DUTIES for gap in _gaps(duty, homes, pages, shown)]
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
    home.add_child(instance=page)
    page.save_revision(user=user)
    history.record(
        verb="page.begin", subject=f"page:{page.pk}", scope=f"site:{home.pk}", by=by, now=now
    )
    return page


def _gaps(duty: Duty, homes: list[Page], pages: list[Any], shown: set[int]) -> list[Gap]:
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
        ]
        seen = [page for page in ours if page.pk in shown]
        if seen:
            lack = _lack(seen)
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


def _lack(pages: list[Any]) -> Lack | None:
    """What a published page still lacks; one that is complete is enough."""
    lacks = [
        Lack.NO_FILM
        if isinstance(page, SignPage) and not page.has_film
        else Lack.SAMPLE
        if isinstance(page, ContentPage) and page.is_sample
        else None
        for page in pages
    ]
    return None if None in lacks else lacks[0]
