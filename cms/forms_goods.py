"""What the city's desk says about pages that shops share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shops.models.sharing import LONGEST_REASON


class _Note(forms.Form):
    note = forms.CharField(
        label=_("Reason for a no"),
        help_text=_("The shop that proposed it reads it."),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("This is too long.")},
    )

    def _wants_note(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("note", "").strip():
            self.add_error("note", _("Please say why."))


class CorrectionForm(_Note):
    """Yes or no to a correction; the two buttons say which."""

    accepts = forms.TypedChoiceField(
        choices=[("1", "1"), ("0", "0")],
        coerce=lambda value: value == "1",
        widget=forms.HiddenInput,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("accepts") is False:
            self._wants_note(cleaned)
        return cleaned


class MergeForm(_Note):
    """Which page stays; none of them: these are two things."""

    keep = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("keep"):
            self._wants_note(cleaned)
        return cleaned
