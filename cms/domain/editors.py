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
#: Films in sign language are documents to Wagtail.
ON_FILMS = ("add_document", "change_document", "choose_document")


@transaction.atomic
def let_in(*, user: "User", city: City, by: Actor, now: datetime) -> None:
    """Let a person write this city's pages and use its pictures in `/cms/`; no other city's."""
    group, is_new = Group.objects.get_or_create(name=f"editors-{city.slug}")
    if is_new:
        group.permissions.add(
            _permission("wagtailadmin", "access_admin"),
            _permission("wagtail_localize", "submit_translation"),
        )
        for home in city.site.root_page.get_translations(inclusive=True):
            for codename in ON_PAGES:
                GroupPagePermission.objects.create(
                    group=group, page=home, permission=_permission("wagtailcore", codename)
                )
        pictures = collection(city)
        for codename in ON_PICTURES:
            GroupCollectionPermission.objects.create(
                group=group, collection=pictures, permission=_permission("wagtailimages", codename)
            )
        for codename in ON_FILMS:
            GroupCollectionPermission.objects.create(
                group=group, collection=pictures, permission=_permission("wagtaildocs", codename)
            )
    user.groups.add(group)
    history.record(
        verb="editor.let_in",
        subject=f"user:{user.pk}",
        scope=f"city:{city.pk}",
        by=by,
        now=now,
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
