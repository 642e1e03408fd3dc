"""What must hold before a town's pages go before the public."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register

from cms.domain import lint
from shops.models import City


@register(Tags.database, deploy=True)
def no_stale_law(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """LAW: no published page names a repealed act or the closed arbitration platform (A16).

    Asks the database, so `check --deploy --database default`; `migrate` never asks it, as a page
    must not keep a repair from being rolled out.
    """
    if not databases:
        return []
    return [
        _message(city, each)
        for city in City.objects.select_related("site__root_page").order_by("slug")
        for each in lint.of_city(city=city)
    ]


def _message(city: City, found: lint.Finding) -> CheckMessage:
    said = f"{city.slug}: {found.where} {found.fault.value}: {found.words}"
    hint = f"Write {found.instead} instead." if found.instead else None
    if found.is_grave:
        return Error(said, hint=hint, id="cms.E001")
    return Warning(said, hint=hint, id="cms.W001")
