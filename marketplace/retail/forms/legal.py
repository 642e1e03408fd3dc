"""What an owner says of the shop by law, as typed values."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from shops.domain.legal import facts
from shops.enums_legal import Arbitration, LegalForm, ReturnCosts
from shops.models import ShopLegal

_PHONE = RegexValidator(
    r"\A\+?[0-9][0-9 /()-]{4,}\Z",
    _("Please enter a telephone number, for example 05361 123456."),
)
_POSTCODE = RegexValidator(r"\A[0-9]{5}\Z", _("A postcode has five digits."))
#: What stands together, under which head, and whether most shops leave it empty.
SECTIONS: tuple[tuple[Any, tuple[str, ...], bool], ...] = (
    (
        _("Who you are"),
        ("legal_name", "legal_form", "representative", "register_court", "register_number"),
        False,
    ),
    (_("How you are reached"), ("street", "postcode", "town", "phone", "email"), False),
    (_("Tax numbers"), ("vat_id", "w_idnr"), False),
    (
        _("Taking goods back after a withdrawal"),
        ("return_costs", "return_most", "fetches_returns", "return_address"),
        False,
    ),
    (
        _("Consumer arbitration"),
        ("few_staff", "arbitration", "body_name", "body_address", "body_url"),
        False,
    ),
    (
        _("Supervision and regulated professions"),
        ("authority", "chamber", "profession", "profession_rules"),
        True,
    ),
    (
        _("Terms and guarantee of your own"),
        ("terms_de", "terms_en", "guarantee_de", "guarantee_en"),
        True,
    ),
)
#: Where a refusal of the domain belongs.
_FIELD_OF = {
    "vat_id": "vat_id",
    "w_idnr": "w_idnr",
    "postcode": "postcode",
    "silent": "arbitration",
    "body": "body_name",
}


def _line(label: Any, length: int, *, hint: Any = "", complete: str = "off") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=False,
        help_text=hint,
        widget=forms.TextInput(attrs={"autocomplete": complete}),
    )


def _text(label: Any, length: int, *, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=False,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class FactsForm(forms.Form):
    """Nothing is compulsory here: what is missing is said beside it, and kept what is there."""

    legal_name = _line(
        _("Full name in law"),
        160,
        hint=_("The company, or first and last name of the person who owns the shop."),
        complete="organization",
    )
    legal_form = forms.ChoiceField(
        label=_("Legal form"),
        choices=[("", _("Please choose")), *LegalForm.choices],
        required=False,
    )
    representative = _line(
        _("Represented by"),
        200,
        hint=_("Companies only: who acts for it, for example “Geschäftsführerin Ada Ernst”."),
    )
    register_court = _line(
        _("Court of the register"), 80, hint=_("For example Amtsgericht Braunschweig.")
    )
    register_number = _line(_("Number in the register"), 40, hint=_("For example HRB 200001."))
    street = _line(_("Street and number"), 120, complete="street-address")
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=5,
        required=False,
        validators=[_POSTCODE],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    town = _line(_("Town"), 80, complete="address-level2")
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        validators=[_PHONE],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    vat_id = _line(
        _("VAT ID (Umsatzsteuer-Identifikationsnummer)"),
        20,
        hint=_(
            "Needed for online payment, also by small businesses (§ 19 UStG): the operator of a "
            "marketplace must be able to show it. We check its digits at once and every month."
        ),
    )
    w_idnr = _line(
        _("Wirtschafts-Identifikationsnummer"), 20, hint=_("For example DE123456789-00001.")
    )
    return_costs = forms.ChoiceField(
        label=_("Who pays for sending goods back?"),
        choices=ReturnCosts.choices,
        widget=forms.RadioSelect,
        help_text=_("Bringing goods back to the shop always costs nothing."),
    )
    return_most = forms.DecimalField(
        label=_("What sending bulky goods back costs at most, in euros"),
        min_value=1,
        max_value=9999,
        decimal_places=2,
        localize=True,
        required=False,
        help_text=_("Only if the shopper pays and goods are too large for a parcel."),
    )
    fetches_returns = forms.BooleanField(
        label=_("We fetch the goods from the shopper ourselves, free of charge"), required=False
    )
    return_address = _line(
        _("Address for returned goods"), 200, hint=_("Empty: the shop's own address.")
    )
    few_staff = forms.BooleanField(
        label=_("On 31 December of last year we were ten people or fewer"), required=False
    )
    arbitration = forms.ChoiceField(
        label=_("Proceedings before a consumer arbitration board"),
        choices=Arbitration.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    body_name = _line(_("Name of the arbitration board"), 160, hint=_("Only if you take part."))
    body_address = _line(_("Its address"), 200)
    body_url = forms.URLField(
        label=_("Its web page"), max_length=200, required=False, assume_scheme="https"
    )
    authority = _line(
        _("Supervisory authority"),
        200,
        hint=_("Only if your trade needs a permit: name and address of the authority."),
    )
    chamber = _line(_("Chamber"), 200)
    profession = _line(_("Title of the profession, and the state that gave it"), 200)
    profession_rules = _line(_("Rules of the profession, and where they stand"), 300)
    terms_de = _text(
        _("Your own terms, in German"),
        20_000,
        hint=_(
            "Empty: our sample, which says how goods are sold here. Paragraphs between blank "
            "lines; a line that begins with “## ” is a heading."
        ),
    )
    terms_en = _text(_("Your own terms, in English"), 20_000)
    guarantee_de = _text(
        _("Your own guarantee beyond the law, in German"),
        6_000,
        hint=_("Only if you give one. It never takes away what the law grants."),
    )
    guarantee_en = _text(_("Your own guarantee beyond the law, in English"), 6_000)
    is_trader = forms.BooleanField(
        label=_("I declare that this shop sells as a trader, not privately"), required=False
    )

    @classmethod
    def of(cls, legal: ShopLegal, *, is_trader: bool) -> "FactsForm":
        """Filled with what the shop has told."""
        initial = {name: getattr(legal, name) for name in (*facts.TRADER, *facts.SHOP)}
        return cls(initial=initial | {"is_trader": is_trader}, auto_id="legal-%s")

    @property
    def sections(self) -> Iterator[tuple[Any, Iterable[forms.BoundField], bool]]:
        """Head, fields, and whether it begins closed: nothing typed, nothing wrong."""
        for head, names, is_rare in SECTIONS:
            fields = [self[name] for name in names]
            is_closed = is_rare and not any(each.value() or each.errors for each in fields)
            yield head, fields, is_closed

    @property
    def said(self) -> dict[str, Any]:
        """The facts alone."""
        return {name: self.cleaned_data[name] for name in (*facts.TRADER, *facts.SHOP)}

    def clean_vat_id(self) -> str:
        try:
            return facts.compact_vat(self.cleaned_data["vat_id"])
        except Refused as no:
            raise forms.ValidationError(str(no)) from no

    def refuse(self, no: Refused) -> None:
        """What the domain said against it, beside its field."""
        self.add_error(_FIELD_OF.get(no.code), str(no))
