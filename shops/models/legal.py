"""What shops and the operator say of themselves, and the legal texts that follow from it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from shops.enums_legal import Arbitration, LegalForm, LegalKind, OperatorModel, ReturnCosts

#: From this share in public hands on no SME of the EU's recommendation (law D9).
NO_SME_FROM = 25
_BODY = Q(arbitration__in=["", Arbitration.REFUSES, Arbitration.SILENT]) | ~Q(body_name="") & ~Q(
    body_address=""
) & ~Q(body_url="")
_SILENT = ~Q(arbitration=Arbitration.SILENT) | Q(few_staff=True)


class Trader(models.Model):
    """Who somebody is that trades or runs a service. LAW: DDG § 5, EGBGB Art. 246a § 1 (1)."""

    #: The name in law: that of the company, or of the person behind the shop.
    legal_name = models.CharField(max_length=160, blank=True)
    legal_form = models.CharField(max_length=8, choices=LegalForm, blank=True)
    #: People who act for it, as they are named: "Geschäftsführerin Ada Ernst".
    representative = models.CharField(max_length=200, blank=True)
    street = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    town = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    register_court = models.CharField(max_length=80, blank=True)
    register_number = models.CharField(max_length=40, blank=True)
    #: Compact, as stdnum writes it: DE123456789.
    vat_id = models.CharField(max_length=14, blank=True)
    #: Wirtschafts-Identifikationsnummer: DE123456789-00001.
    w_idnr = models.CharField(max_length=18, blank=True)
    #: Who supervises a trade that needs a permit.
    authority = models.CharField(max_length=200, blank=True)
    #: Regulated professions: chamber, title and the state that gave it, rules and where they stand.
    chamber = models.CharField(max_length=200, blank=True)
    profession = models.CharField(max_length=200, blank=True)
    profession_rules = models.CharField(max_length=300, blank=True)
    arbitration = models.CharField(max_length=7, choices=Arbitration, blank=True)
    body_name = models.CharField(max_length=160, blank=True)
    body_address = models.CharField(max_length=200, blank=True)
    body_url = models.URLField(max_length=200, blank=True)
    #: Ten people or fewer on 31 December of last year (VSBG § 36 (3)).
    few_staff = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def address(self) -> str:
        """On one line; empty where nothing is told."""
        place = f"{self.postcode} {self.town}".strip()
        return ", ".join(part for part in (self.street, place) if part)


class ShopLegal(Trader):
    """A shop's own word on who it is and by which rules it sells. Written by
    `shops.domain.legal.facts`; whether it is a trader stands in `Shop.trader_declared_at`."""

    shop = models.OneToOneField("shops.Shop", on_delete=models.CASCADE, related_name="legal")
    return_costs = models.CharField(max_length=5, choices=ReturnCosts, default=ReturnCosts.SHOP)
    #: What sending back costs at most where goods do not go by ordinary post, in EUR.
    return_most = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    #: The shop fetches the goods itself.
    fetches_returns = models.BooleanField(default=False)
    #: Where goods go back to; empty: to the shop's own address.
    return_address = models.CharField(max_length=200, blank=True)
    #: Its own terms and its own (commercial) guarantee, by language; empty: ours, and none.
    terms_de = models.TextField(max_length=20_000, blank=True)
    terms_en = models.TextField(max_length=20_000, blank=True)
    guarantee_de = models.TextField(max_length=6_000, blank=True)
    guarantee_en = models.TextField(max_length=6_000, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "shops' legal facts"
        constraints = [
            models.CheckConstraint(name="shops_shoplegal_body_named", condition=_BODY),
            models.CheckConstraint(name="shops_shoplegal_silent_is_small", condition=_SILENT),
            # LAW: a shop that fetches goods itself charges nothing for it here.
            models.CheckConstraint(
                name="shops_shoplegal_fetching_is_free",
                condition=Q(fetches_returns=False) | Q(return_costs=ReturnCosts.SHOP),
            ),
            models.CheckConstraint(
                name="shops_shoplegal_most_is_the_buyers",
                condition=Q(return_most__isnull=True)
                | Q(return_most__gt=0, return_costs=ReturnCosts.BUYER),
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name


class OperatorLegal(Trader):
    """Who runs a city's marketplace. Written by `shops.domain.legal.operators`."""

    city = models.OneToOneField("shops.City", on_delete=models.CASCADE, related_name="operator")
    operator_model = models.CharField(max_length=1, choices=OperatorModel)
    #: Percent of its capital or votes in public hands.
    public_share = models.PositiveSmallIntegerField()
    #: Spared the duties of DSA Art. 20 to 32 as a micro or small enterprise, and why.
    dsa_small = models.BooleanField(default=False)
    dsa_reason = models.CharField(max_length=300, blank=True)
    #: Who answers for editorial texts of the marketplace (MStV § 18 (2)).
    editor = models.CharField(max_length=200, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "operators' legal facts"
        constraints = [
            models.CheckConstraint(name="shops_operatorlegal_body_named", condition=_BODY),
            models.CheckConstraint(name="shops_operatorlegal_silent_is_small", condition=_SILENT),
            models.CheckConstraint(
                name="shops_operatorlegal_model_and_share",
                condition=Q(operator_model=OperatorModel.CITY, public_share=100)
                | Q(operator_model=OperatorModel.COMPANY, public_share__range=(51, 100))
                | Q(operator_model=OperatorModel.PRIVATE, public_share__lte=50),
            ),
            # LAW: Recommendation 2003/361/EC Art. 3 (4): 25 % in public hands is no SME (D9).
            models.CheckConstraint(
                name="shops_operatorlegal_small_is_private",
                condition=Q(dsa_small=False) | Q(public_share__lt=NO_SME_FROM) & ~Q(dsa_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name


class VatCheck(models.Model):
    """One look at a shop's VAT id: when, how, and what came of it. Append-only.

    LAW: UStG §§ 22f, 25e: the operator keeps it as evidence (law D12).
    """

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, related_name="vat_checks")
    vat_id = models.CharField(max_length=14)
    at = models.DateTimeField()
    #: "checksum" (ours), or the office that confirmed it.
    method = models.CharField(max_length=20)
    is_valid = models.BooleanField()
    #: What the checker said: library and version, or the office's reference.
    evidence = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["shop", "-at"], name="shops_vatcheck_latest")]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.at:%Y-%m-%d} {self.is_valid}"


