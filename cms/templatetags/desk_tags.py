"""Starts of the desk's widgets in Wagtail's own templates."""

import json
from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("cms/start.html")
def desk_start(name: str, *arguments: Any) -> dict[str, Any]:
    """The start of a widget by one call of `name`."""
    return {"start": {"name": name, "new": name[:1].isupper(), "arguments": list(arguments)}}


@register.filter
def from_json(text: str) -> Any:
    """Wagtail hands its options over as text."""
    return json.loads(str(text))
