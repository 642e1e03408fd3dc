"""What the desk says about a withdrawal that no machine could assign."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.reservations.domain.withdrawal.answer import LONGEST_REASON


class AssignForm(forms.Form):
    """Which order is meant: one of those that may be."""

    order = forms.TypedChoiceField(
        coerce=int, error_messages={"required": _("Please choose an order.")}
    )

    def __init__(self, *args: Any, candidates: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["order"]
        field.choices = [(pk, pk) for pk in candidates]  # type: ignore[attr-defined]


class RejectionForm(forms.Form):
    """LAW: a person rejects, and says why (law A9)."""

    reason = forms.CharField(
        label=_("Your reasons"),
        help_text=_("Whoever declared reads them, word for word."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Please give your reasons.")},
    )
