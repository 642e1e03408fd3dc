"""Weeks, single days and preparing as members write them, as typed values."""

from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext_lazy as _

from shops.domain import spans
from shops.domain.spans import Span
from shops.domain.timetable import Preparing
from shops.domain.week import Weekly
from shops.enums import HoursFor, Trade
from shops.models import Branch

#: Monday is what Tuesday to Friday mostly are as well.
ALIKE = range(1, 5)
LEADS = (15, 30, 60, 120, 240, 480)
_NO_TIME = _("Please choose a time.")
WINDOWS = (0, 15, 30, 60, 120)


class SpansField(forms.CharField):
    """Hours of one day: "9–13, 14:30–18"; left empty: closed."""

    default_error_messages = {
        "spans": _("Please write it like 9–18 or 9–13, 14:30–18; leave it empty for closed.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, required=False, **kwargs)
        self.widget.attrs |= {"placeholder": _("closed"), "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        try:
            return spans.read(super().to_python(value) or "")
        except ValueError:
            raise forms.ValidationError(self.error_messages["spans"], code="spans") from None

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else spans.write(value or ())


class _Days(forms.Form):
    """Seven days."""

    def __init__(self, *args: Any, weekly: Iterable[Weekly] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(weekly)
        #: Something stands in it, so nobody needs a template first.
        self.is_begun = self.is_bound or bool(rows)
        for weekday in range(7):
            day = [(row.opens, row.closes) for row in rows if row.weekday == weekday]
            self.fields[f"day{weekday}"] = SpansField(label=WEEKDAYS[weekday], initial=day)

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day{weekday}"] for weekday in range(7)]

    @property
    def weekly(self) -> list[Weekly]:
        return [
            Weekly(weekday, opens, closes)
            for weekday in range(7)
            for opens, closes in self.cleaned_data[f"day{weekday}"]
        ]

    @staticmethod
    def filled(data: Any) -> Any:
        """What was typed, with Monday's hours on the days up to Friday."""
        copy = data.copy()
        for weekday in ALIKE:
            copy[f"day{weekday}"] = data.get("day0", "")
        return copy


class WeekForm(_Days):
    """The week of the door or of the hand-over, for this branch and others of the shop."""

    def __init__(
        self,
        *args: Any,
        what_for: HoursFor,
        trade: str,
        others: Sequence[Branch] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.what_for = what_for
        if what_for == HoursFor.SHOP:
            self.fields["trade"] = forms.ChoiceField(
                label=_("What the law says about this branch"),
                choices=Trade.choices,
                initial=trade,
                widget=forms.RadioSelect,
            )
        self.others = {str(each.pk): each for each in others}
        if others:
            self.fields["also"] = forms.MultipleChoiceField(
                label=_("The same hours for"),
                choices=[(key, each.name) for key, each in self.others.items()],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )

    @property
    def wanted_trade(self) -> Trade | None:
        return Trade(self.cleaned_data["trade"]) if "trade" in self.fields else None

    @property
    def wanted_branches(self) -> list[Branch]:
        return [self.others[key] for key in self.cleaned_data.get("also", ())]


class SeasonForm(_Days):
    """Weeks of the year with a week of their own."""

    name = forms.CharField(label=_("Name, for example Winter"), max_length=60)
    first_day = forms.IntegerField(label=_("From: day"), min_value=1, max_value=31)
    first_month = forms.TypedChoiceField(label=_("Month"), choices=MONTHS.items(), coerce=int)
    last_day = forms.IntegerField(label=_("Until: day"), min_value=1, max_value=31)
    last_month = forms.TypedChoiceField(label=_("Month"), choices=MONTHS.items(), coerce=int)

    @property
    def first(self) -> tuple[int, int]:
        return self.cleaned_data["first_month"], self.cleaned_data["first_day"]

    @property
    def last(self) -> tuple[int, int]:
        return self.cleaned_data["last_month"], self.cleaned_data["last_day"]


class DayForm(forms.Form):
    """One day that is not as in the week."""

    spans = SpansField(label=_("Open on this day"))
    reason = forms.CharField(label=_("Reason people will read"), max_length=120, required=False)


class TimeForm(forms.Form):
    """From when on the door is closed today."""

    at = forms.TimeField(error_messages=dict.fromkeys(("required", "invalid"), _NO_TIME))


class SundayForm(forms.Form):
    """Hours on a Sunday of the city."""

    spans = SpansField(label=_("Open on this Sunday"))

    def clean_spans(self) -> tuple[Span, ...]:
        said: tuple[Span, ...] = self.cleaned_data["spans"]
        if len(said) != 1:
            raise forms.ValidationError(_("Please enter from when to when, for example 13–18."))
        return said

    @property
    def opens(self) -> time:
        return self.cleaned_data["spans"][0][0]

    @property
    def closes(self) -> time:
        return self.cleaned_data["spans"][0][1]


class PreparingForm(forms.Form):
    """How a branch prepares what is reserved, and when it hands over."""

    lead_minutes = forms.TypedChoiceField(
        label=_("Until a reservation is ready"), coerce=int, choices=()
    )
    parallel = forms.IntegerField(
        label=_("Reservations prepared side by side"),
        help_text=_("When more come in, the promised time moves back."),
        min_value=1,
        max_value=100,
    )
    cutoff = forms.TimeField(
        label=_("Same day until"),
        help_text=_("What is reserved later is prepared on the next day. Empty: until you close."),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Please enter a time, for example 16:30.")},
    )
    slot_minutes = forms.TypedChoiceField(
        label=_("Shoppers choose a window"),
        help_text=_("For few hands or large goods: in each window only so many can come."),
        coerce=int,
        choices=(),
    )
    slot_capacity = forms.IntegerField(
        label=_("Reservations per window"), min_value=1, max_value=500, required=False
    )

    def __init__(self, data: Any = None, *, branch: Branch) -> None:
        said = ("lead_minutes", "parallel", "cutoff", "slot_minutes", "slot_capacity")
        initial = {name: getattr(branch, name) or None for name in said}
        initial["slot_minutes"] = branch.slot_minutes
        super().__init__(data, initial=initial)
        leads: Any = self.fields["lead_minutes"]
        leads.choices = [(each, _in_words(each)) for each in sorted({*LEADS, branch.lead_minutes})]
        windows: Any = self.fields["slot_minutes"]
        windows.choices = [
            (each, _in_words(each) if each else _("No, any time"))
            for each in sorted({*WINDOWS, branch.slot_minutes})
        ]

    @property
    def wanted(self) -> Preparing:
        said = self.cleaned_data
        return Preparing(
            lead_minutes=said["lead_minutes"],
            parallel=said["parallel"],
            cutoff=said["cutoff"],
            slot_minutes=said["slot_minutes"],
            slot_capacity=said["slot_capacity"] or 0,
        )


def day_of(text: str) -> date | None:
    """The date in an address; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _in_words(minutes: int) -> Any:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d minutes") % {"minutes": rest}
    if not rest:
        return _("1 hour") if hours == 1 else _("%(hours)d hours") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
