"""What the templates of the city's pages look up."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def of(living: Mapping[str, Any] | None, block_id: str) -> Any:
    """What a living block shows; None for one that shows nothing, or is only text."""
    return living.get(block_id) if living else None


@register.filter
def host(address: str) -> str:
    """Where a link leads, without `www.`."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


@register.filter
def day(value: date) -> str:
    """`Thursday 24 December`."""
    # Translators: Django's date format of a day with its weekday; German "l, j. F".
    return date_format(value, _("l j F"))
