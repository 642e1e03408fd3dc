"""What stands around every page of a city: its menu and its legal pages, told downwards to City.

The frame is drawn on pages of goods and shops too, which know no page of the desk (design 2); and a
menu that is asked for by each page would cost each page two queries.
"""

from wagtail.models import Page

from cms.enums import Legal, Publisher
from cms.models import ContentPage, EasyPage, SignPage
from shops.domain import cities
from shops.models import City

#: Legal pages that stand at the foot of every page, in this order; all of them stand in the list of
#: legal texts, which is linked there.
_AT_THE_FOOT = (
    Legal.IMPRINT,
    Legal.PRIVACY,
    Legal.TERMS,
    Legal.ACCESSIBILITY,
    Legal.CONTACT,
    Legal.GUARANTEE,
    Legal.DEMO,
)


def tell(*, city: City, without: Page | None = None) -> None:
    """Write menu, help and legal pages, as published now, in each language to the city.

    A constant number of queries.
    """
    front = city.site.root_page
    homes = front.get_translations(inclusive=True).live().select_related("locale")
    cities.frame(
        city=city,
        frame={home.locale.language_code: _links(home, without) for home in homes},
    )


def of(page: Page) -> City | None:
    """The city a page belongs to; None where it hangs below none."""
    site = page.get_site()
    if site is not None:
        return City.objects.filter(site=site).select_related("site__root_page").first()
    return None


def _links(home: Page, without: Page | None) -> dict[str, list[dict[str, str]]]:
    left_out = without.pk if without is not None else None
    shown = home.get_children().live().public().exclude(pk=left_out)
    texts = (
        ContentPage.objects.child_of(home).live().public().exclude(legal="").exclude(pk=left_out)
    )
    kinds = list(texts)
    return {
        "menu": [_link(page) for page in shown.filter(show_in_menus=True)],
        # LAW: how the place works, in easy language and in sign language (BITV § 4).
        "help": [
            *(_link(page) for page in kinds if page.legal == Legal.HOW and not page.show_in_menus),
            *(_link(page) for page in shown.type(EasyPage, SignPage)),
        ],
        "shops": [_link(page) for page in kinds if page.legal == Legal.RETAILERS],
        # LAW: DDG § 5, NBGG § 9b: whose page it is decides whose imprint, privacy notice and
        # statement stand below it.
        "legal": _foot(kinds, Publisher.OPERATOR),
        "city": _foot(kinds, Publisher.CITY),
    }


def _foot(pages: list[ContentPage], publisher: Publisher) -> list[dict[str, str]]:
    """Legal pages as they stand below the pages of a publisher: of each kind its own and, where it
    has none of that kind, those of the other."""
    found = []
    for kind in _AT_THE_FOOT:
        same = [page for page in pages if page.legal == kind]
        own = [page for page in same if page.publisher == publisher]
        found += [_link(page) for page in own or same]
    return found


def _link(page: Page) -> dict[str, str]:
    parts = page.get_url_parts()
    return {"title": page.title, "path": parts[2] if parts else ""}
