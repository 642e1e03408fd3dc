"""Takes the lists that tills have put into their folders; `tick` does so as well."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shops.domain.deliveries import drop


class Command(BaseCommand):
    help = "Takes lists from <DROP_DIR>/<shop>/<branch>/*.csv; receipts lie beside them."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(drop.sweep(now=timezone.now())))
