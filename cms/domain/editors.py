"""Who writes a city's pages."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from shops.models import City

if TYPE_CHECKING:
    from marketplace.core.models import User

ON_PAGES = ("add_page", "change_page", "publish_page")
ON_PICTURES = ("add_image", "change_image", "choose_image")
#: Films in sign language and PDFs are documents to Wagtail.
ON_FILMS = ("add_document", "change_document", "choose_document")


@transaction.atomic
def let_in(*, user: "User", city: City, by: Actor, now: datetime) -> None:
    """Let a person into `/cms/`: this city's pages, pictures and documents, and no other city's."""
    group, _is_new = Group.objects.get_or_create(name=_name(city))
    _grant(group, city)
    user.groups.add(group)
    history.record(
        verb="editor.let_in",
        subject=f"user:{user.pk}",
        scope=f"city:{city.pk}",
        by=by,
        now=now,
    )


@transaction.atomic
def renew(*, city: City) -> None:
    """Give the city's editors, where there are any, what editors may do by now; safe to repeat.

    Rights that came with a later version reach groups that were made before it.
    """
    group = Group.objects.filter(name=_name(city)).first()
    if group is not None:
        _grant(group, city)


def _name(city: City) -> str:
    return f"editors-{city.slug}"


def _grant(group: Group, city: City) -> None:
    """What is missing is added, nothing is taken away."""
    group.permissions.add(
        _permission("wagtailadmin", "access_admin"),
        _permission("wagtail_localize", "submit_translation"),
    )
    for home in city.site.root_page.get_translations(inclusive=True):
        for codename in ON_PAGES:
            GroupPagePermission.objects.get_or_create(
                group=group, page=home, permission=_permission("wagtailcore", codename)
            )
    ours = collection(city)
    library = [("wagtailimages", each) for each in ON_PICTURES]
    library += [("wagtaildocs", each) for each in ON_FILMS]
    for app, codename in library:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=ours, permission=_permission(app, codename)
        )


def collection(city: City) -> Collection:
    """SECURITY: each city keeps its pictures apart, so its editors see only their own."""
    root = Collection.get_first_root_node()
    found: Collection = root.get_children().filter(name=city.slug).first() or root.add_child(
        name=city.slug
    )
    return found


def _permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)
