"""A shop's account at the provider: asked for, changed, and told where it stands.

    accounts.connect(shop_id=..., livemode=..., by=..., now=...)
    accounts.change(shop_id=..., by=..., now=...)     accounts.stop(account_id=..., by=..., now=...)
    accounts.apply(account_id=..., seen=..., now=...)
    accounts.sweep(now=...)                           the caretaker

Nothing here talks to the provider; that is `onboarding`.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.payments.domain import account_mails, cases
from marketplace.payments.enums import LANE_OF, AccountState, CaseKind, OperationKind
from marketplace.payments.gateway.port import AccountSnapshot
from marketplace.payments.models import Operation, ProviderAccount
from shops.domain import paying
from shops.models import Shop

#: From asking for another account until it may take payments. Whoever got hold of an owner's
#: session would send the shop's money elsewhere: three days leave every owner a working day to
#: read the mail and stop it, a Sunday with a holiday beside it included.
WAIT = timedelta(hours=72)


@transaction.atomic
def connect(*, shop_id: int, livemode: bool, by: Actor, now: datetime) -> ProviderAccount:
    """Ask for an account of the shop's own; one it has already is returned.

    Nothing about people goes with it: the provider asks them itself, on its own pages.
    """
    current = ProviderAccount.objects.all().current().filter(shop_id=shop_id)
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
    _ask_for(account, now)
    _record("connect", account, by=by, now=now)
    return account


@transaction.atomic
def change(*, shop_id: int, by: Actor, now: datetime) -> ProviderAccount:
    """Ask for another account, which takes the shop's payments after `WAIT`; all owners are told.

    Until then, or until an owner stops it, the shop takes no new payments; what is in flight, its
    refunds and complaints stay with the account they were paid to. A change that waits already is
    returned. `Refused` where there is no account to change.
    """
    accounts = ProviderAccount.objects.filter(shop_id=shop_id)
    if waiting := accounts.waiting().first():
        return waiting
    # RACE: a change that ended since has left another current account; this holds the one we see.
    current = accounts.current().select_for_update().exclude(provider_id="").first()
    if current is None:
        raise Refused(_("There is no account yet that could be changed."), code="no_account")
    try:
        with transaction.atomic():
            account = ProviderAccount.objects.create(
                shop_id=shop_id,
                livemode=current.livemode,
                created_at=now,
                takes_over_at=now + WAIT,
            )
    except IntegrityError:
        # RACE: two owners at once; the unique constraint has waited for the first.
        return accounts.waiting().get()
    _ask_for(account, now)
    _record("change", account, by=by, now=now)
    account_mails.changing(account=account, now=now)
    tell(shop_id=shop_id, now=now)
    return account


@transaction.atomic
def stop(*, account_id: int, by: Actor, now: datetime) -> ProviderAccount:
    """An owner wants no other account; the one they have stays. Repeating changes nothing.

    `Stale` where the other account has taken over already.
    """
    # RACE: one conditional update; `_take_over` finds no row that waits, or this one finds none.
    rows = ProviderAccount.objects.filter(pk=account_id)
    stopped = rows.waiting().update(stopped_at=now)
    account = rows.get()
    if stopped:
        _record("stop", account, by=by, now=now)
        account_mails.stopped(account=account, now=now)
        tell(shop_id=account.shop_id, now=now)
    elif account.stopped_at is None:
        raise Stale(_("The other account takes the payments already."), code="taken_over")
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
        _record("state", account, by=Actor.system(), now=now, state=str(account.state))
    tell(shop_id=account.shop_id, now=now)
    return account


def tell(*, shop_id: int, now: datetime) -> bool:
    """Say downwards whether the shop can be paid online; returns whether that is news."""
    with transaction.atomic():
        # RACE: whoever tells holds the shop's row and looks at its accounts only then.
        Shop.objects.select_for_update().get(pk=shop_id)
        accounts = ProviderAccount.objects.filter(shop_id=shop_id)
        able = accounts.current().filter(state=AccountState.READY).exists()
        can_charge = able and not accounts.waiting().exists()
        return paying.tell(shop_id=shop_id, can_charge=can_charge, now=now)


def sweep(*, now: datetime) -> int:
    """Let changes whose time has come take place, and tell all shops anew; how many changed.

    Facts that vanished, and a city that closed or opened, are noticed here. Calls nobody.
    """
    changed = 0
    accounts = ProviderAccount.objects.all()
    due = accounts.waiting().filter(takes_over_at__lte=now, state=AccountState.READY)
    for account in list(due.order_by("pk")):
        changed += _take_over(account, now)
    told = accounts.filter(replaced_at__isnull=True).values("shop")
    with_any = Shop.objects.filter(pk__in=told) | Shop.objects.exclude(pay_open_since=None)
    for shop_id in list(with_any.order_by("pk").values_list("pk", flat=True)):
        changed += tell(shop_id=shop_id, now=now)
    return changed


def _take_over(account: ProviderAccount, now: datetime) -> bool:
    """The account that waited becomes the shop's; False where an owner was faster."""
    try:
        with transaction.atomic():
            old = ProviderAccount.objects.all().current().filter(shop_id=account.shop_id)
            old.update(replaced_at=now)
            waiting = ProviderAccount.objects.filter(pk=account.pk, state=AccountState.READY)
            # RACE: stopped or blocked meanwhile, it finds no row, and the old one stays.
            if not waiting.waiting().update(takes_over_at=None):
                raise Stale("", code="stopped")
            _record("take_over", account, by=Actor.system(), now=now)
            account_mails.changed(account=account, now=now)
            tell(shop_id=account.shop_id, now=now)
    except Stale:
        return False
    return True


def _ask_for(account: ProviderAccount, now: datetime) -> None:
    Operation.objects.create(
        kind=OperationKind.CREATE_ACCOUNT,
        lane=LANE_OF[OperationKind.CREATE_ACCOUNT],
        account=account,
        created_at=now,
        due_at=now,
    )


def _record(verb: str, account: ProviderAccount, *, by: Actor, now: datetime, **data: str) -> None:
    history.record(
        verb=f"account.{verb}",
        subject=f"account:{account.pk}",
        scope=f"shop:{account.shop_id}",
        by=by,
        now=now,
        data=data,
    )
