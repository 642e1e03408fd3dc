"""The owner's way to the provider's pages and back. Talks to the provider: never in a transaction.

The intended account is a committed operation first (truth 10); an owner who waits for it need not
wait for the ticker. Whatever fails here is tried again by the next press, or by the ticker.
"""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from marketplace.payments.domain import accounts, operations
from marketplace.payments.enums import OperationKind
from marketplace.payments.gateway.port import Answered, Gateway, in_the_open
from marketplace.payments.models import Operation, ProviderAccount


def link(
    *, account_id: int, gateway: Gateway, return_url: str, refresh_url: str, now: datetime
) -> str:
    """A short-lived address at the provider where the shop completes its details.

    `Refused` where the provider does not answer: nothing is lost, and asking again helps.
    """
    in_the_open(lambda: None)
    account = ProviderAccount.objects.get(pk=account_id)
    if not account.provider_id:
        _create(account, gateway, now)
    if not account.provider_id:
        raise _silent()
    answer = in_the_open(
        lambda: gateway.account_link(
            account.provider_id, return_url=return_url, refresh_url=refresh_url
        )
    )
    if not isinstance(answer, Answered):
        raise _silent()
    return answer.value


def look(*, account_id: int, gateway: Gateway, now: datetime) -> bool:
    """Ask the provider how far the account is; False where nobody answered."""
    in_the_open(lambda: None)
    account = ProviderAccount.objects.get(pk=account_id)
    if not account.provider_id:
        return False
    answer = in_the_open(lambda: gateway.fetch_account(account.provider_id))
    if not isinstance(answer, Answered):
        return False
    accounts.apply(account_id=account_id, seen=answer.value, now=now)
    return True


def _create(account: ProviderAccount, gateway: Gateway, now: datetime) -> None:
    wanted = Operation.objects.all().due(now).filter(kind=OperationKind.CREATE_ACCOUNT)
    for pk in list(wanted.filter(account=account).values_list("pk", flat=True)):
        operations.run_one(operation_id=pk, now=now, gateway=gateway)
    account.refresh_from_db()


def _silent() -> Refused:
    return Refused(
        _(
            "Stripe does not answer at the moment. Nothing is lost: "
            "please try again in a few minutes."
        ),
        code="provider_silent",
    )
