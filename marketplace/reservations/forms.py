"""What shoppers type and click, as typed values. Limits and rights are decided in the domain."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from marketplace.reservations.domain.withdrawal.payload import Goods, Said
from marketplace.reservations.enums import Cure
from marketplace.reservations.models import Line

_WINDOW = re.compile(r"window-([0-9]{1,18})")
#: Larger than any row's number.
LARGEST = 10**18
WHOLE = {
    "required": _("Please choose a quantity."),
    "invalid": _("Please write the quantity as a whole number, for example 1."),
}


def no_control_characters(text: str) -> None:
    """SECURITY: a name ends up in mails; line breaks and the like have no place in it."""
    if any(unicodedata.category(each) in ("Cc", "Zl", "Zp") for each in text):
        raise ValidationError(_("Please write this on one line, without special characters."))


def windows(data: Mapping[str, Any]) -> dict[int, datetime]:
    """`window-12=2026-12-03T14:00:00Z`: the beginning of the window chosen at branch 12."""
    found = {}
    for name, value in data.items():
        match = _WINDOW.fullmatch(name)
        moment = parse_datetime(value) if match and len(value) <= 32 else None
        if match and moment is not None and moment.tzinfo is not None:
            found[int(match[1])] = moment
    return found


def _line(label: Any, most: int, autocomplete: str, missing: Any) -> forms.CharField:
    """One line of text; not required where nothing is said of its being missing."""
    widget = forms.TextInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(
        label=label,
        max_length=most,
        required=bool(missing),
        widget=widget,
        validators=[no_control_characters],
        error_messages={"required": missing} if missing else None,
    )


class _Sentence(forms.Form):
    """A form without fields of its own on the page: what is wrong is told in one sentence."""

    @property
    def sentence(self) -> Any:
        """The first thing that is wrong."""
        quantity = self.errors.get("quantity")
        return quantity[0] if quantity else _("This form was not complete. Please try again.")


class AddForm(_Sentence):
    """`/korb/dazu/`: so many of an offer."""

    offer = forms.IntegerField(min_value=1, max_value=LARGEST)
    quantity = forms.IntegerField(error_messages=WHOLE)


class ChangeForm(_Sentence):
    """`/korb/aendern/`: a line's new quantity, or out with it."""

    line = forms.IntegerField(min_value=1, max_value=LARGEST)
    quantity = forms.IntegerField(required=False, error_messages=WHOLE)
    remove = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("remove"):
            self.errors.pop("quantity", None)
            data["quantity"] = 0
        elif data.get("quantity") is None and "quantity" not in self.errors:
            self.add_error("quantity", WHOLE["required"])
        return data


