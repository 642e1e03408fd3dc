"""`manage.py audit`: the truths, proved again on the live database."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.operations.domain import audit


class Command(BaseCommand):
    help = "Recomputes the truths of stock and money from the rows; exit 1 on a violation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        report = audit.run(now=timezone.now())
        if options["json"]:
            found = {"ok": report.ok, "at": report.at.isoformat(), "checks": report.checks}
            found["money"] = report.money
            found["violations"] = [asdict(violation) for violation in report.violations]
            self.stdout.write(json.dumps(found, indent=2))
        else:
            for name, number in report.checks.items():
                self.stdout.write(f"{'ok ' if not number else 'BAD'}  {name}")
            for violation in report.violations:
                self.stdout.write(f"truth {violation.truth}: {violation.subject} {violation.what}")
        if not report.ok:
            raise CommandError(f"{len(report.violations)} violations", returncode=1)
