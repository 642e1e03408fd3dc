"""What an owner says of the shop by law, as typed values."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shops.domain.legal import facts
from shops.enums_legal import ReturnCosts
from shops.forms_legal import TraderForm, line
from shops.models import ShopLegal

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


def _text(label: Any, length: int, *, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=False,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class FactsForm(TraderForm):
    """The shop's own; nothing of it is compulsory either."""

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
    return_address = line(
        _("Address for returned goods"), 200, hint=_("Empty: the shop's own address.")
    )
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
