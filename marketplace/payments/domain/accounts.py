"""A shop's account at the provider: asked for, and told where it stands."""

from datetime import datetime

from django.db import IntegrityError, transaction

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.payments.domain import cases
from marketplace.payments.enums import LANE_OF, CaseKind, OperationKind
from marketplace.payments.gateway.port import AccountSnapshot
from marketplace.payments.models import Operation, ProviderAccount


@transaction.atomic
def connect(*, shop_id: int, livemode: bool, by: Actor, now: datetime) -> ProviderAccount:
    """Ask for an account of the shop's own; one it has already is returned.

    Nothing about people goes with it: the provider asks them itself, on its own pages.
    """
    current = ProviderAccount.objects.filter(shop_id=shop_id, replaced_at__isnull=True)
    if account := current.first():
        return account
    try:
        with transaction.atomic():
            account = ProviderAccount.objects.create(
                shop_id=shop_id, livemode=livemode, created_at=now
            )
    except IntegrityError:
        # RACE: two owners at once; the unique constraint has waited for the first.
        return current.get()
    Operation.objects.create(
        kind=OperationKind.CREATE_ACCOUNT,
        lane=LANE_OF[OperationKind.CREATE_ACCOUNT],
        account=account,
        created_at=now,
        due_at=now,
    )
    history.record(
        verb="account.connect",
        subject=f"account:{account.pk}",
        scope=f"shop:{shop_id}",
        by=by,
        now=now,
    )
    return account


@transaction.atomic
def apply(*, account_id: int, seen: AccountSnapshot, now: datetime) -> ProviderAccount:
    """Write what the provider says of an account. Another id or mode opens a case instead.

    An account has no order of states: it may be enabled and disabled at any time. So the newest
    fetch holds, and one that began before the last applied one must not be applied (`now` is when
    it began).
    """
    changed = {
        "provider_id": seen.provider_id,
        "state": seen.state,
        "charges_enabled": seen.charges_enabled,
        "payouts_enabled": seen.payouts_enabled,
        "missing": list(seen.missing),
        "blocked_because": seen.blocked_because[:80],
        "checked_at": now,
    }
    account = ProviderAccount.objects.get(pk=account_id)
    if account.livemode != seen.livemode or account.provider_id not in ("", seen.provider_id):
        cases.open_case(
            kind=CaseKind.CONTRADICTION,
            about=f"account:{account.pk}",
            detail="account",
            shop_id=account.shop_id,
            now=now,
        )
        return account
    # RACE: an older fetch finds a younger `checked_at` and changes nothing.
    ProviderAccount.objects.filter(pk=account_id, provider_id__in=["", seen.provider_id]).exclude(
        checked_at__gt=now
    ).update(**changed)
    before = account.state
    account.refresh_from_db()
    if account.state != before:
        history.record(
            verb="account.state",
            subject=f"account:{account.pk}",
            scope=f"shop:{account.shop_id}",
            by=Actor.system(),
            now=now,
            data={"state": str(account.state)},
        )
    return account
