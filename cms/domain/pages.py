"""The page tree a city begins with."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page

from cms.models import HomePage
from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from shops.models import City


@transaction.atomic
def plant(*, city: City, by: Actor, now: datetime) -> HomePage:
    """Give a city its front page in every content language, live, the first one at its site's root.

    Adds what is missing, changes nothing else: safe to call again.
    """
    before: Page = city.site.root_page.specific
    if isinstance(before, HomePage):
        home = before
    else:
        home = _first(city, by)
        city.site.root_page = home
        city.site.save()
        _clear(before)
        history.record(verb="city.plant", subject=f"city:{city.pk}", scope="", by=by, now=now)
    for locale in _locales():
        if not home.get_translations(inclusive=True).filter(locale=locale).exists():
            copy: HomePage = home.copy_for_translation(locale)
            _publish(copy, city, by)
    return home


def _first(city: City, by: Actor) -> HomePage:
    locale = next(each for each in _locales() if each.language_code == settings.LANGUAGE_CODE)
    home = HomePage(title=city.name, slug=city.slug, locale=locale, live=False)
    Page.get_first_root_node().add_child(instance=home)
    return _publish(home, city, by)


def _publish(home: HomePage, city: City, by: Actor) -> HomePage:
    with translation.override(home.locale.language_code):
        home.intro = _(
            "What the shops in %(city)s really have: find it here, reserve it without obligation, "
            "collect it today."
        ) % {"city": city.name}
    user: Any = get_user_model().objects.filter(pk=by.user_id).first() if by.user_id else None
    home.save_revision(user=user).publish(user=user)
    home.refresh_from_db()
    return home


def _locales() -> list[Locale]:
    """Content languages, the default one first."""
    codes = [code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES]
    codes.sort(key=lambda code: code != settings.LANGUAGE_CODE)
    return [Locale.objects.get_or_create(language_code=code)[0] for code in codes]


def _clear(page: Page) -> None:
    """Remove the page with which Wagtail welcomes its installer."""
    if (
        page.depth == 2
        and type(page) is Page
        and page.is_leaf()
        and not page.sites_rooted_here.exists()
    ):
        page.delete()
