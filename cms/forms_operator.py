"""Who runs the marketplace, as typed values."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shops.domain.legal import operators
from shops.enums_legal import OperatorModel
from shops.forms_legal import TraderForm, line
from shops.models import OperatorLegal

SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        _("Who operates"),
        ("operator_model", "public_share", "dsa_small", "dsa_reason"),
    ),
    (
        _("Legal notice (Impressum)"),
        (
            "legal_name", "legal_form", "representative", "street", "postcode", "town", "phone",
            "email", "register_court", "register_number", "vat_id", "w_idnr", "authority", "editor",
        ),
    ),
    (
        _("Consumer arbitration"),
        ("few_staff", "arbitration", "body_name", "body_address", "body_url"),
    ),
)  # fmt: skip


class OperatorForm(TraderForm):
    """The operator's own word."""

    legal_name = line(_("Full name in law"), 160, complete="organization")
    vat_id = line(_("VAT ID (Umsatzsteuer-Identifikationsnummer)"), 20)
    operator_model = forms.ChoiceField(
        label=_("Who operates the marketplace?"),
        choices=OperatorModel.choices,
        widget=forms.RadioSelect,
        help_text=_("It decides which duties hold, and whose legal notice stands where."),
    )
    public_share = forms.IntegerField(
        label=_("Percent of capital or votes in public hands"), min_value=0, max_value=100
    )
    dsa_small = forms.BooleanField(
        label=_("A micro or small enterprise under the Digital Services Act"),
        required=False,
        help_text=_("Not possible from a quarter in public hands."),
    )
    dsa_reason = line(_("Why: people, turnover, owners"), 300)
    editor = line(
        _("Editorial responsibility"),
        200,
        hint=_("Name and address of the person who answers for editorial texts (MStV § 18)."),
    )

    @classmethod
    def of(cls, legal: OperatorLegal | None) -> "OperatorForm":
        """Filled with what has been told."""
        if legal is None:
            return cls()
        return cls(initial={name: getattr(legal, name) for name in operators.FIELDS})

    @property
    def sections(self) -> Iterator[tuple[Any, Iterable[forms.BoundField]]]:
        """Head and fields."""
        for head, names in SECTIONS:
            yield head, [self[name] for name in names]

    @property
    def said(self) -> dict[str, Any]:
        """Chambers and professions have nothing to do with a marketplace and are not asked."""
        return {
            name: self.cleaned_data[name]
            for name in operators.FIELDS
            if not name.startswith(("chamber", "profession"))
        }


class VatForm(forms.Form):
    """What the tax office answered about a VAT id."""

    VALID, INVALID = "valid", "invalid"

    answer = forms.ChoiceField(
        label=_("The office says"), choices=[(VALID, _("valid")), (INVALID, _("not valid"))]
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=120,
        error_messages={"required": _("Please enter the reference or the day of the answer.")},
    )
