"""What members say about their stock, as typed values."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from shops.domain import counts


class Filter(models.TextChoices):
    """Which offers of the list are shown."""

    ALL = "", _("All")
    RECOUNT = "recount", _("To recount")
    SHORT = "short", _("Too few")
    SOLD_OUT = "sold-out", _("None left")
    UNKNOWN = "unknown", _("Not counted")


class ListForm(forms.Form):
    """Where in the list of goods somebody is. Nonsense means the beginning, never an error."""

    q = forms.CharField(label=_("Search goods"), required=False)
    show = forms.CharField(label=_("Show"), required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)

    def place(self) -> dict[str, str]:
        """Query of the list: only what differs from its beginning."""
        self.is_valid()
        values = self.cleaned_data
        show = values.get("show", "")
        found = {
            "q": values.get("q", "")[:100],
            "show": show if show in Filter.values else "",
            "page": str(values.get("page") or ""),
        }
        return {name: value for name, value in found.items() if value}


class StepForm(forms.Form):
    """One more or one less. The id keeps a double tap from counting twice."""

    units = forms.TypedChoiceField(choices=[("1", "+1"), ("-1", "-1")], coerce=int)
    client_id = forms.UUIDField(widget=forms.HiddenInput)


class CountForm(forms.Form):
    """How many stand on the shelf; what is set aside is added by the domain."""

    on_shelf = forms.IntegerField(
        label=_("On the shelf"),
        min_value=0,
        max_value=counts.MOST,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            _("Please enter a whole number from 0 to 1,000,000."),
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "units"}),
    )
