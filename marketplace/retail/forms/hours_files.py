"""Hours and closures that come as files or as pasted text."""

import base64
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shops.domain.exchange import ics, osm


class CalendarForm(forms.Form):
    """A calendar file, or the one that was shown before; `data_given` holds its bytes."""

    calendar = forms.CharField(required=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("Calendar file"),
        help_text=_(
            "A file that ends in .ics. Events of whole days become closures; the same file again "
            "changes nothing."
        ),
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
        error_messages={
            "empty": _("This file is empty. Please export it again."),
            "invalid": _("The file did not arrive. Please choose it again."),
            "max_length": _("The name of this file is too long."),
        },
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file is None:
            return b""
        if file.size > ics.MAX_BYTES:
            raise forms.ValidationError(
                _("This file is too large: at most 1 MB is possible."), code="too_large"
            )
        content: bytes = file.read()
        return content

    def clean_calendar(self) -> bytes:
        try:
            return base64.b64decode(self.cleaned_data["calendar"], validate=True)
        except ValueError:
            return b""  # not what we have sent: the file is asked for again

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.data_given:
            self.add_error("file", _("Please choose a calendar file."))
        return cleaned

    @property
    def data_given(self) -> bytes:
        """The file's bytes: of the one chosen now, else of the one that was shown."""
        chosen: bytes = self.cleaned_data.get("file") or self.cleaned_data.get("calendar") or b""
        return chosen

    @property
    def is_first_look(self) -> bool:
        """It has just been chosen, so nobody has seen what it would change."""
        return bool(self.cleaned_data.get("file"))


class ValueForm(forms.Form):
    """Opening hours as OpenStreetMap and search engines write them."""

    value = forms.CharField(
        label=_("Opening hours"),
        help_text=_(
            "For example: Mo-Fr 09:00-18:00; Sa 10:00-14:00; PH off. "
            "Hours copied from a map or search page work too."
        ),
        max_length=osm.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={
            "required": _("Please paste the opening hours."),
            "max_length": _("This is too long for opening hours."),
            "null_characters_not_allowed": _("These are no opening hours."),
        },
    )
