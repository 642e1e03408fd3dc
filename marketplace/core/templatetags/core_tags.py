"""What templates need besides what views hand them: formats and the address of this page."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from marketplace.core import http, money, official, times
from marketplace.core.domain import pictures
from marketplace.core.models import Picture

register = template.Library()


@register.filter
def price(amount: Decimal | None) -> str:
    """`14,99 €` or `€14.99`; nothing for nothing."""
    return "" if amount is None else money.format_price(amount)


@register.filter
def age(moment: datetime | None, now: datetime | None = None) -> str:
    """How old a count is: `12 minutes ago`. Pages that compute with a `now` hand it over."""
    return "" if moment is None else times.age(moment, now=now or timezone.now())


@register.filter
def when(moment: datetime | None, now: datetime | None = None) -> str:
    """`today 14:35`, `tomorrow 10:00`, `Sat 5 December, 18:00`."""
    return "" if moment is None else times.when(moment, now=now or timezone.now())


@register.filter
def spoken(by_language: dict[str, Any] | None, language: str) -> Any:
    """That language's part of what is kept by language; nothing where there is none."""
    return (by_language or {}).get(language)


@register.filter
def clock(moment: datetime | None) -> str:
    """`14:05` in the town's time."""
    return "" if moment is None else times.clock(moment)


#: Signs that could end a script element or start an entity, as JSON may write them.
_IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.filter
def json_data(value: Any) -> SafeString:
    """JSON for a data block: `<script type="application/ld+json">`, which no browser runs."""
    text = json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder, separators=(",", ":"))
    # SECURITY: safe because nothing in it can end the element it stands in.
    return mark_safe(text.translate(_IN_SCRIPT))  # noqa: S308


@register.filter
def sources(picture: Picture | None) -> pictures.Sources | None:
    """Addresses and sizes of a picture's renditions."""
    return None if picture is None else pictures.sources(picture)


@register.simple_tag
def official_drawing(name: str) -> official.Official | None:
    """`GUARANTEE_NOTICE` or `GUARANTEE_LABEL`, as published; None while there is none."""
    return official.find(name)


@register.simple_tag(takes_context=True)
def this_page_in(context: Any, language: str) -> str:
    """This page in another language, query kept. Empty where there is no request."""
    request = context.get("request")
    return http.page_url(request, language) if request is not None else ""


@register.simple_tag(takes_context=True)
def query_with(context: Any, **changes: object) -> str:
    """This page's query with some values changed, for links; None takes one out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"
