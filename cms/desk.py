"""What Wagtail's desk needs to live under `script-src 'self'`.

Wagtail starts its widgets with inline scripts, which the policy refuses. Here the same facts stand
in the page as JSON, and `static/js/desk.js` starts the widget. Look through this at each new
Wagtail.
"""

import json
import re
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from wagtail.admin.widgets.chooser import BaseChooser

_CALL = re.compile(r"(?P<new>new )?(?P<name>[\w.]+)\((?P<arguments>.*)\);", re.DOTALL)


def starter(script: str) -> dict[str, Any]:
    """`new Chooser("id", {…});` as data: function, whether it is built, arguments.

    Raises ValueError for anything but one call with JSON arguments: Wagtail has changed.
    """
    call = _CALL.fullmatch(script.strip())
    if call is None:
        raise ValueError(f"not one call: {script[:60]}")
    arguments = json.loads(f"[{call['arguments']}]")
    return {"name": call["name"], "new": bool(call["new"]), "arguments": arguments}


def start_chooser_without_script() -> None:
    """Let every chooser of the desk render its start as data instead of as a script."""

    def render(
        self: BaseChooser, name: str, value: Any, attrs: dict[str, str], renderer: Any = None
    ) -> SafeString:
        data = self.get_value_data(value)
        script = self.render_js_init(attrs["id"], name, data)
        return render_to_string(
            "cms/chooser.html",
            {"html": self.render_html(name, data, attrs), "start": starter(script)},
        )

    BaseChooser.render = render
