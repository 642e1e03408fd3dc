"""A shop's account at the provider."""

from django.db import models
from django.db.models import Q

from marketplace.payments.enums import AccountState


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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id"],
                condition=~Q(provider_id=""),
                name="payments_account_provider_id_unique",
            ),
            models.UniqueConstraint(
                fields=["shop"],
                condition=Q(replaced_at__isnull=True),
                name="payments_account_one_per_shop",
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
