"""`manage.py tick`: one round of the caretaker; called every minute by a timer."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.operations.domain import tick


class Command(BaseCommand):
    help = "Lets time pass once: answers overdue, reservations lapsed, lost mails and tasks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", help="pretend it is then, ISO 8601 (demo, tests)")

    def handle(self, *args: Any, **options: Any) -> None:
        did = tick.run(now=_moment(options["now"]))
        self.stdout.write(json.dumps(did))


def _moment(text: str | None) -> datetime:
    if text is None:
        return timezone.now()
    if not (settings.DEMO or settings.DEBUG):
        raise CommandError("--now is for the demo and for tests only.")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text} is not a moment like 2026-12-24T14:00+01:00.") from error
    return moment if moment.tzinfo else timezone.make_aware(moment)
