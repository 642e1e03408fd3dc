"""Which page of the city stands at an address; one query, where Wagtail walks down the tree."""

from collections.abc import Sequence

from django.db.models import Value
from django.db.models.functions import Concat
from wagtail.models import Page

#: Our kinds of pages, each read together with what its template shows at the top.
KINDS = (
    "homepage",
    "contentpage",
    "guidepage",
    "campaignindex",
    "campaignpage",
    "easypage",
    "signpage",
)
_WITH = (
    *KINDS,
    "guidepage__picture",
    "guidepage__trade",
    "campaignpage__picture",
    "signpage__picture",
    "signpage__film",
)


def find(*, root: Page, language: str, slugs: Sequence[str]) -> Page | None:
    """The live page below a site's front page in this language; None where it is not that simple.

    `root` is the front page in the default language.
    """
    homes = Page.objects.filter(
        translation_key=root.translation_key, locale__language_code=language, live=True
    )
    if slugs:
        path = Concat(homes.values("url_path")[:1], Value("/".join(slugs) + "/"))
        # The column of addresses has no index, that of slugs has one.
        found = Page.objects.live().filter(slug=slugs[-1], url_path=path)
    else:
        found = homes
    page = found.select_related(*_WITH).first()
    kind = page.cached_content_type.model if page else ""
    return getattr(page, kind) if kind in KINDS else None
