"""Fields of the city's pages."""

from typing import Any

from django.db import models
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.fields import StreamField


class PageForm(WagtailAdminPageForm):
    """A page saved right after its title was typed has no address yet, as the editor's script is a
    moment behind: then the address comes from the title, as everywhere else in Wagtail."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if "slug" in self.fields:
            self.fields["slug"].required = False


class BodyField(StreamField):
    """A StreamField whose migrations do not repeat its blocks: they are no part of the table.

    A migration of data works on the JSON (`raw_data`), which names blocks by their names.
    """

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, _arguments, options = super().deconstruct()
        options["block_lookup"] = {}
        return name, "wagtail.fields.StreamField", [[]], options


class AddressField(models.URLField):
    """An address elsewhere; without a scheme it is taken for https, as Django 6 will."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.URLField", list(arguments), options

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**({"assume_scheme": "https"} | options))
