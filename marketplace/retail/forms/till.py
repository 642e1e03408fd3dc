"""Keys of tills, a list uploaded by hand, and what becomes of rows that were held back."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from shops.domain.deliveries import reading


class KeyForm(forms.Form):
    """A name for the till that gets the key."""

    name = forms.CharField(
        label=_("Which till is it for?"),
        help_text=_("For example: till 1, or the name of the program."),
        max_length=60,
        error_messages={
            "required": _("Please give the till a name."),
            "max_length": _("At most 60 characters, please."),
            "null_characters_not_allowed": _("Please give the till a name."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ListForm(forms.Form):
    """A table as the till writes it."""

    file = forms.FileField(
        label=_("File of the till"),
        help_text=_(
            "CSV with a header: “EAN” or “Artikelnummer”, and “Bestand” or “VK”. At most 50,000 "
            "rows."
        ),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
        error_messages={
            "required": _("Please choose a file."),
            "empty": _("This file is empty. Please export it again."),
            "invalid": _("The file did not arrive. Please choose it again."),
            "max_length": _("The name of this file is too long."),
        },
    )
    as_of = forms.DateTimeField(
        label=_("When was it true?"),
        help_text=_("Empty means now."),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        error_messages={"invalid": _("Please enter a day and a time.")},
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > reading.MAX_BYTES:
            raise forms.ValidationError(str(reading.LIMITS.too_large), code="too_large")
        content: bytes = file.read()
        return content

    @property
    def told(self) -> datetime | None:
        found: datetime | None = self.cleaned_data["as_of"]
        return found


class DecideForm(forms.Form):
    """Some rows, or all of them: take over or leave."""

    decision = forms.ChoiceField(choices=[("take", ""), ("leave", "")])
    every = forms.BooleanField(required=False)
    row = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: object, *, rows: list[int]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["row"].choices = [(pk, pk) for pk in rows]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or {}
        if not self.errors and not (cleaned.get("every") or cleaned.get("row")):
            raise forms.ValidationError(_("Please tick at least one article."), code="none")
        return cleaned

    @property
    def chosen(self) -> list[int] | None:
        """Ids of the rows; None for all that are open."""
        return None if self.cleaned_data["every"] else list(self.cleaned_data["row"])
