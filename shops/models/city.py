"""A town: the widest scope. Every public query takes one."""

from django.db import models
from django.db.models.functions import Lower


class City(models.Model):
    """One town with its Wagtail site, its address and its rules."""

    site = models.OneToOneField("wagtailcore.Site", on_delete=models.PROTECT, related_name="city")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80, unique=True)
    #: Absolute links (mails, feeds) start with this; never with a request's Host header.
    base_url = models.URLField(max_length=200)
    #: Land as in ISO 3166-2:DE without "DE-", for public holidays.
    land = models.CharField(max_length=2)
    #: A few streets, rails and waters for the drawing of where a shop is (`shops.domain.locator`):
    #: [{"kind": "street", "name": "Porschestraße", "points": [[52.42, 10.78], ...]}, ...]
    sketch = models.JSONField(default=list, blank=True)
    #: The one colour from which the city's others follow (`shops.domain.brand`), as #rrggbb.
    colour = models.CharField(max_length=7, default="#0e5a48")
    #: Menu, help, terms for shops and legal pages by language, told by `cms.domain.frame` whenever
    #: a page changes: {"de": {"menu": [{"title": "Aktionen", "path": "/aktionen/"}],
    #: "help": [...], "shops": [...], "legal": [...]}, "en": ...}
    frame = models.JSONField(default=dict, blank=True)
    #: As on number plates: WOB. Stands before the numbers of receipts; empty: from the slug.
    plate = models.CharField(max_length=3, blank=True)
    #: Opening minutes a shop has to answer a request before the clock declines it.
    answer_minutes = models.PositiveSmallIntegerField(default=60)
    #: Opening days a reservation is kept once it is ready.
    hold_days = models.PositiveSmallIntegerField(default=2)
    #: Most units of one offer in one checkout.
    max_quantity = models.PositiveSmallIntegerField(default=10)
    #: Most open reservations per e-mail address (hoarding, OWASP OAT-021).
    max_open = models.PositiveSmallIntegerField(default=10)
    #: Whether shops here may be paid online at all.
    pay_open = models.BooleanField(default=True)
    #: The operator's part of an online payment: percent of it, and EUR for each.
    pay_fee_percent = models.DecimalField(max_digits=4, decimal_places=2, default=0)
    pay_fee_fixed = models.DecimalField(max_digits=4, decimal_places=2, default=0)

    class Meta:
        verbose_name_plural = "cities"
        constraints = [
            models.CheckConstraint(
                name="shops_city_limits_positive",
                condition=models.Q(
                    answer_minutes__gt=0, hold_days__gt=0, max_quantity__gt=0, max_open__gt=0
                ),
            ),
            # More than that is no fee for a counter in the city, but a slip of the finger.
            models.CheckConstraint(
                name="shops_city_pay_fee_bounded",
                condition=models.Q(
                    pay_fee_percent__gte=0,
                    pay_fee_percent__lte=20,
                    pay_fee_fixed__gte=0,
                    pay_fee_fixed__lte=5,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CityHost(models.Model):
    """A host name a city answers on; others get 421."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="hosts")
    #: Lower case, without port.
    host = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("host"), name="shops_cityhost_host_unique"),
        ]

    def __str__(self) -> str:
        return self.host
