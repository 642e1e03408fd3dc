"""Events of the provider: hints that something has changed there.

    inbox.receive(facts=..., livemode=..., now=...)   the web view, once the signature holds
    inbox.run_due(now=..., gateway=...)               the ticker and workers

A delivery is written down and answered; what it is about is fetched later, so that neither order
nor number of deliveries matters (reliability W2). The effect and the event's own end are one
transaction (truth 7).
"""

import logging
import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from marketplace.core.faults import fault
from marketplace.payments.domain import accounts, booking, cases
from marketplace.payments.domain.operations import LEASE, MOST_ATTEMPTS, Ran, backoff
from marketplace.payments.enums import CaseKind, WorkState
from marketplace.payments.gateway.port import (
    Answer,
    Answered,
    EventFacts,
    Gateway,
    Limited,
    Spot,
    Unknown,
    in_the_open,
)
from marketplace.payments.models import Payment, ProviderAccount, ProviderEvent

logger = logging.getLogger(__name__)

_REFERENCE = re.compile(r"payment-([0-9]{1,18})")

#: What is to be fetched, and who writes the answer.
Fetch = Callable[[Gateway], Answer[Any]]
Write = Callable[[Any], Any]


def receive(*, facts: EventFacts, livemode: bool, now: datetime) -> bool:
    """Write an event down; False where its id is known already, whoever brought it.

    One of another mode, of an account that is not ours, or without one is kept as VOID and has no
    effect (reliability W1, W4).
    """
    known = ProviderAccount.objects.filter(provider_id=facts.account, livemode=livemode)
    error = ""
    if facts.livemode != livemode:
        error = "livemode"
    elif not facts.account or not known.exists():
        error = "account"
    _event, is_new = ProviderEvent.objects.get_or_create(
        # RACE: the unique id decides; the loser reads the winner's row.
        provider_id=facts.provider_id[:120],
        defaults={
            "kind": facts.kind[:80],
            "account_ref": facts.account[:80],
            "object_kind": facts.object_kind[:40],
            "object_ref": facts.object_ref[:120],
            "intent_ref": facts.intent_ref[:120],
            "reference": facts.reference[:40],
            "livemode": facts.livemode,
            "made_at": facts.made_at,
            "received_at": now,
            "due_at": now,
            "error": error,
            "state": WorkState.VOID if error else WorkState.DUE,
            "done_at": now if error else None,
        },
    )
    return is_new


def run_due(*, now: datetime, gateway: Gateway, limit: int = 50) -> Ran:
    """Look into up to `limit` events, oldest first. As often and as parallel as you like, outside
    a transaction."""
    in_the_open(lambda: None)
    due = ProviderEvent.objects.all().due(now).order_by("due_at", "pk")
    ended = [
        process(event_id=pk, now=now, gateway=gateway)
        for pk in list(due.values_list("pk", flat=True)[:limit])
    ]
    return Ran(
        done=sum(state in (WorkState.DONE, WorkState.VOID) for state in ended),
        again=ended.count(WorkState.DUE),
        dead=ended.count(WorkState.DEAD),
    )


def process(*, event_id: int, now: datetime, gateway: Gateway) -> WorkState | None:
    """Fetch what this event is about and apply it; None where somebody else is at it."""
    in_the_open(lambda: None)
    # RACE: the lease is one conditional update, and the number of the try its token.
    due = ProviderEvent.objects.all().due(now).filter(pk=event_id)
    if not due.update(lease_until=now + LEASE, attempts=F("attempts") + 1):
        return None
    event = ProviderEvent.objects.get(pk=event_id)
    found = _about(event, now)
    if found is None:
        return _not_ours(event, now)
    fetch, write = found
    try:
        answer = in_the_open(lambda: fetch(gateway))
    except Exception as error:  # whatever went wrong, the event stays due
        logger.exception("event failed", extra={"event": event.pk})
        answer = Unknown(type(error).__name__)
    if not isinstance(answer, Answered):
        return _again(event, answer.code, now)
    fault("event.fetched")
    try:
        with transaction.atomic():
            write(answer.value)
            state = _finish(event, state=WorkState.DONE, done_at=now, error="")
            fault("event.applied")
    except Exception as error:  # one that cannot be written must not hold up all others
        logger.exception("event not written", extra={"event": event.pk})
        return _again(event, type(error).__name__, now)
    return state


