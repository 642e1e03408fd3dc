"""All legal texts of a city, and every wording that one of them has had."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms import access as allowed
from cms.domain import frame, operating, standing, versions
from cms.models import ContentPage
from cms.views import heads
from marketplace.core.http import access, public_page
from shops.requests import city_of

#: Seconds.
A_MINUTE = 60


@access("public")
@public_page(A_MINUTE)
def texts(request: HttpRequest) -> HttpResponse:
    """Imprint, terms, notices, statements: all of them, with version and day."""
    found = standing.texts(city=city_of(request), language=get_language() or "")
    context = {
        "texts": [(publisher, rows) for publisher, rows in sorted(found.items(), reverse=True)],
        "meta": heads.made(
            request,
            path=reverse("legal_texts"),
            title=_("All legal texts"),
            text=_("Imprint, terms and notices with their versions, to read and to print."),
        ),
    }
    return render(request, "cms/legal/texts.html", context)


@access("public", obj="version")
@public_page(A_MINUTE)
def history(request: HttpRequest, page: int) -> HttpResponse:
    """The versions of one legal page, the youngest first."""
    rows = list(allowed.versions(city_of(request)).filter(page=page).defer("body"))
    if not rows:
        raise Http404
    context = {"rows": rows, "last": rows[0], "page_now": _now(page)}
    return render(request, "cms/legal/history.html", context)


@access("public", obj="version")
@public_page(A_MINUTE)
def version(request: HttpRequest, page: int, number: int) -> HttpResponse:
    """One wording, as it was published: plain, to print."""
    row = get_object_or_404(
        allowed.versions(city_of(request)).select_related("city"), page=page, number=number
    )
    # As stored: the bricks of today show the words of then.
    body = ContentPage._meta.get_field("body").to_python(row.body)
    told = operating.told(city=row.city, language=row.language, on=row.published_at)
    context = {"row": row, "body": body, "told": told, "page_now": _now(page)}
    return render(request, "cms/legal/version.html", context)


def keep(instance: Page, **kwargs: Any) -> None:
    """Where Wagtail says that a page was published."""
    if isinstance(instance, ContentPage):
        city = frame.of(instance)
        if city is not None:
            versions.keep(page=instance, city=city, now=timezone.now())


def _now(page: int) -> ContentPage | None:
    return ContentPage.objects.live().public().filter(pk=page).first()
