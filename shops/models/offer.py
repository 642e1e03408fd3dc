"""One branch's word on one variant, and the history of its numbers."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, FloatField, Q

from shops.enums import Gate, Reason, Source

#: Gross EUR that an offer is expected to sell in an opening hour.
WORTH = ExpressionWrapper(F("pace") * F("price"), output_field=FloatField())


class OfferQuerySet(models.QuerySet["Offer"]):
    def of(self, city: Any) -> "OfferQuerySet":
        return self.filter(branch__shop__city=city)

    def live(self) -> "OfferQuerySet":
        """Offers a shopper may see. LAW: none that the publish gate holds back."""
        return self.filter(
            is_live=True,
            branch__is_live=True,
            branch__shop__is_live=True,
            variant__product__is_live=True,
            variant__gate__in=(Gate.OPEN, Gate.RESERVE_ONLY),
        )

    def short(self) -> "OfferQuerySet":
        """Reserved more than is in the house: some reservations cannot be filled."""
        return self.filter(reserved__gt=F("on_hand"))


class Offer(models.Model):
    """Price and stock of a variant at a branch. Numbers move only through `shops.domain.stock`."""

    branch = models.ForeignKey("shops.Branch", on_delete=models.PROTECT, related_name="offers")
    variant = models.ForeignKey("shops.Variant", on_delete=models.PROTECT, related_name="offers")
    #: The branch's own article number.
    sku = models.CharField(max_length=80, blank=True)
    #: Gross, EUR.
    price = models.DecimalField(max_digits=10, decimal_places=2)
    #: LAW: lowest price of the 30 days before the running reduction began, told beside the price
    #: (PAngV § 11); empty where none is announced. Written by `shops.domain.prices`.
    reference_price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    #: What the manufacturer recommends, and where that is written; never a former price.
    recommended_price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    recommended_source = models.CharField(max_length=120, blank=True)
    #: A price a file calls former or list price: shown to the shop only, until it says which.
    claimed_price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    #: Everything of ours in the house, set-aside goods included; empty means not counted.
    on_hand = models.IntegerField(null=True, blank=True)
    #: Sum of what lines hold (truth 2). May exceed `on_hand`: then the offer is short.
    reserved = models.IntegerField(default=0)
    #: The part of `reserved` in a compartment or waiting to go back; told by `reservations`.
    set_aside = models.IntegerField(default=0)
    #: Units kept back for the shop floor.
    buffer = models.PositiveIntegerField(default=0)
    #: `as_of` of the last count.
    counted_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=8, choices=Source, blank=True)
    online_url = models.URLField(blank=True, max_length=300)
    is_live = models.BooleanField(default=True)
    #: Confidence moments for one unit (design section 7).
    sure_until = models.DateTimeField(null=True, blank=True)
    likely_until = models.DateTimeField(null=True, blank=True)
    #: Since when the number wants a recount.
    unsure_since = models.DateTimeField(null=True, blank=True)
    #: Own turnover: units sold over opening minutes observed.
    sold_units = models.PositiveIntegerField(default=0)
    observed_minutes = models.PositiveIntegerField(default=0)
    #: Units it is expected to sell in an opening hour; told by `holding` with the moments.
    pace = models.FloatField(default=0)
    #: The product's `sort_title`, so that a shelf of any length has its order in an index of its
    #: own; told by `catalogue`.
    sort_title = models.CharField(max_length=200, blank=True)
    #: Goes up with each change of the numbers; the row is taken by raising it.
    version = models.PositiveBigIntegerField(default=0)

    objects = OfferQuerySet.as_manager()

    class Meta:
        indexes = [
            # The freshest counts first, as every shelf that lives is filled.
            models.Index(fields=["-counted_at", "id"], name="shops_offer_freshest"),
            # A branch's own lists: by title, and by what an opening hour of it is worth. None of
            # these columns moves with a claim, so claims stay as cheap as they are.
            models.Index(fields=["branch", "sort_title", "id"], name="shops_offer_shelf"),
            models.Index(F("branch"), WORTH.desc(), F("id"), name="shops_offer_worth"),
            models.Index(
                fields=["branch", "unsure_since"],
                condition=Q(unsure_since__isnull=False),
                name="shops_offer_unsure",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["branch", "variant"], name="shops_offer_once"),
            models.UniqueConstraint(
                fields=["branch", "sku"], condition=~Q(sku=""), name="shops_offer_sku_unique"
            ),
            models.CheckConstraint(
                name="shops_offer_reserved_not_negative", condition=Q(reserved__gte=0)
            ),
            models.CheckConstraint(
                name="shops_offer_set_aside_within_reserved",
                condition=Q(set_aside__gte=0, set_aside__lte=F("reserved")),
            ),
            models.CheckConstraint(
                name="shops_offer_on_hand_not_negative",
                condition=Q(on_hand__isnull=True) | Q(on_hand__gte=0),
            ),
            models.CheckConstraint(name="shops_offer_price_positive", condition=Q(price__gt=0)),
            models.CheckConstraint(
                name="shops_offer_reduced_below_reference",
                condition=Q(reference_price__isnull=True) | Q(reference_price__gt=F("price")),
            ),
            models.CheckConstraint(
                name="shops_offer_recommendation_has_source",
                condition=Q(recommended_price__isnull=True, recommended_source="")
                | Q(recommended_price__isnull=False, recommended_price__gt=0)
                & ~Q(recommended_source=""),
            ),
            models.CheckConstraint(
                name="shops_offer_counted_or_unknown",
                condition=Q(on_hand__isnull=True) | Q(counted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id}/{self.variant_id}"

    @property
    def free(self) -> int | None:
        """Units that can be claimed; None when not counted. May be negative when short."""
        return None if self.on_hand is None else self.on_hand - self.reserved - self.buffer


class Movement(models.Model):
    """One line of history per change of an offer's numbers. Append-only."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="movements")
    reason = models.CharField(max_length=10, choices=Reason)
    #: Units that physically came or went at `at`.
    units = models.IntegerField()
    #: What was applied to `on_hand`; the sum of all is `on_hand`.
    delta = models.IntegerField()
    at = models.DateTimeField()
    #: For counts: the moment the number was true.
    as_of = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: What it belongs to, for example "line:12".
    ref = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["offer", "reason", "at"], name="shops_movement_since")]
        constraints = [
            models.CheckConstraint(
                name="shops_movement_reason_known", condition=Q(reason__in=Reason.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.delta:+d}"
