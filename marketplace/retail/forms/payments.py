"""What an owner says about payments, as typed values."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from marketplace.core.money import parse_price
from marketplace.payments.enums import RefundReason
from marketplace.retail.domain.payments import Month, Show

#: The address says so where no month is chosen.
EVER = "all"


class PaymentsForm(forms.Form):
    """Which part of the list somebody wants. Nonsense means its beginning, never an error."""

    month = forms.CharField(required=False)
    show = forms.CharField(required=False)
    page = forms.CharField(required=False)

    def chosen(self, months: list[Month]) -> tuple[Month | None, Show, str]:
        """Month (None for all), state and page."""
        self.is_valid()
        said = self.cleaned_data
        by_name = {str(month): month for month in months}
        month = by_name.get(said.get("month", ""), months[0])
        show = said.get("show", "")
        return (
            None if said.get("month") == EVER else month,
            Show(show) if show in Show.values else Show.ALL,
            said.get("page", ""),
        )


class AgainForm(forms.Form):
    """A refund that did not arrive, once more. The nonce makes asking twice one refund."""

    nonce = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"nonce": uuid.uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class RefundForm(AgainForm):
    """How much goes back, and why. `sure` is what the second step sends."""

    amount = forms.CharField(
        label=_("Amount in euros"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": _("Please enter an amount."),
            "max_length": _(
                "This is not a price. Please write it like 14.99 or 1234.50, in euros."
            ),
            "null_characters_not_allowed": _(
                "This is not a price. Please write it like 14.99 or 1234.50, in euros."
            ),
        },
    )
    reason = forms.TypedChoiceField(
        label=_("Reason, for your own record"),
        required=False,
        choices=[("", _("No reason noted")), *RefundReason.choices],
        coerce=RefundReason,
        empty_value=None,
        error_messages={"invalid_choice": _("Please choose one of these reasons.")},
    )
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        if data is not None and data.get("preset"):
            # A button with an amount on it: as if somebody had typed it.
            data = data.copy()
            data["amount"] = data["preset"]
        super().__init__(data, **kwargs)

    def clean_amount(self) -> Decimal:
        try:
            amount = parse_price(self.cleaned_data["amount"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        if amount <= 0:
            raise forms.ValidationError(_("Please enter an amount above zero."))
        return amount


def typed(amount: Decimal) -> str:
    """An amount as people write it into a field: 1234,50."""
    return str(number_format(amount, 2, force_grouping=False))
