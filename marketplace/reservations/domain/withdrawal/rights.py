"""What rights a reservation gives its shopper by the clock."""

from datetime import datetime
from typing import Any

from marketplace.reservations.domain.withdrawal import dates
from marketplace.reservations.enums import Mode
from marketplace.reservations.models import Reservation


def from_hand_over(reservation: Reservation, *, now: datetime) -> dict[str, Any]:
    """What a hand-over at `now` writes: until when one may withdraw. Nothing for a reserve, which
    is bought in the shop (BGB § 312c)."""
    if reservation.mode != Mode.PAY:
        return {}
    # LAW: nothing is handed over before the instruction was sent (law A5), so no year is added.
    land = reservation.checkout.city.land
    return {"withdrawal_ends_at": dates.ends_at(handed=[now], land=land, instructed=True)}
