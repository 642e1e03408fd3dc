"""What members say about their hours, as typed values."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

_DATE = _("Please enter a date, for example 24.12.2026.")


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        error_messages={"required": _DATE, "invalid": _DATE},
    )


class CloseForm(forms.Form):
    """Closed for one day or several, with a reason people will read."""

    first = _day(_("First day"))
    last = _day(_("Last day"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["last"] = cleaned.get("last") or cleaned.get("first")
        return cleaned


class PauseForm(forms.Form):
    """How long no reservation is prepared."""

    length = forms.ChoiceField(
        choices=[
            ("30", _("30 minutes")),
            ("60", _("1 hour")),
            ("120", _("2 hours")),
            ("tomorrow", _("Until tomorrow")),
            ("0", _("Resume now")),
        ],
        error_messages={
            "required": _("Please choose how long."),
            "invalid_choice": _("Please choose how long."),
        },
    )

    def until(self, now: datetime) -> datetime | None:
        length = self.cleaned_data["length"]
        if length == "0":
            return None
        if length == "tomorrow":
            tomorrow = timezone.localdate(now) + timedelta(days=1)
            return timezone.make_aware(datetime.combine(tomorrow, time()))
        return now + timedelta(minutes=int(length))
