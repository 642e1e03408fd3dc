"""What the templates of the city's pages look up."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import template
from django.utils import timezone
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


@register.filter
def short_day(value: date) -> str:
    """`Thu 24 December`."""
    # Translators: Django's date format of a day with its weekday in short; German "D, j. F".
    return date_format(value, _("D j F"))


@register.filter
def between(first: date, last: date) -> str:
    """`28 November to 24 December`."""
    # Translators: Django's date format of a day without weekday; German "j. F".
    form = _("j F")
    return _("%(first)s to %(last)s") % {
        "first": date_format(first, form),
        "last": date_format(last, form),
    }


@register.filter
def still_to_come(dates: Iterable[Any], now: datetime) -> list[Any]:
    """Those of today and later, by day."""
    today = timezone.localdate(now)
    return sorted((each for each in dates if each["day"] >= today), key=lambda each: each["day"])


@register.filter
def as_search(rule: Mapping[str, Any]) -> str:
    """The search that finds all that a goods rule does; empty for a rule the search does not know:
    it knows no price and no shop."""
    if rule.get("price") is not None or rule.get("shop"):
        return ""
    asked = {
        "q": rule.get("words"),
        "kategorie": rule.get("category"),
        "heute": "1" if rule.get("today") else "",
    }
    return urlencode({name: text for name, text in asked.items() if text})


#: A mail address, or a number as people write it: 05361 12345, +49 5361 12345.
_REACHED = re.compile(
    r"(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?P<phone>(?:\+\d|\b0)[\d /-]{6,}\d)"
)


@register.filter
def reachable(text: str) -> list[list[tuple[str, str]]]:
    """An address line by line, each as pieces with their link; "" for what is none."""
    return [list(_pieces(line)) for line in text.splitlines()]


def _pieces(line: str) -> Iterator[tuple[str, str]]:
    end = 0
    for found in _REACHED.finditer(line):
        yield line[end : found.start()], ""
        said, end = found[0], found.end()
        yield said, f"mailto:{said}" if found["mail"] else "tel:" + re.sub(r"[ /-]", "", said)
    yield line[end:], ""
