"""What a shop says of an article: typed fields, shown by what its category asks."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.retail.domain.article import Article
from shops.domain import contents, fibres, guarantee, particulars, telling
from shops.domain.article import Said
from shops.enums import (
    Allergen,
    AllergenState,
    Condition,
    EnergyClass,
    FoodKind,
    Husbandry,
    MediaRating,
    NutritionBasis,
    NutritionExempt,
    Pictogram,
    Rule,
    SignalWord,
    Withdrawal,
)
from shops.models.facts import NUTRIENTS

_LINES = {"rows": 3}
_YES_NO = [("", _("Not told yet")), ("yes", _("Yes")), ("no", _("No"))]
_NUTRIENT_LABELS = {
    "energy_kj": _("Energy in kJ"),
    "fat": _("Fat in g"),
    "saturates": _("of which saturates in g"),
    "carbohydrate": _("Carbohydrate in g"),
    "sugars": _("of which sugars in g"),
    "protein": _("Protein in g"),
    "salt": _("Salt in g"),
}


class GermanDecimal(forms.DecimalField):
    """Takes a comma and a dot, whatever the language of the page."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip().replace(",", ".")
        return super().to_python(value)

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


def _text(label: Any, most: int, *, lines: bool = False) -> forms.CharField:
    widget = (
        forms.Textarea(attrs=_LINES) if lines else forms.TextInput(attrs={"autocomplete": "off"})
    )
    return forms.CharField(label=label, max_length=most, required=False, widget=widget)


def _choice(label: Any, choices: Sequence[tuple[Any, Any]], empty: Any = None) -> Any:
    first = ("", empty or _("Not told yet"))
    return forms.ChoiceField(label=label, choices=[first, *choices], required=False)


