"""What rights a reservation gives its shopper by the clock."""

from datetime import datetime
from typing import Any

from marketplace.reservations.domain.withdrawal import dates
from marketplace.reservations.enums import Mode
from marketplace.reservations.models import AgreedText, Reservation
from shops.enums_legal import LegalKind


def from_hand_over(reservation: Reservation, *, now: datetime) -> dict[str, Any]:
    """What a hand-over at `now` writes: until when one may withdraw. Nothing for a reserve, which
    is bought in the shop (BGB § 312c)."""
    if reservation.mode != Mode.PAY:
        return {}
    # LAW: whoever was never told of the right has it a year longer (BGB § 356 (3)); the mail that
    # confirms the contract tells of it, in the words that were agreed.
    told = AgreedText.objects.filter(
        checkout=reservation.checkout_id, text__kind=LegalKind.WITHDRAWAL
    )
    instructed = reservation.confirmation_sent_at is not None and told.exists()
    land = reservation.checkout.city.land
    return {"withdrawal_ends_at": dates.ends_at(handed=[now], land=land, instructed=instructed)}
