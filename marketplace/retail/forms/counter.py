"""What members say at the counter, as typed values."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.core import images, qr
from marketplace.core.errors import Refused
from marketplace.reservations.domain import codes, handing
from marketplace.reservations.enums import SHOP_REASONS, EndReason
from marketplace.reservations.models import Line

#: Longer texts are neither a code nor the name that somebody types.
LONGEST_CODE = 60


class TapForm(forms.Form):
    """A button. Its id makes a second tap on the same button the same act (truth 11)."""

    use_required_attribute = True
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {"client_id": uuid.uuid4(), **kwargs["initial"]}
        super().__init__(*args, **kwargs)


class ReasonForm(TapForm):
    """Why the shop declines or cancels."""

    reason = forms.TypedChoiceField(
        label=_("Reason"),
        choices=[(reason.value, reason.label) for reason in SHOP_REASONS],
        coerce=EndReason,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose a reason. The shopper will read it."),
            "invalid_choice": _("Please choose one of these reasons."),
        },
    )


class UnitsForm(TapForm):
    """So many units of each line that still holds some; `units` maps line ids to them."""

    field = "units"

    def __init__(self, *args: Any, lines: Iterable[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = [line for line in lines if line.owed]
        for line in self.held:
            self.fields[f"{self.field}_{line.pk}"] = forms.IntegerField(
                label=line.title,
                min_value=0,
                max_value=line.owed,
                initial=line.owed,
                error_messages=_whole_number(line.owed),
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "units"}),
            )

    @property
    def units(self) -> Mapping[int, int]:
        return {line.pk: self.cleaned_data[f"{self.field}_{line.pk}"] for line in self.held}


class ReadyForm(UnitsForm):
    """What was found, and the compartment it lies in."""

    field = "found"
    shelf = forms.CharField(
        label=_("Compartment"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "done"}),
        error_messages={"max_length": _("A compartment has at most 12 characters.")},
    )


class HandOverForm(UnitsForm):
    """What the shopper takes along. LAW: no amount and no means of payment, ever (law C4); goods
    with a minimum age need the word of who looked at a proof of it (law E1)."""

    field = "taken"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in self.held if not self.is_bound else ():
            if handing.is_forbidden(line):
                self.initial.setdefault(f"{self.field}_{line.pk}", 0)
        self.min_age = max((line.min_age for line in self.held), default=0)
        if self.min_age:
            label = _("I have seen a proof of age: at least %(age)d years")
            self.fields["age_checked"] = forms.BooleanField(
                label=label % {"age": self.min_age}, required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and self._needs_tick() and not cleaned.get("age_checked"):
            self.add_error("age_checked", _("Please look at a proof of age, then tick this."))
        return cleaned

    def _needs_tick(self) -> bool:
        return any(line.min_age and self.units[line.pk] for line in self.held)


class CodeForm(forms.Form):
    """A code, typed or in a photograph, or a name; `cleaned_data["text"]` holds it."""

    code = forms.CharField(
        label=_("Code or name"),
        max_length=LONGEST_CODE,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "enterkeyhint": "search",
                "placeholder": _("Code or name"),
            }
        ),
        error_messages={
            "max_length": _("This is too long for a code or a name. A code has six characters."),
            "null_characters_not_allowed": _("This is neither a code nor a name."),
        },
    )
    photo = forms.FileField(
        label=_("Photo of the QR code"),
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
        error_messages={
            "empty": _("This photo is empty. Please take it again."),
            "invalid": _("The photo did not arrive. Please take it again."),
            "max_length": _("The name of this file is too long."),
        },
    )

    def clean_photo(self) -> str:
        photo = self.cleaned_data.get("photo")
        if not photo:
            return ""
        if photo.size > images.MAX_BYTES:
            raise forms.ValidationError(_("This picture is too large: at most 10 MB are possible."))
        try:
            texts = qr.read(photo.read())
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return _our_code(texts)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            cleaned["text"] = cleaned.get("photo") or cleaned.get("code") or ""
            if not cleaned["text"]:
                raise forms.ValidationError(
                    _("Please type the code or the name, or take a photo of the code.")
                )
        return cleaned


def _our_code(texts: list[str]) -> str:
    ours = [text for text in texts if text.upper().startswith(codes.PREFIX)]
    if len(ours) == 1:
        return ours[0]
    if ours:
        raise forms.ValidationError(
            _("There are several codes in this photo. Please take one of a single code.")
        )
    if texts:
        raise forms.ValidationError(
            _("The QR code in this photo is not a collection code of ours.")
        )
    raise forms.ValidationError(
        _("There is no QR code to be seen in this photo. Hold still and closer, or type the code.")
    )


def _whole_number(most: int) -> dict[str, Any]:
    sentence = _("Please enter a whole number from 0 to %(most)s.") % {"most": most}
    return dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence)
