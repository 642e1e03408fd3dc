"""What a shop says its own names for categories mean."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.retail.forms.sharing import tree
from shops.domain.naming import Answer
from shops.models import Category, CategoryAlias

#: In place of a category's slug: goods of that name stay without one.
IGNORE = "-"


class NamesForm(forms.Form):
    """One select per name; what is left open is asked again next time."""

    def __init__(self, *args: Any, names: Iterable[CategoryAlias], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {self.name_of(alias.pk): alias for alias in names}
        choices = tree(("", _("Decide later")))
        choices.insert(1, (IGNORE, _("Leave without a category")))
        for name, alias in self.names.items():
            self.fields[name] = forms.ChoiceField(
                label=alias.name,
                required=False,
                choices=choices,
                error_messages={"invalid_choice": _("There is no such category.")},
            )

    @staticmethod
    def name_of(pk: int) -> str:
        return f"name_{pk}"

    @property
    def answers(self) -> Mapping[int, Answer]:
        """What was answered, by the id of the name."""
        said = {
            alias.pk: self.cleaned_data[name]
            for name, alias in self.names.items()
            if self.cleaned_data.get(name) and self.cleaned_data[name] != _answered(alias)
        }
        found = {row.slug: row for row in Category.objects.filter(slug__in=said.values())}
        return {pk: Answer(found.get(slug)) for pk, slug in said.items()}


def _answered(alias: CategoryAlias) -> str:
    if alias.is_ignored:
        return IGNORE
    return alias.category.slug if alias.category else ""


def initial(alias: CategoryAlias, proposal: Category | None = None) -> str:
    """What the select shows before anybody has touched it."""
    return _answered(alias) or (proposal.slug if proposal else "")
