"""What can be offered: categories, products, variants."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from shops.enums import (
    Deposit,
    Drawing,
    EnergyClass,
    EnergyRange,
    Gate,
    NoBasePrice,
    Review,
    TaxClass,
    Unbound,
    Unit,
    WindowRule,
)
from shops.models.facts import AGES


class Category(models.Model):
    """A branch of the goods tree."""

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80, unique=True)
    sort_name = models.CharField(max_length=80)
    #: Words people type and files use for it, in German and in English, parted by commas.
    search_words = models.TextField(blank=True)
    search_words_en = models.TextField(blank=True)
    #: Units one offer of this category usually sells per opening hour; prior of design 7.
    turnover = models.FloatField(default=0.02)
    #: What stands in for a picture of its goods and its shops.
    drawing = models.CharField(max_length=8, choices=Drawing, blank=True)
    #: Days on which its goods may be handed over, where a law says so.
    window_rule = models.CharField(
        max_length=16, choices=WindowRule, blank=True, default=WindowRule.NONE
    )
    #: Names of `Rule`; a category below has them too, and takes one back with `-name`.
    rules = models.JSONField(default=list, blank=True)
    min_age = models.PositiveSmallIntegerField(default=0)
    #: Why goods of this kind are not taken at all (law E4); empty: they are.
    blocked = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.CheckConstraint(
                name="shops_category_min_age_known", condition=Q(min_age__in=AGES)
            ),
            models.CheckConstraint(
                name="shops_category_turnover_positive", condition=Q(turnover__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet["Product"]):
    def of(self, city: Any) -> "ProductQuerySet":
        return self.filter(city=city)

    def live(self) -> "ProductQuerySet":
        """Visible products: live themselves, not of a shop that is not, and not held for review."""
        return self.filter(
            Q(shop=None) | Q(shop__is_live=True),
            is_live=True,
            review__in=(Review.NONE, Review.RELEASED),
        )


class Product(models.Model):
    """What a page describes: *shared* (no shop, variants known by GTIN) or one shop's *own*."""

    city = models.ForeignKey("shops.City", on_delete=models.PROTECT, related_name="products")
    shop = models.ForeignKey(
        "shops.Shop", on_delete=models.PROTECT, null=True, blank=True, related_name="products"
    )
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=120)
    text = models.TextField(blank=True)
    brand = models.CharField(max_length=120, blank=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="products"
    )
    #: Language the goods are described in (BCP 47).
    language = models.CharField(max_length=8, default="de")
    manufacturer = models.ForeignKey(
        "shops.Manufacturer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
    )
    #: LAW: `DE 12345678`, the producer's number in the register for devices (ElektroG § 6).
    weee_number = models.CharField(max_length=11, blank=True)
    is_live = models.BooleanField(default=True)
    sort_title = models.CharField(max_length=200)
    #: The shop's own key for an own product (file's group key); never shown.
    source_key = models.CharField(max_length=200, blank=True)
    #: Category as the file that brought it named it, folded (`CategoryAlias.key`).
    source_category = models.CharField(max_length=200, blank=True)
    #: LAW: whether its words sound like goods we do not take, and what the city says (law E4).
    review = models.CharField(
        max_length=8, choices=Review, blank=True, default=Review.NONE, db_index=True
    )
    #: The words that were found, and why the city refused.
    review_words = models.CharField(max_length=200, blank=True)
    review_reason = models.CharField(max_length=300, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["city", "sort_title"], name="shops_product_sort"),
            # What waits for an answer about its category.
            models.Index(
                fields=["city", "source_category"],
                condition=Q(category=None) & ~Q(source_category=""),
                name="shops_product_unsorted",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "source_key"],
                condition=Q(shop__isnull=False) & ~Q(source_key=""),
                name="shops_product_source_key_unique",
            ),
            models.CheckConstraint(
                name="shops_product_review_known", condition=Q(review__in=Review.values)
            ),
            models.CheckConstraint(
                name="shops_product_refused_with_reason",
                condition=~Q(review=Review.REFUSED) | ~Q(review_reason=""),
            ),
            models.CheckConstraint(
                name="shops_product_weee_number_form",
                condition=Q(weee_number="") | Q(weee_number__startswith="DE "),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Variant(models.Model):
    """The thing one can hold."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    #: The product's city again, so that one constraint can say "a GTIN once per city".
    city = models.ForeignKey("shops.City", on_delete=models.PROTECT, related_name="+")
    #: 14 digits, zero-filled (GS1 General Specifications 3.2); shared products only.
    gtin = models.CharField(max_length=14, null=True, blank=True)  # noqa: DJ001 unique or absent
    #: What is printed on the thing, in-store numbers included; never matches across shops.
    barcode = models.CharField(max_length=40, blank=True)
    #: [[name, value], ...] in the product's language.
    options = models.JSONField(default=list, blank=True)
    label = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    tax_class = models.CharField(max_length=10, choices=TaxClass, default=TaxClass.STANDARD)
    #: The class it will have from a day on that a law names; see `shops.domain.prices.tax`.
    next_tax_class = models.CharField(max_length=10, choices=TaxClass, blank=True)
    next_tax_from = models.DateField(null=True, blank=True)
    #: How much is in it, in the unit that base prices are told in (`shops.domain.contents`).
    content_amount = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    content_unit = models.CharField(max_length=2, choices=Unit, blank=True)
    #: LAW: without the liquid; base prices are told of this where it is known (PAngV § 5 (3)).
    drained_amount = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    #: Weighed or poured out in the shop: the price is the base price (PAngV § 4 (1) sentence 3).
    is_loose = models.BooleanField(default=False)
    no_base_price = models.CharField(max_length=12, choices=NoBasePrice, blank=True)
    #: LAW: books have a bound price unless one of these is so (`shops.domain.prices.binding`).
    unbound = models.CharField(max_length=8, choices=Unbound, blank=True)
    #: EUR, on top of the price and no part of the base price (PAngV § 7).
    deposit_amount = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    deposit_kind = models.CharField(max_length=7, choices=Deposit, blank=True)
    #: LAW: on a variant, since each model has its own label (EnVKV § 5).
    energy_class = models.CharField(max_length=1, choices=EnergyClass, blank=True)
    #: What it turned out to be; it only holds offers that gave way to others (`sharing.merging`).
    became = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    energy_range = models.CharField(
        max_length=3, choices=EnergyRange, blank=True, default=EnergyRange.A_G
    )
    #: What the gate says, told by `shops.domain.gate`; nothing is shown before it has spoken.
    gate = models.CharField(max_length=7, choices=Gate, default=Gate.CLOSED)
    #: Shoppers read that particulars are told in the shop.
    gate_badge = models.BooleanField(default=False)
    #: Rules that are not kept yet, as names of `Rule`.
    gate_reasons = models.JSONField(default=list, blank=True)
    #: The day it spoke: rules begin on dates.
    gated_on = models.DateField(null=True, blank=True, db_index=True)
    #: Years one must have to be given it; the category's, its own and its rating's together.
    min_age = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            # What a scanner asks for: an in-store number among the shop's own goods.
            models.Index(
                fields=["barcode"], condition=~Q(barcode=""), name="shops_variant_barcode"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="shops_variant_gate_known", condition=Q(gate__in=Gate.values)
            ),
            models.CheckConstraint(
                name="shops_variant_min_age_known", condition=Q(min_age__in=AGES)
            ),
            models.CheckConstraint(
                name="shops_variant_energy_range_known",
                condition=Q(energy_range__in=["", *EnergyRange.values]),
            ),
            models.CheckConstraint(
                name="shops_variant_content_whole",
                condition=Q(content_amount__isnull=True, content_unit="")
                | Q(
                    content_amount__isnull=False,
                    content_amount__gt=0,
                    content_unit__in=Unit.values,
                ),
            ),
            models.CheckConstraint(
                name="shops_variant_drained_within_content",
                condition=Q(drained_amount__isnull=True)
                | Q(
                    content_amount__isnull=False,
                    drained_amount__gt=0,
                    drained_amount__lte=F("content_amount"),
                ),
            ),
            # PAngV § 5: loose goods are told per kilogram, litre, 100 g or 100 ml.
            models.CheckConstraint(
                name="shops_variant_loose_by_unit",
                condition=Q(is_loose=False)
                | Q(content_amount__isnull=False)
                & (
                    Q(content_amount=1)
                    | Q(content_amount=Decimal("0.1"), content_unit__in=[Unit.KG, Unit.L])
                ),
            ),
            models.CheckConstraint(
                name="shops_variant_next_tax_whole",
                condition=Q(next_tax_class="", next_tax_from__isnull=True)
                | Q(next_tax_class__in=TaxClass.of_goods(), next_tax_from__isnull=False),
            ),
            models.CheckConstraint(
                name="shops_variant_deposit_whole",
                condition=Q(deposit_amount__isnull=True, deposit_kind="")
                | Q(
                    deposit_amount__isnull=False,
                    deposit_amount__gt=0,
                    deposit_kind__in=Deposit.values,
                ),
            ),
            models.UniqueConstraint(
                fields=["city", "gtin"],
                condition=Q(gtin__isnull=False),
                name="shops_variant_gtin_unique",
            ),
            # Numbers that shops print themselves (GS1 General Specifications 2.1) are nobody
            # else's: GTIN-13 with 2, 02 and 04, GTIN-8 with 0 and 2.
            models.CheckConstraint(
                name="shops_variant_gtin_worldwide",
                condition=Q(gtin=None)
                | ~(
                    Q(gtin__startswith="02")
                    | Q(gtin__startswith="002")
                    | Q(gtin__startswith="004")
                    | Q(gtin__startswith="0000000")
                    | Q(gtin__startswith="0000002")
                ),
            ),
            models.CheckConstraint(
                name="shops_variant_became_without_gtin",
                condition=Q(became=None) | Q(gtin=None),
            ),
            models.CheckConstraint(
                name="shops_variant_tax_class_known", condition=Q(tax_class__in=TaxClass.of_goods())
            ),
            models.CheckConstraint(
                name="shops_variant_energy_class_known",
                condition=Q(energy_class__in=["", *EnergyClass.values]),
            ),
        ]

    def __str__(self) -> str:
        return self.label or str(self.pk)


class ProductPicture(models.Model):
    """A picture of a product, or of one of its variants."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures")
    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, null=True, blank=True, related_name="pictures"
    )
    picture = models.ForeignKey("core.Picture", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "picture"],
                condition=Q(variant__isnull=True),
                name="shops_productpicture_once",
            ),
            models.UniqueConstraint(
                fields=["variant", "picture"],
                condition=Q(variant__isnull=False),
                name="shops_productpicture_variant_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.picture_id}"
