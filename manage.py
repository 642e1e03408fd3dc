#!/usr/bin/env python
"""Django's command line."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run one management command."""
    # `demo` is one by definition; where a demo town was made and nothing else is configured, every
    # other command (audit, tick, import_goods ...) means that town. The server itself (wsgi) never
    # guesses: a production machine without its environment refuses to start.
    var = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent / ".var")
    demo = sys.argv[1:2] == ["demo"] or (
        "DATABASE_URL" not in os.environ and (var / "demo-keys.json").exists()
    )
    if demo:
        os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
