"""Walks the provider's own list of events, so that a delivery that never came changes nothing.

    reconcile.run(now=..., gateway=...)      from the ticker, every few minutes

Per account a cursor says how far the list has been read. Each page is written into the inbox before
the cursor moves; what differs is put right there like any other event, or opens a case. Payments
that should long have ended are looked at, whatever the list says (reliability M7, R2).
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from marketplace.payments.domain import inbox, payments
from marketplace.payments.enums import LIVE, PaymentState
from marketplace.payments.gateway.port import Answered, EventFacts, Gateway, in_the_open
from marketplace.payments.models import Cursor, Payment, ProviderAccount

logger = logging.getLogger(__name__)

#: Read again each time: the provider's list is not sorted to the second, nor is its clock ours.
OVERLAP = timedelta(minutes=10)
#: The provider keeps events for 30 days.
KEPT = timedelta(days=30)
#: A page that is so long over has ended there, and so has its payment.
OVERDUE = timedelta(minutes=30)
PAGE = 100


@dataclass(frozen=True, slots=True)
class Walked:
    """What one run found: events that no delivery had brought, and accounts that did not answer."""

    new: int = 0
    silent: int = 0


def run(*, now: datetime, gateway: Gateway) -> Walked:
    """Read on in every account's list, and look at payments that should have ended. Call it outside
    a transaction; twice at once does no harm."""
    in_the_open(lambda: None)
    new = silent = 0
    accounts = ProviderAccount.objects.exclude(provider_id="").filter(livemode=gateway.livemode)
    for account in accounts.order_by("pk"):
        found = _read_on(account, gateway, now)
        if found is None:
            silent += 1
        else:
            new += found
    look_overdue(now=now)
    return Walked(new=new, silent=silent)


def look_overdue(*, now: datetime, limit: int = 500) -> int:
    """Ask where payments stand whose page is over and which nobody is taking; returns how many."""
    overdue = Payment.objects.filter(
        state__in=sorted(LIVE - {PaymentState.AUTHORISED, PaymentState.BEGUN}),
        expires_at__lte=now - OVERDUE,
    ).exclude(operations__state="DUE")
    found = list(overdue.order_by("expires_at").values_list("pk", flat=True)[:limit])
    for pk in found:
        payments.look(payment_id=pk, now=now)
    return len(found)


def _read_on(account: ProviderAccount, gateway: Gateway, now: datetime) -> int | None:
    """Events of one account since its cursor, into the inbox; None where nobody answered.

    The list comes youngest first, so the cursor moves only once its end has been reached; pages
    read before a failure are kept, and known when they are read again.
    """
    cursor = Cursor.objects.filter(account=account).first()
    start = cursor.read_until if cursor else max(account.created_at, now - KEPT)
    new, after, newest = 0, "", start
    while True:
        page = _page(account, gateway, start - OVERLAP, after)
        if page is None:
            return None
        with transaction.atomic():
            new += sum(
                inbox.receive(facts=one, livemode=account.livemode, now=now)
                for one in reversed(page)
            )
        newest = max([newest, *(one.made_at for one in page)])
        if len(page) < PAGE:
            break
        after = page[-1].provider_id
    Cursor.objects.update_or_create(
        account=account, defaults={"read_until": newest, "read_at": now}
    )
    return new


def _page(
    account: ProviderAccount, gateway: Gateway, since: datetime, after: str
) -> tuple[EventFacts, ...] | None:
    try:
        answer = in_the_open(
            lambda: gateway.list_events(account.provider_id, since=since, after=after, limit=PAGE)
        )
    except Exception:  # one account's trouble must not hold up all others
        logger.exception("events not listed", extra={"account": account.pk})
        return None
    return answer.value if isinstance(answer, Answered) else None
