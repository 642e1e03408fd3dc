"""The owner's room for online payment: where the shop's account stands, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.core.domain.history import Actor
from marketplace.payments.domain import accounts, requirements
from marketplace.payments.enums import OperationKind, WorkState
from marketplace.payments.gateway.port import Gateway
from marketplace.payments.models import Operation, ProviderAccount
from shops.domain import paying
from shops.models import City, Shop


@dataclass(frozen=True, slots=True)
class Standing:
    """One account of the shop, in words."""

    account: ProviderAccount
    missing: Sequence[Any]
    #: The provider would not set it up, and a person has to look.
    is_stuck: bool

    @property
    def is_refused(self) -> bool:
        """Blocked for good, not only while somebody looks."""
        return self.account.blocked_because.startswith("rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Everything the page shows. `facts` are those that the shop does not say of itself."""

    shop: Shop
    city: City
    current: Standing | None
    waiting: Standing | None
    facts: Sequence[Any]

    @property
    def has_fee(self) -> bool:
        return bool(self.city.pay_fee_percent or self.city.pay_fee_fixed)


def room(*, shop: Shop) -> Room:
    """Read it all; a constant number of queries."""
    found = open_accounts(shop=shop)
    ended = Operation.objects.filter(
        kind=OperationKind.CREATE_ACCOUNT,
        account__in=[each.pk for each in found if not each.provider_id],
        state__in=(WorkState.DEAD, WorkState.VOID),
    )
    stuck = set(ended.values_list("account_id", flat=True))
    standing = [
        Standing(each, requirements.in_words(each.missing), each.pk in stuck) for each in found
    ]
    return Room(
        shop=shop,
        city=shop.city,
        current=next((each for each in standing if each.account.takes_over_at is None), None),
        waiting=next((each for each in standing if each.account.takes_over_at), None),
        facts=paying.legal_facts_missing(shop),
    )


def open_accounts(*, shop: Shop) -> list[ProviderAccount]:
    """The shop's account, and the one that is to take its place."""
    mine = ProviderAccount.objects.filter(
        shop=shop, replaced_at__isnull=True, stopped_at__isnull=True
    )
    return list(mine.order_by("pk"))


def account_for(
    *, shop: Shop, new: bool, gateway: Gateway, by: Actor, now: datetime
) -> ProviderAccount | None:
    """The account to go on with: `new` is the one that waits; else the current, asked for if there
    is none yet. None where no change waits."""
    if new:
        return ProviderAccount.objects.filter(shop=shop).waiting().first()
    return accounts.connect(shop_id=shop.pk, livemode=gateway.livemode, by=by, now=now)
