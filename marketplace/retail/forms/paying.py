"""What owners say for online payment, as typed values."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _


class FactsForm(forms.Form):
    """How a shop is reached; only what it has not said yet is asked."""

    email = forms.EmailField(label=_("E-mail address of the shop"), max_length=254, required=False)
    phone = forms.CharField(
        label=_("Telephone number of the shop"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        validators=[
            RegexValidator(
                r"\A\+?[0-9][0-9 /()-]{4,}\Z",
                _("Please enter a telephone number, for example 05361 123456."),
            )
        ],
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Please enter what is missing."))
        return cleaned


class GoForm(forms.Form):
    """Which account to go on with at the provider: the one that is to take over, or the shop's."""

    new = forms.BooleanField(required=False)