class LegalTextQuerySet(models.QuerySet["LegalText"]):
    def of(self, shop: Any) -> "LegalTextQuerySet":
        return self.filter(shop=shop)

    def of_operator(self, city: Any) -> "LegalTextQuerySet":
        return self.filter(city=city, shop=None)


class LegalText(models.Model):
    """One version of a legal text of a shop, or of the operator where `shop` is empty. Append-only:
    who agreed to a version finds the same words for ever (law A16)."""

    city = models.ForeignKey("shops.City", on_delete=models.PROTECT, related_name="legal_texts")
    shop = models.ForeignKey(
        "shops.Shop", on_delete=models.PROTECT, null=True, blank=True, related_name="legal_texts"
    )
    kind = models.CharField(max_length=10, choices=LegalKind)
    language = models.CharField(max_length=5)
    #: 1, 2, 3 ... of its kind and language.
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    #: Plain text: paragraphs between blank lines, `## ` before a heading, nothing else.
    body = models.TextField()
    #: Of title and body, as `shops.domain.legal.texts.digest` takes it.
    sha256 = models.CharField(max_length=64)
    valid_from = models.DateTimeField()
    #: Written by the system from a model text that no lawyer of the shop has read.
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LegalTextQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "kind", "language", "number"], name="shops_legaltext_once"
            ),
            models.UniqueConstraint(
                fields=["city", "kind", "language", "number"],
                condition=Q(shop__isnull=True),
                name="shops_legaltext_operators_once",
            ),
            models.CheckConstraint(
                name="shops_legaltext_kind_known", condition=Q(kind__in=LegalKind.values)
            ),
            models.CheckConstraint(
                name="shops_legaltext_not_before_written",
                condition=Q(valid_from__gte=F("created_at")),
            ),
            models.CheckConstraint(
                name="shops_legaltext_said",
                condition=~Q(title="") & ~Q(body="") & ~Q(sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} v{self.number}"
