"""What a scanner, a photograph and a few fields say about goods, as typed values."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core import barcodes, images
from marketplace.core.errors import Refused
from marketplace.core.money import parse_price
from marketplace.retail.forms.goods import WHOLE
from shops.domain import counts, gtin
from shops.domain.shelving import Words
from shops.enums import ScanMode, TaxClass
from shops.models import Category

#: The largest id that both databases know.
MOST_ID = 2**63 - 1


class BarcodeForm(forms.Form):
    """A barcode, by scanner, by hand or in a photograph; `cleaned_data["text"]` holds it."""

    code = forms.CharField(
        label=_("Barcode"),
        required=False,
        max_length=gtin.LONGEST,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "enterkeyhint": "go",
                "inputmode": "numeric",
                "autofocus": True,
            }
        ),
        error_messages={
            "max_length": _("This is too long for a barcode."),
            "null_characters_not_allowed": _("This is no barcode."),
        },
    )
    photo = forms.FileField(
        label=_("Photo of the barcode"),
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
            texts = barcodes.read(photo.read())
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        if len(texts) > 1:
            raise forms.ValidationError(
                _("There are several barcodes in this photo. Please take one of a single one.")
            )
        if not texts:
            raise forms.ValidationError(
                _(
                    "There is no barcode to be seen in this photo. Hold still, closer and without "
                    "glare, or type the number below the bars."
                )
            )
        return texts[0][: gtin.LONGEST]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            text = cleaned.get("photo") or cleaned.get("code") or ""
            if not text:
                raise forms.ValidationError(
                    _("Please scan a barcode, type its number, or take a photo of it.")
                )
            mark = gtin.read(text)
            if not mark.barcode:
                raise forms.ValidationError(str(mark.trouble or _("This is no barcode.")))
            cleaned["text"] = text
        return cleaned


class AskedForm(forms.Form):
    """What the address of the scanner's page says. Nonsense means nothing, never an error."""

    code = forms.CharField(required=False, max_length=gtin.LONGEST)
    variant = forms.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    line = forms.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    done = forms.IntegerField(required=False, min_value=1, max_value=MOST_ID)

    def asked(self) -> dict[str, Any]:
        """Only what was said."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class BeepForm(BarcodeForm):
    """A barcode in a row of many; the id keeps one beep one, however often it is sent."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)


def price_field(**more: Any) -> forms.CharField:
    """A price as people type it; `clean_price` reads it."""
    return forms.CharField(
        label=_("Price in euros"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": _("Please enter a price."),
            "max_length": _("This is not a price."),
            "null_characters_not_allowed": _("This is not a price."),
        },
        **more,
    )


def read_price(text: str) -> Decimal:
    """Gross EUR above zero, or a sentence beside the field."""
    try:
        price = parse_price(text)
    except Refused as refusal:
        raise forms.ValidationError(refusal.message) from refusal
    if price <= 0:
        raise forms.ValidationError(_("Please enter a price above 0 €."))
    return price


def typed(price: Decimal) -> str:
    """A price as people of this language type it."""
    return str(number_format(price, 2, force_grouping=False))


class ShelfForm(forms.Form):
    """Price and quantity of one article; with `describes` also what nobody has said of it yet."""

    use_required_attribute = True
    client_id = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.CharField(required=False, max_length=gtin.LONGEST, widget=forms.HiddenInput)
    variant = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_ID, widget=forms.HiddenInput
    )
    line = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_ID, widget=forms.HiddenInput
    )
    title = forms.CharField(
        label=_("What is it called?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Please write what it is called."),
            "max_length": _("A title has at most 200 characters."),
            "null_characters_not_allowed": _("Please write what it is called."),
        },
    )
    category = forms.TypedChoiceField(
        label=_("Category"),
        coerce=int,
        empty_value=None,
        error_messages={"required": _("Please choose a category.")},
    )
    tax_class = forms.TypedChoiceField(
        label=_("VAT in the price"), choices=TaxClass.choices, coerce=TaxClass
    )
    price = price_field()
    on_shelf = forms.IntegerField(
        label=_("How many are on the shelf?"),
        required=False,
        min_value=0,
        max_value=counts.MOST,
        help_text=_("Left empty, shoppers are told to ask."),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WHOLE),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(
        self,
        *args: Any,
        describes: bool,
        categories: list[tuple[int, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"client_id": uuid.uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        if describes:
            category = self.fields["category"]
            category.choices = [("", _("Please choose")), *(categories or [])]  # type: ignore[attr-defined]
        else:
            for name in ("title", "category", "tax_class"):
                del self.fields[name]

    def clean_price(self) -> Decimal:
        return read_price(self.cleaned_data["price"])

    def words(self) -> Words | None:
        """What was said of goods nobody knew."""
        said = self.cleaned_data
        if "title" not in self.fields:
            return None
        category = Category.objects.filter(pk=said["category"]).first()
        return Words(title=said["title"], category=category, tax_class=said["tax_class"])


class BeginForm(forms.Form):
    """What a row of scans is for."""

    mode = forms.TypedChoiceField(
        label=_("What do you scan?"),
        choices=ScanMode.choices,
        coerce=ScanMode,
        widget=forms.RadioSelect,
        initial=ScanMode.COUNT,
    )


class QuantityForm(forms.Form):
    """So many of a line, whatever was scanned."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    quantity = forms.IntegerField(
        label=_("Quantity"),
        min_value=0,
        max_value=counts.MOST,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), WHOLE),
    )


def about(mark: gtin.Mark) -> str | Promise:
    """In a plain sentence: whose article a new one of this number will be."""
    if mark.gtin:
        return _(
            "This number means the same everywhere. You describe the article for the whole town: "
            "other shops that sell it show the same page with their own price."
        )
    if mark.trouble:
        return _(
            "The check digit of this number is wrong, so it cannot be a number of the trade. We "
            "keep it as your own: it means this article in your shop only."
        )
    return _(
        "This is a number that shops print themselves. It means this article in your shop only."
    )
