"""`manage.py new_city`: a town on this installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cms.domain import editors, pages
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain import cities, tree
from shops.domain.gate import ruled
from shops.models import City


class Command(BaseCommand):
    help = "Create a city with its site, hosts, front pages and goods tree. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="as people read it: Wolfsburg")
        parser.add_argument("--slug", required=True, help="as addresses have it: wolfsburg")
        parser.add_argument("--land", required=True, help="two letters, for public holidays: NI")
        parser.add_argument(
            "--plate", default="", help="what its number plates begin with, for receipts: WOB"
        )
        parser.add_argument("--base-url", required=True, help="https://wolfsburg.example.org")
        parser.add_argument(
            "--host", action="append", default=[], help="answers here as well; may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by, now = Actor.system(), timezone.now()
        try:
            with transaction.atomic():
                city = City.objects.filter(slug=options["slug"]).first()
                if city is None:
                    city = cities.create(
                        name=options["name"],
                        slug=options["slug"],
                        land=options["land"].upper(),
                        base_url=options["base_url"],
                        hosts=options["host"],
                        plate=options["plate"],
                        by=by,
                        now=now,
                    )
                    said = "was created"
                else:
                    said = "is there already, nothing to do"
                    if cities.readdress(
                        city=city,
                        base_url=options["base_url"],
                        hosts=options["host"],
                        by=by,
                        now=now,
                    ):
                        said = "was there already and has a new address"
                tree.plant()
                ruled.plant(by=by, now=now)
                pages.plant(city=city, by=by, now=now)
                editors.renew(city=city)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        hosts = ", ".join(city.hosts.order_by("host").values_list("host", flat=True))
        self.stdout.write(f"{city.name} {said}: {city.base_url} (answers on {hosts}).")
