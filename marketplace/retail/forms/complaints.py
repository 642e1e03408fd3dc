"""What a shop's people say about a complaint, as typed values."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.reservations.domain.complaints.curing import OTHER_ENDS
from marketplace.reservations.enums import ComplaintState, Cure
from marketplace.retail.domain.complaints import Show

_KIND = {
    "required": _("Please choose repair or replacement."),
    "invalid_choice": _("Please choose repair or replacement."),
}
ENDS = {
    ComplaintState.MONEY: _("The shopper gets money back"),
    ComplaintState.REFUSED: _("We refuse"),
    ComplaintState.DROPPED: _("The shopper no longer wants anything"),
}


class ListForm(forms.Form):
    """Which part of the list somebody wants. Nonsense means its beginning, never an error."""

    show = forms.CharField(required=False)
    page = forms.CharField(required=False)

    def chosen(self) -> tuple[Show, str]:
        self.is_valid()
        show = self.cleaned_data.get("show", "")
        return (
            Show(show) if show in Show.values else Show.OPEN,
            self.cleaned_data.get("page", ""),
        )


class CureForm(forms.Form):
    """Repair or replacement, why not the other, and what there is to know of spare parts."""

    cure = forms.TypedChoiceField(
        label=_("What do you do?"),
        choices=Cure.choices,
        coerce=Cure,
        widget=forms.RadioSelect,
        error_messages=_KIND,
    )
    reason = forms.CharField(
        label=_("Why not what the shopper has chosen?"),
        help_text=_("Only where it is not possible, or costs far more than the other."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": _("Please use at most 1,000 letters.")},
    )
    spare_parts = forms.CharField(
        label=_("Spare parts and how long it takes"),
        max_length=300,
        required=False,
        error_messages={"max_length": _("Please use at most 300 letters.")},
    )

    def __init__(self, *args: Any, wish: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not wish:
            del self.fields["reason"]


class EndForm(forms.Form):
    """Another end than a repair or a replacement."""

    outcome = forms.TypedChoiceField(
        label=_("How does it end?"),
        choices=[(each.value, ENDS[each]) for each in OTHER_ENDS],
        coerce=ComplaintState,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose how it ends."),
            "invalid_choice": _("Please choose how it ends."),
        },
    )
    answer = forms.CharField(
        label=_("What the shopper should read"),
        help_text=_("If you refuse, the reason: it goes out by e-mail."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Please use at most 1,000 letters.")},
    )
