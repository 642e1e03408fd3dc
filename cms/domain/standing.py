"""How every page that the law wants stands: for the desk's list and for the public one."""

from dataclasses import dataclass, field
from datetime import datetime

from wagtail.models import Page

from cms.domain import duties, queries, versions
from cms.domain.duties import Duty, Gap
from cms.enums import Publisher
from cms.models import ContentPage, PageVersion
from shops.models import City


@dataclass(slots=True)
class Row:
    """A duty with what it lacks in any language; complete where that is nothing."""

    duty: Duty
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Text:
    """A published legal page with its youngest version."""

    page: ContentPage
    version: PageVersion | None


def rows(*, city: City, now: datetime) -> list[Row]:
    """Every duty of the city, in the order of the list."""
    found = {duty.key: Row(duty) for duty in duties.wanted(city=city)}
    for gap in duties.gaps(city=city, now=now):
        found[gap.duty.key].gaps.append(gap)
    return list(found.values())


def texts(*, city: City, language: str) -> dict[Publisher, list[Text]]:
    """Published legal pages in one language, by who answers for them. A constant number of
    queries."""
    homes = [each for each in queries.homes(city=city) if each.locale.language_code == language]
    if not homes:
        return {}
    found = _below(homes[0])
    seen = versions.latest(pages=[page.pk for page in found])
    kinds: dict[Publisher, list[Text]] = {}
    for page in found:
        text = Text(page, seen.get(page.pk))
        kinds.setdefault(Publisher(page.publisher), []).append(text)
    return kinds


def _below(home: Page) -> list[ContentPage]:
    shown = ContentPage.objects.descendant_of(home).live().public()
    return list(shown.exclude(legal="").select_related("locale").order_by("title", "pk"))