class CheckoutForm(forms.Form):
    """Two fields are enough (law G3); the rest is hidden."""

    name = forms.CharField(
        label=_("First and last name"),
        max_length=120,
        validators=[no_control_characters],
        error_messages={
            "required": _("Please tell us your name, so that the shop finds your goods."),
            "max_length": _("Please use a shorter form of your name, at most 120 letters."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send the collection code there. Nothing else."),
        max_length=254,
        validators=[no_control_characters],
        error_messages={
            "required": _("Please tell us your e-mail address, so that we can send you the code."),
            "invalid": _("Something is missing or mistyped. It looks like name@example.com."),
            "max_length": _("This address is too long to be right."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    #: The same form gives the same checkout (truth 11).
    nonce = forms.UUIDField(widget=forms.HiddenInput)
    #: What the shopper saw before sending.
    seen = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)


class OrderForm(CheckoutForm):
    """The same two fields for who pays online (law A3: nothing is ticked beforehand)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _(
            "There we send the confirmation of your order and the collection code."
        )


class BranchForm(_Sentence):
    """`?bei=12`: whose goods are to be paid online."""

    bei = forms.IntegerField(min_value=1, max_value=LARGEST)


class ChoiceForm(forms.Form):
    """What becomes of a line that was not found: taken at another offer, or left out."""

    line = forms.IntegerField(min_value=1, max_value=LARGEST)
    offer = forms.IntegerField(min_value=1, max_value=LARGEST, required=False)


class WithdrawalForm(forms.Form):
    """LAW: name, contract and an address for the receipt, and nothing more is asked for (BGB § 356a
    (2)): no reason, no password, no riddle. Nothing is chosen beforehand.

    `left` are lines with the units that can be withdrawn from, where a secret link tells the order;
    without any the goods are named in words.
    """

    WHOLE, PART = "whole", "part"

    name = forms.CharField(
        label=_("First and last name"),
        max_length=120,
        validators=[no_control_characters],
        error_messages={
            "required": _("Please tell us your name."),
            "max_length": _("Please use a shorter form of your name, at most 120 letters."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail for the receipt"),
        help_text=_("We send the receipt there at once."),
        max_length=254,
        validators=[no_control_characters],
        error_messages={
            "required": _("Please tell us an e-mail address, so that we can send the receipt."),
            "invalid": _("Something is missing or mistyped. It looks like name@example.com."),
            "max_length": _("This address is too long to be right."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    contract = forms.CharField(
        label=_("Order number or description of the contract"),
        help_text=_("The collection code from our mails, or what you ordered where and when."),
        max_length=300,
        validators=[no_control_characters],
        error_messages={
            "required": _("Please tell us which contract you mean, in your own words if you like."),
            "max_length": _("Please put this more briefly, in at most 300 letters."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    extent = forms.ChoiceField(
        label=_("What do you withdraw from?"),
        choices=[(WHOLE, _("The whole order")), (PART, _("Single goods"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose: the whole order, or single goods.")},
    )
    items = forms.CharField(
        label=_("For single goods: which, and how many?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    remark = forms.CharField(
        label=_("Your message"),
        help_text=_("You need not give a reason."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    nonce = forms.UUIDField(widget=forms.HiddenInput)
    #: SECURITY: people never see it, programs fill it in.
    website = forms.CharField(
        label=_("Please leave this empty"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, left: Iterable[tuple[Line, int]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = [(line, number) for line, number in left if number]
        for line, number in self.left:
            self.fields[f"units_{line.pk}"] = forms.IntegerField(
                label=_("%(title)s (at most %(most)d)") % {"title": _title(line), "most": number},
                min_value=0,
                max_value=number,
                required=False,
                error_messages={
                    "invalid": WHOLE["invalid"],
                    "min_value": WHOLE["invalid"],
                    "max_value": _("That is more than you can withdraw from: %(limit_value)s.")
                    % {"limit_value": number},
                },
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
        if self.left:
            del self.fields["items"]

    @property
    def rows(self) -> list[Any]:
        """The fields for units of each line."""
        return [self[f"units_{line.pk}"] for line, _number in self.left]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("website"):
            # LAW: told, never swallowed: a helpful browser may have filled it in.
            self.add_error(None, _("Please empty the field that is to stay empty, and try again."))
        if data.get("extent") == self.PART:
            named = bool(str(data.get("items", "")).strip()) or any(self._units(data))
            broken = any(f"units_{line.pk}" in self.errors for line, _number in self.left)
            if not named and not broken:
                self.add_error("extent", _("Please say which goods you mean, and how many."))
        return data

    def _units(self, data: Mapping[str, Any]) -> list[int]:
        return [data.get(f"units_{line.pk}") or 0 for line, _number in self.left]

    @property
    def said(self) -> Said:
        """What is declared."""
        data = self.cleaned_data
        is_whole = data["extent"] == self.WHOLE
        chosen = zip(self.left, self._units(data), strict=True)
        goods = [
            Goods(line=line.pk, title=_title(line), units=units)
            for (line, _number), units in chosen
            if units and not is_whole
        ]
        return Said(
            name=data["name"],
            email=data["email"],
            contract=data["contract"],
            is_whole=is_whole,
            goods=tuple(goods),
            items="" if is_whole else data.get("items", ""),
            remark=data["remark"],
        )


def _title(line: Line) -> str:
    return f"{line.title} ({line.variant_label})" if line.variant_label else line.title


class ComplaintForm(forms.Form):
    """What is wrong with which goods, and what is wanted. Nothing but the words has to be said
    where only one thing was handed over; nothing is chosen beforehand."""

    nonce = forms.UUIDField(widget=forms.HiddenInput)
    line = forms.TypedChoiceField(
        label=_("Which goods?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose the goods."),
            "invalid_choice": _("Please choose one of these goods."),
        },
    )
    units = forms.IntegerField(
        label=_("How many of them?"),
        min_value=1,
        max_value=10_000,
        initial=1,
        error_messages={
            "required": _("Please say how many."),
            "invalid": _("Please write a whole number, for example 1."),
            "min_value": _("Please write a whole number, for example 1."),
            "max_value": _("So many were not handed over."),
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    words = forms.CharField(
        label=_("What is wrong?"),
        help_text=_("For example: does not switch on, seam comes apart, wrong size in the box."),
        max_length=2000,
        error_messages={
            "required": _("Please say what is wrong with the goods."),
            "max_length": _("Please use at most 2,000 letters."),
        },
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    wish = forms.TypedChoiceField(
        label=_("What would you like?"),
        choices=[*Cure.choices, ("", _("I decide later"))],
        coerce=Cure,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Please choose repair or replacement.")},
    )

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        goods: Any = self.fields["line"]
        goods.choices = [(line.pk, _line_words(line)) for line in lines]
        if len(lines) == 1:
            self.fields["line"].initial = lines[0].pk
            self.fields["line"].widget = forms.HiddenInput()
        if all(line.kept == 1 for line in lines):
            self.fields["units"].widget = forms.HiddenInput()


class WishForm(forms.Form):
    """Repair or replacement, for a complaint that was told of without the choice."""

    complaint = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    wish = forms.TypedChoiceField(
        label=_("What would you like?"),
        choices=Cure.choices,
        coerce=Cure,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose repair or replacement."),
            "invalid_choice": _("Please choose repair or replacement."),
        },
    )


def _line_words(line: Line) -> str:
    kind = f" ({line.variant_label})" if line.variant_label else ""
    return f"{line.kept} × {line.title}{kind}"


class AddressForm(forms.Form):
    """To whom an invoice is written. LAW: name and address of the buyer (UStG § 14 (4) no. 1)."""

    name = _line(_("Name or firm"), 120, "name", _("Please enter the name the invoice is for."))
    addition = _line(_("Addition, for example a department"), 120, "organization", "")
    street = _line(_("Street and number"), 120, "street-address", _("Please enter the street."))
    postcode = _line(_("Postcode"), 10, "postal-code", _("Please enter the postcode."))
    town = _line(_("Town"), 80, "address-level2", _("Please enter the town."))
