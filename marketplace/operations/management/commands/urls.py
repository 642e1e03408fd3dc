import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from marketplace.operations.domain import routes


class Command(BaseCommand):
    help = "Lists every path: name, methods, who may knock, whose rows it shows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        found = routes.routes()
        if options["json"]:
            text = json.dumps([route.as_dict() for route in found], indent=1, ensure_ascii=False)
            self.stdout.write(text)
            return
        for route in found:
            methods = " ".join(route.methods)
            line = f"{route.role or '?':8} {methods:9} {route.object or '-':14} {route.path}"
            self.stdout.write(f"{line}  ({route.name or route.view})")
