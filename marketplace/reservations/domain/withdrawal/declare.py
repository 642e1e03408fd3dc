"""Taking a declaration: kept word for word, confirmed at once, whatever it is about.

Known and unknown orders are answered alike (law A9). What is declared is committed with the mail
of its receipt before anything else is tried; assigning it to its order comes after, at once or with
the caretaker's next round, so that nothing that goes wrong there can lose it.
"""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.faults import fault
from marketplace.reservations.domain.withdrawal import dates, mails, match, payload
from marketplace.reservations.domain.withdrawal.payload import Said
from marketplace.reservations.enums import WithdrawalState
from marketplace.reservations.models import Checkout, Withdrawal, WithdrawalDeclaration
from shops.models import City


def declare(
    *,
    city: City,
    said: Said,
    nonce: UUID,
    language: str,
    by: Actor,
    now: datetime,
    checkout: Checkout | None = None,
) -> WithdrawalDeclaration:
    """Keep what was declared and owe its receipt; the same nonce gives the same declaration, as it
    was first sent. `checkout` is what the secret link opened. Never refuses."""
    declaration = _keep(city, said, nonce, language, checkout, by=by, now=now)
    fault("withdrawal.received")
    # RACE: where the order moves at this moment the caretaker tries again.
    with suppress(Refused, Stale):
        match.automatically(withdrawal_id=declaration.withdrawal.pk, by=by, now=now)
    return declaration


def known(city: City, *, nonce: UUID) -> WithdrawalDeclaration | None:
    """What this form has declared before."""
    return WithdrawalDeclaration.objects.filter(city=city, nonce=nonce).first()


@transaction.atomic
def _keep(
    city: City,
    said: Said,
    nonce: UUID,
    language: str,
    checkout: Checkout | None,
    *,
    by: Actor,
    now: datetime,
) -> WithdrawalDeclaration:
    # LAW: to the second, as the receipt says it (law, section 3).
    received_at = now.replace(microsecond=0)
    with translation.override(language):
        text = payload.write(said, language=language, received_at=received_at, nonce=nonce.hex)
    # RACE: the unique nonce decides; get_or_create reads the winner's row.
    declaration, is_new = WithdrawalDeclaration.objects.get_or_create(
        nonce=nonce,
        defaults={
            "city": city,
            "checkout": checkout,
            "received_at": received_at,
            "language": language,
            "wording": payload.WORDING,
            "payload": text,
            "sha256": payload.sha256(text),
        },
    )
    if not is_new:
        return declaration
    withdrawal = Withdrawal.objects.create(
        declaration=declaration,
        city=city,
        state=WithdrawalState.RECEIVED,
        is_whole=said.is_whole,
        refund_due_at=dates.refund_due_at(received_at),
    )
    history.record(
        verb="withdrawal.declare",
        subject=f"withdrawal:{withdrawal.pk}",
        scope=f"city:{city.pk}",
        by=by,
        now=now,
        data={"declaration": declaration.pk, "whole": said.is_whole},
    )
    mails.received(withdrawal=withdrawal, now=now)
    fault("withdrawal.stored")
    return declaration
