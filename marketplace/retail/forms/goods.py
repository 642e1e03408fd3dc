"""What members say about their stock, as typed values."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from shops.domain import counts, keeping
from shops.models import Offer


class Filter(models.TextChoices):
    """Which offers of the list are shown."""

    ALL = "", _("All")
    RECOUNT = "recount", _("To recount")
    SHORT = "short", _("Too few")
    LOW = "low", _("Running low")
    SOLD_OUT = "sold-out", _("None left")
    UNKNOWN = "unknown", _("Not counted")
    UNTOLD = "untold", _("Particulars missing")


class ListForm(forms.Form):
    """Where in the list of goods somebody is. Nonsense means the beginning, never an error."""

    q = forms.CharField(label=_("Search goods"), required=False)
    show = forms.CharField(label=_("Show"), required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)
    back = forms.CharField(required=False)

    def place(self) -> dict[str, str]:
        """Query of the list: only what differs from its beginning."""
        self.is_valid()
        values = self.cleaned_data
        show = values.get("show", "")
        found = {
            "q": values.get("q", "")[:100],
            "show": show if show in Filter.values else "",
            "page": str(values.get("page") or ""),
            # A form on the list of what to count next leads back there.
            "back": RECOUNT if values.get("back") == RECOUNT else "",
        }
        return {name: value for name, value in found.items() if value}


#: The other list whose forms say where they stand.
RECOUNT = "recount"


class StepForm(forms.Form):
    """One more or one less. The id keeps a double tap from counting twice."""

    units = forms.TypedChoiceField(choices=[("1", "+1"), ("-1", "-1")], coerce=int)
    client_id = forms.UUIDField(widget=forms.HiddenInput)


WHOLE = _("Please enter a whole number from 0 to 1,000,000.")


class ShelvesForm(forms.Form):
    """How many stand on several shelves; a field left empty was not counted."""

    def __init__(self, *args: Any, offers: Iterable[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers = list(offers)
        for offer in self.offers:
            self.fields[self.name_of(offer.pk)] = forms.IntegerField(
                required=False,
                min_value=0,
                max_value=counts.MOST,
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WHOLE),
                widget=forms.NumberInput(
                    attrs={"inputmode": "numeric", "class": "units", "autocomplete": "off"}
                ),
            )

    @staticmethod
    def name_of(pk: int) -> str:
        return f"shelf_{pk}"

    @staticmethod
    def ids_in(names: Iterable[str]) -> set[int]:
        """Which offers a form that arrived speaks of; more than it can hold are nonsense."""
        found = (re.fullmatch(r"shelf_([0-9]{1,15})", name) for name in names)
        return {int(each[1]) for each in found if each}

    @property
    def on_shelf(self) -> Mapping[int, int]:
        values = {offer.pk: self.cleaned_data[self.name_of(offer.pk)] for offer in self.offers}
        return {pk: number for pk, number in values.items() if number is not None}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.on_shelf:
            raise forms.ValidationError(_("Please write down at least one number."))
        return cleaned


class CountForm(forms.Form):
    """How many stand on the shelf; what is set aside is added by the domain."""

    on_shelf = forms.IntegerField(
        label=_("On the shelf"),
        min_value=0,
        max_value=counts.MOST,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), WHOLE),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "units"}),
    )


class KeepForm(forms.Form):
    """How many stay on the shop floor, whatever shoppers reserve."""

    buffer = forms.IntegerField(
        label=_("Keep for the shop floor"),
        min_value=0,
        max_value=keeping.MOST,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            _("Please enter a whole number from 0 to 1,000."),
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "units"}),
    )


class KeepAllForm(KeepForm):
    """The same for what comes new onto the shelf, and if wanted for what is there."""

    follow = forms.BooleanField(
        label=_("Also for articles that keep back as many as new ones did until now"),
        required=False,
    )
