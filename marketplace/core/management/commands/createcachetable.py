from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import createcachetable

from marketplace.core.cache import ALIAS


class Command(createcachetable.Command):
    """Django's command, which otherwise has to be told that our table lies in a file of its own."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        if ALIAS in settings.DATABASES:
            parser.set_defaults(database=ALIAS)