def _set(label: Any, choices: Sequence[tuple[Any, Any]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


def _number(label: Any, digits: int, places: int, most: int) -> GermanDecimal:
    return GermanDecimal(
        label=label,
        max_digits=digits,
        decimal_places=places,
        min_value=0,
        max_value=most,
        required=False,
    )


class ArticleForm(forms.Form):
    """All fields of an article; `Article.sections` says which of them its page shows.

    A field that is not sent leaves its fact as it was. Fields whose fact is another shop's word
    are locked.
    """

    condition = _choice(_("Condition"), Condition.choices)
    model = _text(_("Model name or number"), 80)
    min_age = forms.TypedChoiceField(
        label=_("Minimum age"),
        choices=[("", _("As the category says")), (16, _("16 years")), (18, _("18 years"))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    rating = _choice(_("Age rating (FSK, USK)"), MediaRating.choices)
    warnings = _text(_("Warnings, word for word as on the package"), 2000, lines=True)
    withdrawal = forms.ChoiceField(
        label=_("When paid online"), choices=Withdrawal.choices, required=False
    )
    guarantee_years = forms.IntegerField(
        label=_("Manufacturer's durability guarantee in years"),
        help_text=_("Only where it is for the whole article and costs nothing."),
        min_value=1,
        max_value=99,
        required=False,
    )
    guarantor = _text(_("Who gives this guarantee, if not the manufacturer below"), 120)
    guarantee_proof = forms.URLField(
        label=_("Web address of its terms"), max_length=300, required=False, assume_scheme="https"
    )
    food_kind = _choice(_("How it is sold"), FoodKind.choices)
    ingredients = _text(_("Ingredients; *allergens* between stars"), 2000, lines=True)
    allergen_state = _choice(_("Allergens"), AllergenState.choices)
    allergens = _set(_("Which allergens are in it?"), Allergen.choices)
    storage = _text(_("Storage and use"), 300)
    operator_name = _text(_("Who answers for the food: name"), 120)
    operator_address = _text(_("Who answers for the food: address"), 200)
    origin = _text(_("Origin"), 120)
    alcohol = _number(_("Alcohol in % vol"), 4, 1, 100)
    nutrition_basis = _choice(_("Nutrition values per"), NutritionBasis.choices)
    energy_kj = _number(_NUTRIENT_LABELS["energy_kj"], 6, 1, 4000)
    fat = _number(_NUTRIENT_LABELS["fat"], 5, 2, 100)
    saturates = _number(_NUTRIENT_LABELS["saturates"], 5, 2, 100)
    carbohydrate = _number(_NUTRIENT_LABELS["carbohydrate"], 5, 2, 100)
    sugars = _number(_NUTRIENT_LABELS["sugars"], 5, 2, 100)
    protein = _number(_NUTRIENT_LABELS["protein"], 5, 2, 100)
    salt = _number(_NUTRIENT_LABELS["salt"], 5, 2, 100)
    nutrition_exempt = _choice(
        _("Or why it needs none"), NutritionExempt.choices, _("It needs them")
    )
    husbandry = _choice(_("How the animals were kept"), Husbandry.choices)
    fibres = _text(_("Fibre composition, such as 80 % cotton, 20 % polyester"), 400, lines=True)
    animal_parts = forms.BooleanField(
        label=_("Contains non-textile parts of animal origin"), required=False
    )
    weee_number = _text(_("WEEE number"), 20)
    has_battery = forms.ChoiceField(label=_("Is a battery in it?"), choices=_YES_NO, required=False)
    eprel_id = _text(_("EPREL number"), 20)
    data_sheet = forms.URLField(
        label=_("Link to the product data sheet"),
        max_length=300,
        required=False,
        assume_scheme="https",
    )
    pictograms = _set(_("Hazard pictograms"), Pictogram.choices)
    signal_word = _choice(_("Signal word"), SignalWord.choices, _("None"))
    phrases = _text(_("Numbers of the H and P phrases"), 200)
    phrases_text = _text(_("Their words, as on the label"), 2000, lines=True)
    ufi = _text("UFI", 19)

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        self.article = article
        kwargs["initial"] = {**_initial(article), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["category"] = forms.TypedChoiceField(
            label=_("Category"),
            choices=[("", _("Not told yet")), *article.categories],
            coerce=int,
            empty_value=None,
            required=False,
        )
        for variant in article.variants:
            self._of_variant(variant)
        if article.exemptible:
            self.fields["exemptions"] = _set(
                _("This does not concern these goods"),
                [(rule.value, rule.label) for rule in article.exemptible],
            )
        for name in article.locked & self.fields.keys():
            self.fields[name].disabled = True
        for name, sentence in article.missing.items():
            if name in self.fields:
                self.fields[name].help_text = sentence

    def _of_variant(self, variant: Any) -> None:
        """Contents, deposit and energy class of one kind; its label tells it from the others."""
        of = f" – {variant.label}" if variant.label and len(self.article.variants) > 1 else ""
        content = _text(_("Amount of contents, such as 250 g or 6 x 0.33 l"), 40)
        deposit = _text(_("Deposit, such as 0.25 EINWEG"), 40)
        energy = _choice(_("Energy class on the label"), EnergyClass.choices)
        for name, field in (("content", content), ("deposit", deposit), ("energy_class", energy)):
            field.label = f"{field.label}{of}"
            self.fields[f"{name}_{variant.pk}"] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._clean_food(cleaned)
        self._clean_fibres(cleaned)
        weee = cleaned.get("weee_number", "")
        if weee and not particulars.read_weee_number(weee):
            self.add_error("weee_number", _("A WEEE number is DE and eight digits."))
        if cleaned.get("ufi") and not particulars.is_ufi(cleaned["ufi"].upper()):
            self.add_error("ufi", _("A UFI has four groups of four, as XXXX-XXXX-XXXX-XXXX."))
        for variant in self.article.variants:
            self._clean_variant(cleaned, variant.pk)
        return cleaned

    def _clean_variant(self, cleaned: dict[str, Any], pk: int) -> None:
        text = cleaned.get(f"content_{pk}", "")
        if text and contents.read(text) is None:
            self.add_error(
                f"content_{pk}", _("Please enter an amount with its unit: g, kg, ml, l …")
            )
        text = cleaned.get(f"deposit_{pk}", "")
        if text and contents.read_deposit(text) is None:
            self.add_error(f"deposit_{pk}", _("Please enter an amount and EINWEG or MEHRWEG."))

    def _clean_food(self, cleaned: dict[str, Any]) -> None:
        listed = cleaned.get("allergen_state") == AllergenState.LISTED
        if listed and not cleaned.get("allergens"):
            self.add_error("allergens", _("Please tick the allergens that are in it."))
        values = [cleaned.get(name) for name in NUTRIENTS]
        told = [value is not None for value in values]
        if any(told) and not all(told):
            for name, value in zip(NUTRIENTS, values, strict=True):
                if value is None and not self.has_error(name):
                    self.add_error(name, _("All seven values belong together."))
            return
        if all(told):
            if not cleaned.get("nutrition_basis"):
                self.add_error("nutrition_basis", _("Please say what the values are for."))
            for part, whole in (("saturates", "fat"), ("sugars", "carbohydrate")):
                if cleaned[part] > cleaned[whole]:
                    self.add_error(part, _("A part cannot be more than the whole."))
        if cleaned.get("operator_address") and not cleaned.get("operator_name"):
            self.add_error("operator_name", _("Whose address is this?"))
        nobody = not cleaned.get("guarantor") and self.article.manufacturer is None
        if (cleaned.get("guarantee_years") or 0) > guarantee.STATUTORY and nobody:
            self.add_error("guarantor", _("Please say who gives this guarantee."))

    def _clean_fibres(self, cleaned: dict[str, Any]) -> None:
        text = cleaned.get("fibres", "")
        if not text:
            return
        found = fibres.read(text)
        if found is None:
            self.add_error(
                "fibres",
                _("Please write shares and fibres, such as 80 % Baumwolle, 20 % Polyester."),
            )
        elif not found.is_whole:
            self.add_error("fibres", _("The shares of each part have to add up to 100 %."))
        else:
            cleaned["fibres"] = str(found)

    @property
    def said(self) -> Said:
        """What was sent, as columns; what is locked or was not on the page is left alone."""
        sent = {name for name in self.fields if self._was_sent(name)}
        return Said(
            facts=self._facts(sent),
            product=self._product(sent),
            variants={
                variant.pk: self._variant(sent, variant.pk) for variant in self.article.variants
            },
        )

    def _was_sent(self, name: str) -> bool:
        if self.fields[name].disabled:
            return False
        shown = name in self.article.shown
        if isinstance(self.fields[name], (forms.MultipleChoiceField, forms.BooleanField)):
            return shown  # a browser sends nothing for what is not ticked
        return shown and self.add_prefix(name) in self.data

    def _facts(self, sent: set[str]) -> dict[str, object]:
        data, plain = self.cleaned_data, _PLAIN & sent
        found: dict[str, object] = {name: data[name] for name in plain}
        if "condition" in found:
            found["condition"] = found["condition"] or Condition.NEW
        if "allergen_state" in sent:
            listed = data["allergen_state"] == AllergenState.LISTED
            chosen = data.get("allergens", []) if listed else []
            found["allergens"] = telling.join(chosen, Allergen.values)
        if "fibres" in sent:
            found["fibre_total"] = fibres.WHOLE if data["fibres"] else None
        if "nutrition_basis" in sent and data.get("energy_kj") is None:
            found["nutrition_basis"] = ""
        if "has_battery" in sent:
            found["has_battery"] = {"yes": True, "no": False}.get(data["has_battery"])
        if "pictograms" in sent:
            found["pictograms"] = telling.join(data["pictograms"], Pictogram.values)
        if "exemptions" in sent:
            kept = set(self.article.facts.exemptions.split()) - {
                rule.value for rule in self.article.exemptible
            }
            found["exemptions"] = telling.join([*kept, *data["exemptions"]], Rule.values)
        if "ufi" in sent:
            found["ufi"] = data["ufi"].upper()
        return found

    def _product(self, sent: set[str]) -> dict[str, object]:
        found: dict[str, object] = {}
        if "category" in sent:
            found["category"] = self.article.category_of(self.cleaned_data["category"])
        if "weee_number" in sent:
            found["weee_number"] = particulars.read_weee_number(self.cleaned_data["weee_number"])
        return found

    def _variant(self, sent: set[str], pk: int) -> dict[str, object]:
        data, found = self.cleaned_data, dict[str, object]()
        if f"content_{pk}" in sent:
            content = contents.read(data[f"content_{pk}"])
            found["content_amount"] = content.amount if content else None
            found["content_unit"] = content.unit if content else ""
        if f"deposit_{pk}" in sent:
            pawn = contents.read_deposit(data[f"deposit_{pk}"])
            found["deposit_amount"] = pawn.amount if pawn else None
            found["deposit_kind"] = pawn.kind if pawn else ""
        if f"energy_class_{pk}" in sent:
            found["energy_class"] = data[f"energy_class_{pk}"]
        return found


#: Fields that are columns of `Facts` as they stand.
_PLAIN = frozenset({
    "condition", "model", "min_age", "rating", "warnings", "withdrawal", "guarantee_years",
    "guarantor", "guarantee_proof",
    "food_kind", "ingredients", "allergen_state", "storage", "operator_name", "operator_address",
    "origin", "alcohol", "nutrition_basis", *NUTRIENTS, "nutrition_exempt", "husbandry", "fibres",
    "animal_parts", "eprel_id", "data_sheet", "signal_word", "phrases", "phrases_text",
})  # fmt: skip


def _initial(article: Article) -> Mapping[str, Any]:
    facts = article.facts
    found: dict[str, Any] = {name: getattr(facts, name) for name in _PLAIN}
    found |= {
        "allergens": facts.allergens.split(),
        "pictograms": facts.pictograms.split(),
        "exemptions": facts.exemptions.split(),
        "has_battery": {True: "yes", False: "no"}.get(facts.has_battery or False)
        if facts.has_battery is not None
        else "",
        "ufi": facts.ufi,
        "category": article.product.category_id,
        "weee_number": article.product.weee_number,
    }
    for variant in article.variants:
        found[f"content_{variant.pk}"] = contents.told(variant.content_amount, variant.content_unit)
        found[f"deposit_{variant.pk}"] = contents.told_deposit(
            variant.deposit_amount, variant.deposit_kind
        )
        found[f"energy_class_{variant.pk}"] = variant.energy_class
    return found


class NoteForm(forms.Form):
    """What is wrong in the registry."""

    text = forms.CharField(
        label=_("What is wrong?"), max_length=500, widget=forms.Textarea(attrs=_LINES)
    )


class ManufacturerForm(forms.Form):
    """A manufacturer as the registry keeps it."""

    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(label=_("Postal address"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    weee_number = _text(_("WEEE number"), 11)
    outside_eu = forms.BooleanField(label=_("Outside the European Union"), required=False)
    responsible_name = _text(_("Responsible person in the EU: name"), 120)
    responsible_address = _text(_("Responsible person in the EU: address"), 200)
    responsible_email = forms.EmailField(
        label=_("Responsible person in the EU: e-mail"), required=False
    )