def revive(*, ids: Collection[int], now: datetime) -> int:
    """Give events that were given up another round; returns how many."""
    return ProviderEvent.objects.filter(pk__in=ids, state=WorkState.DEAD).update(
        state=WorkState.DUE, due_at=now, attempts=1, done_at=None, lease_until=None
    )


def _about(event: ProviderEvent, now: datetime) -> tuple[Fetch, Write] | None:
    """What to fetch for an event; None for what is not ours, such as a shop's other business."""
    account = ProviderAccount.objects.filter(
        provider_id=event.account_ref, livemode=event.livemode
    ).first()
    if account is None:
        return None
    if event.object_kind == "account":
        pk, ref = account.pk, account.provider_id
        return (
            lambda gateway: gateway.fetch_account(ref),
            lambda seen: accounts.apply(account_id=pk, seen=seen, now=now),
        )
    payment = _payment(event, account)
    if payment is None:
        return None
    if not payment.session_ref:
        # Its page has been opened, but that answer has not reached us yet.
        return (lambda gateway: Limited("not_opened"), lambda seen: None)
    spot = Spot(
        account=account.provider_id,
        session_ref=payment.session_ref,
        intent_ref=payment.intent_ref,
    )
    pk = payment.pk
    return (
        lambda gateway: gateway.fetch_payment(spot),
        lambda seen: booking.apply(payment_id=pk, seen=seen, now=now),
    )


def _payment(event: ProviderEvent, account: ProviderAccount) -> Payment | None:
    """The payment an event is about, among those of its account.

    SECURITY: the reference in its metadata is the shop's to write. It only says where to look: what
    is applied is fetched by the ids that we were given when we opened the page.
    """
    ways = Q()
    if event.object_kind == "checkout.session":
        ways |= Q(session_ref=event.object_ref)
    if event.intent_ref:
        ways |= Q(intent_ref=event.intent_ref)
    if named := _REFERENCE.fullmatch(event.reference):
        ways |= Q(pk=int(named[1]))
    if not ways:
        return None
    return Payment.objects.filter(ways, account=account).order_by("pk").first()


@transaction.atomic
def _not_ours(event: ProviderEvent, now: datetime) -> WorkState | None:
    """Of no payment that we know. One that bears our word may be money that a restored backup has
    forgotten: a person has to look (reliability R2)."""
    account = ProviderAccount.objects.filter(provider_id=event.account_ref).first()
    if account is not None and _REFERENCE.fullmatch(event.reference):
        cases.open_case(
            kind=CaseKind.UNKNOWN_MONEY,
            about=f"provider:{event.intent_ref or event.object_ref}",
            detail=event.reference,
            shop_id=account.shop_id,
            now=now,
        )
    return _finish(event, state=WorkState.VOID, done_at=now, error="not_ours")


def _again(event: ProviderEvent, code: str, now: datetime) -> WorkState | None:
    if event.attempts >= MOST_ATTEMPTS:
        whose = ProviderAccount.objects.filter(provider_id=event.account_ref).first()
        cases.open_case(
            kind=CaseKind.GIVEN_UP,
            about=f"event:{event.pk}",
            detail=code,
            shop_id=whose.shop_id if whose else None,
            now=now,
        )
        return _finish(event, state=WorkState.DEAD, done_at=now, error=code[:80])
    return _finish(
        event, state=WorkState.DUE, due_at=now + backoff(event.attempts), error=code[:80]
    )


def _finish(event: ProviderEvent, *, state: WorkState, **fields: Any) -> WorkState | None:
    """Write the end of this try, unless a later try has begun or it has ended."""
    mine = ProviderEvent.objects.filter(pk=event.pk, attempts=event.attempts, state=WorkState.DUE)
    return state if mine.update(state=state, lease_until=None, **fields) else None
