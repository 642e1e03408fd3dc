"""What members say about prices, as typed values."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from marketplace.core.money import parse_price
from shops.domain import contents
from shops.domain.contents import Content
from shops.domain.prices import kinds
from shops.domain.prices.advice import LONGEST
from shops.enums import Cut, NoBasePrice
from shops.models import Category

_EUROS = {"inputmode": "decimal", "autocomplete": "off"}


class _PriceField(forms.CharField):
    """An amount as people write it, as a Decimal."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        super().__init__(widget=forms.TextInput(attrs=_EUROS), **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_price(text)
        except Refused as no:
            raise forms.ValidationError(str(no.message), code=no.code) from None


class PriceForm(forms.Form):
    """A new price, and how it is told."""

    price = _PriceField(label=_("New price in euros"))
    how = forms.ChoiceField(
        label=_("How shoppers are told"),
        choices=[
            ("", _("As the normal price")),
            (Cut.SALE, _("As reduced")),
            (Cut.PERISHING, _("As reduced because it spoils soon")),
        ],
        required=False,
        initial="",
        widget=forms.RadioSelect,
    )
    last_day = forms.DateField(
        label=_("Last day of the reduction"),
        required=False,
        help_text=_("After it the old price holds again, by itself."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    @property
    def cut(self) -> Cut | None:
        """The kind of reduction, if it is one."""
        return Cut(self.cleaned_data["how"]) if self.cleaned_data["how"] else None


class AdviceForm(forms.Form):
    """What the manufacturer recommends; empty takes it back."""

    recommended = _PriceField(label=_("Recommended price in euros"), required=False)
    source = forms.CharField(
        label=_("Where it stands"),
        required=False,
        max_length=LONGEST,
        help_text=_("For example: manufacturer's price list of September 2026."),
    )


class KindForm(forms.Form):
    """What decides how the price is told."""

    drained = forms.CharField(
        label=_("Drained weight, such as 240 g"),
        required=False,
        max_length=40,
        help_text=_("For goods in liquid: the base price is told of it."),
    )
    is_loose = forms.BooleanField(label=_("Sold loose, weighed in the shop"), required=False)
    no_base_price = forms.ChoiceField(
        label=_("Why it has no base price"),
        choices=[("", _("It has one, if its contents are told")), *NoBasePrice.choices],
        required=False,
    )
    unbound = forms.ChoiceField(
        label=_("Why the price of this book is not bound"),
        choices=[("", _("It is bound")), *((each.value, each.label) for each in kinds.BY_SHOP)],
        required=False,
    )

    def clean_drained(self) -> Content | None:
        text = self.cleaned_data["drained"]
        found = contents.read(text) if text else None
        if text and found is None:
            raise forms.ValidationError(_("Please enter an amount with its unit: g, kg, ml, l …"))
        return found


class SmallBusinessForm(forms.Form):
    """Since when, and perhaps until when, the shop is a small business."""

    first = forms.DateField(
        label=_("Small business since"),
        required=False,
        help_text=_("Left empty: your prices hold VAT, as most do."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=_("Last day of being one"),
        required=False,
        help_text=_("When you know that you will owe VAT from a day on."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class SaleForm(forms.Form):
    """So many percent off. `sure` is what the second step sends; the nonce makes twice once."""

    percent = forms.IntegerField(
        label=_("Percent off"),
        min_value=1,
        max_value=90,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "required"),
            _("Please enter a whole number from 1 to 90."),
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "units"}),
    )
    category = forms.ModelChoiceField(
        label=_("Which goods"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=_("All goods of this branch"),
    )
    last_day = forms.DateField(
        label=_("Last day of the reduction"),
        required=False,
        help_text=_("Left empty, it runs until you end it."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    nonce = forms.UUIDField(widget=forms.HiddenInput)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, categories: list[Category], **kwargs: Any) -> None:
        kwargs["initial"] = {"nonce": uuid.uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        field.queryset = Category.objects.filter(pk__in=[each.pk for each in categories])  # type: ignore[attr-defined]
