"""What a trader says of itself by law, as typed values: the part that shops and operators share."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from shops.domain.legal import facts
from shops.enums_legal import Arbitration, LegalForm

_PHONE = RegexValidator(
    r"\A\+?[0-9][0-9 /()-]{4,}\Z",
    _("Please enter a telephone number, for example 05361 123456."),
)
_POSTCODE = RegexValidator(r"\A[0-9]{5}\Z", _("A postcode has five digits."))
#: Where a refusal of the domain belongs.
_FIELD_OF = {
    "vat_id": "vat_id",
    "w_idnr": "w_idnr",
    "postcode": "postcode",
    "silent": "arbitration",
    "body": "body_name",
    "model_and_share": "public_share",
    "dsa_small": "dsa_small",
    "reason": "dsa_reason",
}


def line(label: Any, length: int, *, hint: Any = "", complete: str = "off") -> forms.CharField:
    """One line of text that may stay empty."""
    return forms.CharField(
        label=label,
        max_length=length,
        required=False,
        help_text=hint,
        widget=forms.TextInput(attrs={"autocomplete": complete}),
    )


class TraderForm(forms.Form):
    """Nothing is compulsory here: what is missing is said beside it, and kept what is there."""

    legal_name = line(
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
    representative = line(
        _("Represented by"),
        200,
        hint=_("Companies only: who acts for it, for example “Geschäftsführerin Ada Ernst”."),
    )
    register_court = line(
        _("Court of the register"), 80, hint=_("For example Amtsgericht Braunschweig.")
    )
    register_number = line(_("Number in the register"), 40, hint=_("For example HRB 200001."))
    street = line(_("Street and number"), 120, complete="street-address")
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=5,
        required=False,
        validators=[_POSTCODE],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    town = line(_("Town"), 80, complete="address-level2")
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        validators=[_PHONE],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    vat_id = line(
        _("VAT ID (Umsatzsteuer-Identifikationsnummer)"),
        20,
        hint=_(
            "Needed for online payment, also by small businesses (§ 19 UStG): the operator of a "
            "marketplace must be able to show it. We check its digits at once and every month."
        ),
    )
    w_idnr = line(
        _("Wirtschafts-Identifikationsnummer"), 20, hint=_("For example DE123456789-00001.")
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
    body_name = line(_("Name of the arbitration board"), 160, hint=_("Only if you take part."))
    body_address = line(_("Its address"), 200)
    body_url = forms.URLField(
        label=_("Its web page"), max_length=200, required=False, assume_scheme="https"
    )
    authority = line(
        _("Supervisory authority"),
        200,
        hint=_("Only if your trade needs a permit: name and address of the authority."),
    )
    chamber = line(_("Chamber"), 200)
    profession = line(_("Title of the profession, and the state that gave it"), 200)
    profession_rules = line(_("Rules of the profession, and where they stand"), 300)

    def clean_vat_id(self) -> str:
        try:
            return facts.compact_vat(self.cleaned_data["vat_id"])
        except Refused as no:
            raise forms.ValidationError(str(no)) from no

    def refuse(self, no: Refused) -> None:
        """What the domain said against it, beside its field."""
        name = no.code.removeprefix("stale_")
        self.add_error(name if name in self.fields else _FIELD_OF.get(no.code), str(no))
