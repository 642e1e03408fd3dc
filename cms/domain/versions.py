"""Every published wording of a legal page is kept, numbered and sealed (law A16, law.md 9)."""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from wagtail.models import Page

from cms.domain import frame
from cms.models import ContentPage, PageVersion
from shops.models import City


@transaction.atomic
def keep(*, page: ContentPage, city: City, now: datetime) -> PageVersion | None:
    """Write the wording of a legal page as its next version; None where nothing is new.

    Called whenever Wagtail has published. A page that is no legal page keeps nothing.
    """
    if not page.legal:
        return None
    # RACE: two who publish at once number one after the other.
    Page.objects.select_for_update().filter(pk=page.pk).first()
    body = list(page.body.raw_data)
    valid_from = page.valid_from
    last = of(page_id=page.pk).first()
    sealed = seal(title=page.title, body=body, valid_from=valid_from)
    if last is not None and last.sha256 == sealed and last.is_sample == page.is_sample:
        return None
    return PageVersion.objects.create(
        city=city,
        page=page.pk,
        kind=page.legal,
        publisher=page.publisher,
        language=page.locale.language_code,
        number=last.number + 1 if last else 1,
        title=page.title,
        body=body,
        valid_from=valid_from or timezone.localdate(now),
        is_sample=page.is_sample,
        sha256=sealed,
        published_at=now,
    )


def catch_up(*, now: datetime) -> int:
    """Keep wordings that were published without being kept: before there were versions, or by a
    process that died in between. Returns how many; one query where there are none."""
    kept = PageVersion.objects.filter(
        page=OuterRef("pk"), published_at__gte=OuterRef("last_published_at")
    )
    behind = ContentPage.objects.live().exclude(legal="").filter(~Exists(kept))
    found = 0
    for page in behind.select_related("locale").order_by("pk"):
        city = frame.of(page)
        if city is not None:
            found += keep(page=page, city=city, now=now) is not None
    return found


def seal(*, title: str, body: list[Any], valid_from: date | None) -> str:
    """SHA-256 of a wording: the same for the same words, on every machine."""
    said = [title, body, valid_from.isoformat() if valid_from else None]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def of(*, page_id: int) -> QuerySet[PageVersion]:
    """The versions of a page, the youngest first."""
    return PageVersion.objects.filter(page=page_id).order_by("-number")


def latest(*, pages: list[int]) -> dict[int, PageVersion]:
    """The youngest version of each of these pages. Two queries."""
    rows = PageVersion.objects.filter(page__in=pages)
    numbers = dict(rows.values_list("page").annotate(number=Max("number")))
    return {row.page: row for row in rows.defer("body") if row.number == numbers[row.page]}
