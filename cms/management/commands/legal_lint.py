"""Name words and links of published pages that the law has overtaken."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.domain import lint
from shops.models import City


class Command(BaseCommand):
    help = "Name repealed laws, dead platforms and dead links on published pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints every finding; ends with an error where one is grave."""
        rows, grave = [], 0
        for city in City.objects.select_related("site__root_page").order_by("slug"):
            for each in lint.of_city(city=city):
                grave += each.is_grave
                rows.append(
                    {
                        "city": city.slug,
                        "where": each.where,
                        "fault": each.fault.value,
                        "words": each.words,
                        "instead": each.instead,
                    }
                )
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            for row in rows:
                self.stdout.write(" ".join(part for part in row.values() if part))
            self.stdout.write(f"{len(rows)} findings, {grave} of them grave.")
        if grave:
            raise CommandError("Pages name what no longer holds.")
