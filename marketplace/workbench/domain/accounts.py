"""The demo shops' accounts at the stand-in for Stripe: most are ready, some on their way."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

from marketplace.core.domain.history import Actor
from marketplace.payments.checks import STANDIN
from marketplace.payments.domain import accounts, operations
from marketplace.payments.enums import AccountState, Lane
from marketplace.payments.gateway.port import Answered
from marketplace.payments.models import ProviderAccount
from marketplace.workbench import town
from shops.models import Shop


def plant(*, state: Path, by: Actor, now: datetime) -> int:
    """Give each shop the account that its town's `pay` tells of; returns how many it made.

    Both sides of it, ours by the domain's own calls and the stand-in's in its `state`. Whoever has
    one keeps it. Call it outside a transaction; nothing needs to run.
    """
    missing = _missing()
    if not missing:
        return 0
    # Half a second that only the first start needs.
    from marketplace.payments.gateway.stripe_adapter import StripeGateway  # noqa: PLC0415
    from marketplace.workbench import provider  # noqa: PLC0415
    from marketplace.workbench.provider.direct import Direct  # noqa: PLC0415
    from marketplace.workbench.provider.store import Store  # noqa: PLC0415

    made = {
        accounts.connect(shop_id=shop.pk, livemode=False, by=by, now=now).pk: (shop, outcome)
        for shop, outcome in missing
    }
    with closing(Store(str(state))) as store:
        gateway = StripeGateway(secret_key=STANDIN, http_client=Direct(store, public=""))
        operations.run_due(now=now, gateway=gateway, limit=len(made), lane=Lane.OFFICE)
        for account in ProviderAccount.objects.filter(pk__in=made).exclude(provider_id=""):
            shop, outcome = made[account.pk]
            provider.fill_in(store, account.provider_id, name=shop.name, outcome=outcome)
            seen = gateway.fetch_account(account.provider_id)
            if isinstance(seen, Answered):
                accounts.apply(account_id=account.pk, seen=seen.value, now=now)
    return len(made)


def _missing() -> list[tuple[Shop, str]]:
    """Shops that shall have an account and have none, with how far they have come."""
    asked = ProviderAccount.objects.filter(replaced_at=None).exclude(state=AccountState.ASKED)
    done = set(asked.values_list("shop__city__slug", "shop__slug"))
    return [
        (Shop.objects.get(city__slug=name, slug=row["slug"]), row["pay"])
        for name in town.TOWNS
        for row in town.load(name)["shops"]
        if row["pay"] and (name, row["slug"]) not in done
    ]
