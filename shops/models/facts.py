"""What laws want told of goods beside price and contents: one row per product."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from shops.enums import (
    AllergenState,
    Condition,
    FoodKind,
    Husbandry,
    MediaRating,
    NutritionBasis,
    NutritionExempt,
    SignalWord,
    Withdrawal,
)

#: Energy in kJ, then grams of the others (LMIV annex XV).
NUTRIENTS = ("energy_kj", "fat", "saturates", "carbohydrate", "sugars", "protein", "salt")
AGES = (0, 16, 18)
_GRAMS = NUTRIENTS[1:]


def _share() -> "models.DecimalField[Decimal | None, Decimal | None]":
    """Grams in 100 g or 100 ml."""
    return models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)


class Facts(models.Model):
    """Typed particulars of a product; what is empty was never told.

    Sets are kept as sorted words with spaces between them, so that both databases can look at them.
    """

    product = models.OneToOneField("shops.Product", on_delete=models.CASCADE, related_name="facts")

    # Food: Regulation (EU) No 1169/2011 (LMIV), LMIDV (law E6, E7).
    food_kind = models.CharField(max_length=6, choices=FoodKind, blank=True)
    #: Allergens stand between stars: `*Weizenmehl*, Wasser`.
    ingredients = models.TextField(max_length=2000, blank=True)
    allergen_state = models.CharField(max_length=8, choices=AllergenState, blank=True)
    allergens = models.CharField(max_length=130, blank=True)
    storage = models.CharField(max_length=300, blank=True)
    #: Who answers for the food: name and address (LMIV Art. 8).
    operator_name = models.CharField(max_length=120, blank=True)
    operator_address = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=120, blank=True)
    #: % vol.
    alcohol = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    nutrition_basis = models.CharField(max_length=5, choices=NutritionBasis, blank=True)
    energy_kj = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    fat = _share()
    saturates = _share()
    carbohydrate = _share()
    sugars = _share()
    protein = _share()
    salt = _share()
    nutrition_exempt = models.CharField(max_length=12, choices=NutritionExempt, blank=True)
    husbandry = models.CharField(max_length=10, choices=Husbandry, blank=True)

    # Textiles: Regulation (EU) No 1007/2011, TextilKennzG (law E11).
    #: `Oberstoff: 80 % Baumwolle, 20 % Polyester; Futter: 100 % Viskose`, as `fibres` writes it.
    fibres = models.CharField(max_length=400, blank=True)
    #: What the shares of each part add up to.
    fibre_total = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    #: Says "contains non-textile parts of animal origin".
    animal_parts = models.BooleanField(default=False)

    # Electrical: EnVKV, ElektroG, BattDG (law E8, E12).
    eprel_id = models.CharField(max_length=20, blank=True)
    data_sheet = models.URLField(max_length=300, blank=True)
    #: Empty: nobody has said.
    has_battery = models.BooleanField(null=True, blank=True)

    # Hazardous mixtures: Regulation (EC) No 1272/2008 (law E14).
    pictograms = models.CharField(max_length=60, blank=True)
    signal_word = models.CharField(max_length=7, choices=SignalWord, blank=True)
    #: `H319 P102 P305+P351+P338`.
    phrases = models.CharField(max_length=200, blank=True)
    #: Their words, as the label has them.
    phrases_text = models.TextField(max_length=2000, blank=True)
    ufi = models.CharField(max_length=19, blank=True)

    # For everything (law A8, A14, E1, E2, E9).
    rating = models.CharField(max_length=4, choices=MediaRating, blank=True)
    min_age = models.PositiveSmallIntegerField(null=True, blank=True)
    warnings = models.TextField(max_length=2000, blank=True)
    model = models.CharField(max_length=80, blank=True)
    condition = models.CharField(max_length=6, choices=Condition, default=Condition.NEW)
    withdrawal = models.CharField(
        max_length=10, choices=Withdrawal, blank=True, default=Withdrawal.UNTOLD
    )
    #: Years for which the manufacturer promises that the whole article lasts, free of charge.
    guarantee_years = models.PositiveSmallIntegerField(null=True, blank=True)
    #: Who promises; empty: the manufacturer as the registry knows it.
    guarantor = models.CharField(max_length=120, blank=True)
    #: Where its terms stand.
    guarantee_proof = models.URLField(max_length=300, blank=True)
    #: Rules of the category that the shop says do not concern these goods.
    exemptions = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name_plural = "facts"
        constraints = [
            models.CheckConstraint(
                name="shops_facts_allergens_whole",
                condition=(Q(allergen_state=AllergenState.LISTED) & ~Q(allergens=""))
                | (~Q(allergen_state=AllergenState.LISTED) & Q(allergens="")),
            ),
            models.CheckConstraint(
                name="shops_facts_operator_named",
                condition=Q(operator_address="") | ~Q(operator_name=""),
            ),
            models.CheckConstraint(
                name="shops_facts_alcohol_possible",
                condition=Q(alcohol__isnull=True) | Q(alcohol__gte=0, alcohol__lte=100),
            ),
            # LAW: LMIV Art. 30: the seven are told together or not at all.
            models.CheckConstraint(
                name="shops_facts_nutrition_whole",
                condition=Q(**{f"{name}__isnull": True for name in NUTRIENTS}, nutrition_basis="")
                | (
                    # A comparison with nothing is no refusal, so it is said twice.
                    Q(**{f"{name}__isnull": False for name in NUTRIENTS})
                    & Q(nutrition_basis__in=NutritionBasis.values)
                    & Q(energy_kj__gte=0, energy_kj__lte=4000)
                    & Q(**{f"{name}__gte": 0 for name in _GRAMS})
                    & Q(**{f"{name}__lte": 100 for name in _GRAMS})
                    & Q(saturates__lte=F("fat"), sugars__lte=F("carbohydrate"))
                ),
            ),
            # LAW: TextilKennzVO Art. 5, 9: the shares of each part are the whole part.
            models.CheckConstraint(
                name="shops_facts_fibres_are_all",
                condition=Q(fibres="", fibre_total__isnull=True)
                | (~Q(fibres="") & Q(fibre_total__isnull=False, fibre_total=100)),
            ),
            models.CheckConstraint(
                name="shops_facts_min_age_known",
                condition=Q(min_age__isnull=True) | Q(min_age__in=AGES),
            ),
            models.CheckConstraint(
                name="shops_facts_guarantee_years_possible",
                condition=Q(guarantee_years__isnull=True)
                | Q(guarantee_years__gte=1, guarantee_years__lte=99),
            ),
            models.CheckConstraint(
                name="shops_facts_words_known",
                condition=Q(
                    food_kind__in=["", *FoodKind.values],
                    allergen_state__in=["", *AllergenState.values],
                    nutrition_exempt__in=["", *NutritionExempt.values],
                    husbandry__in=["", *Husbandry.values],
                    signal_word__in=["", *SignalWord.values],
                    rating__in=["", *MediaRating.values],
                    condition__in=Condition.values,
                    withdrawal__in=Withdrawal.values,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"facts of {self.product_id}"
