"""A shop's account at the provider."""

from django.db import models
from django.db.models import Q

from marketplace.payments.enums import AccountState


class AccountQuerySet(models.QuerySet["ProviderAccount"]):
    def current(self) -> "AccountQuerySet":
        """Those that take their shop's payments, once they are ready."""
        return self.filter(replaced_at__isnull=True, takes_over_at__isnull=True)

    def waiting(self) -> "AccountQuerySet":
        """Those that are to take another's place."""
        return self.filter(takes_over_at__isnull=False, stopped_at__isnull=True)


class ProviderAccount(models.Model):
    """Belongs to the shop, not to us: the money of its payments never touches the platform (C7).

    `charges_enabled` and what is missing are the provider's word, written by `domain.accounts`.
    """

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, related_name="+")
    #: The provider's id; empty until it has answered.
    provider_id = models.CharField(max_length=80, blank=True)
    livemode = models.BooleanField()
    state = models.CharField(max_length=10, choices=AccountState, default=AccountState.ASKED)
    charges_enabled = models.BooleanField(default=False)
    payouts_enabled = models.BooleanField(default=False)
    #: The provider's codes of what it still wants to know.
    missing = models.JSONField(default=list, blank=True)
    blocked_because = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    #: Another account has taken its place; refunds of its payments still go through it.
    replaced_at = models.DateTimeField(null=True, blank=True)
    #: It is to take another's place, and not before this instant; empty once it has.
    takes_over_at = models.DateTimeField(null=True, blank=True)
    #: An owner has stopped that: it never takes a payment.
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id"],
                condition=~Q(provider_id=""),
                name="payments_account_provider_id_unique",
            ),
            models.UniqueConstraint(
                fields=["shop"],
                condition=Q(replaced_at__isnull=True, takes_over_at__isnull=True),
                name="payments_account_one_per_shop",
            ),
            models.UniqueConstraint(
                fields=["shop"],
                condition=Q(takes_over_at__isnull=False, stopped_at__isnull=True),
                name="payments_account_one_change_per_shop",
            ),
            # Only what waits can be stopped, and what waits has never been anybody's account.
            models.CheckConstraint(
                name="payments_account_change_is_new",
                condition=Q(takes_over_at__isnull=True, stopped_at__isnull=True)
                | Q(takes_over_at__isnull=False, replaced_at__isnull=True),
            ),
            models.CheckConstraint(
                name="payments_account_state_known", condition=Q(state__in=AccountState.values)
            ),
            models.CheckConstraint(
                name="payments_account_ready_can_charge",
                condition=~Q(state=AccountState.READY)
                | (Q(charges_enabled=True) & ~Q(provider_id="")),
            ),
        ]

    def __str__(self) -> str:
        return f"account {self.pk} of shop {self.shop_id}"
