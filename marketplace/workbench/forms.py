"""A form for the style guide."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _


class SampleForm(forms.Form):
    """Fields of every kind we use; sent empty, so that each error shows as well."""

    name = forms.CharField(label="", help_text="")
    mail = forms.EmailField(label="")
    why = forms.ChoiceField(label="", widget=forms.RadioSelect, required=False)
    agree = forms.BooleanField(label="")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("First and last name")
        self.fields["name"].help_text = _("As it shall stand on the slip.")
        self.fields["mail"].label = _("E-mail address")
        self.fields["why"].label = _("Why?")
        why = self.fields["why"]
        if isinstance(why, forms.ChoiceField):
            why.choices = [("a", _("Not found")), ("b", _("Sold in the shop"))]
        self.fields["agree"].label = _("I have read this")

    @classmethod
    def sent_half(cls) -> "SampleForm":
        """Sent with less than it asks for, so that every error shows."""
        form = cls({"mail": "erika@"})
        form.is_valid()
        return form
