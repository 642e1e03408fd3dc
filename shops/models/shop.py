"""A retailer and its people."""

from typing import Any

from django.conf import settings
from django.db import models

from shops.enums import Role


class ShopQuerySet(models.QuerySet["Shop"]):
    def of(self, city: Any) -> "ShopQuerySet":
        return self.filter(city=city)

    def live(self) -> "ShopQuerySet":
        return self.filter(is_live=True)


class Shop(models.Model):
    """A retailer, the tenant. `online_shop` is its own web shop, linked and never copied."""

    city = models.ForeignKey("shops.City", on_delete=models.PROTECT, related_name="shops")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80)
    description = models.TextField(blank=True)
    #: Branch of trade: a top category of the goods tree, also for shops without goods here.
    trade = models.ForeignKey(
        "shops.Category", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: The shop itself: front, window, counter.
    picture = models.ForeignKey(
        "core.Picture", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    online_shop = models.URLField(blank=True, max_length=300)
    email = models.EmailField(blank=True)
    #: Confirm at once when the stock is sure; otherwise the shop is asked.
    auto_accept = models.BooleanField(default=False)
    is_live = models.BooleanField(default=False)
    #: Since when it takes online payments; told downwards by `payments` (`shops.domain.paying`).
    pay_open_since = models.DateTimeField(null=True, blank=True)
    #: LAW: when its owner declared that it is a trader (EGBGB Art. 246d § 1 no. 4, law D3). Nobody
    #: sees a shop, or goods of it, that has not.
    trader_declared_at = models.DateTimeField(null=True, blank=True)
    #: LAW: a small business shows and owes no VAT (UStG § 19): first and last day of being one.
    small_business_from = models.DateField(null=True, blank=True)
    small_business_until = models.DateField(null=True, blank=True)
    #: `fold(name)`, so that lists sort alike on both databases (DIN 5007-1).
    sort_name = models.CharField(max_length=120)

    objects = ShopQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "slug"], name="shops_shop_slug_unique"),
            models.CheckConstraint(
                name="shops_shop_live_is_trader",
                condition=models.Q(is_live=False) | models.Q(trader_declared_at__isnull=False),
            ),
            models.CheckConstraint(
                name="shops_shop_small_business_span",
                condition=models.Q(small_business_until__isnull=True)
                | models.Q(
                    small_business_from__isnull=False,
                    small_business_until__gte=models.F("small_business_from"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person's place in a shop; the only source of a retailer's rights."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="members")
    role = models.CharField(max_length=8, choices=Role)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "shop"], name="shops_member_once"),
            models.CheckConstraint(
                name="shops_member_role_known", condition=models.Q(role__in=Role.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.shop_id}"
