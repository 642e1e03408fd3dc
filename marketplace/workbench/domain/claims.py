"""Complaints of the demo town: one that waits, one being replaced, one that ended with money."""

import uuid
from datetime import datetime, timedelta

from marketplace.core.domain.history import Actor
from marketplace.reservations.domain.complaints import curing, reporting
from marketplace.reservations.enums import ComplaintState, Cure, Mode, State
from marketplace.reservations.models import Complaint, Line
from marketplace.workbench.domain.lives import KAUFHOF, Desk, post
from shops.models import City

_IDS = uuid.UUID("b7a1f0a2-7c0d-4a57-9d43-1e0f5b6c2d88")
SOON = timedelta(minutes=2)


def plant(*, city: City, now: datetime) -> None:
    """Of what was handed over in the week before; paid goods only where somebody could pay."""
    desk = Desk(city, KAUFHOF, now)

    # Noted at the counter; others are on their way.
    candles = _tell(desk, Mode.RESERVE, "LH-KERZEN", "Zwei Kerzen sind zerbrochen.", day=2)
    if candles:
        at = desk.day(2, 60)
        reporting.choose(complaint_id=candles.pk, wish=Cure.REPLACEMENT, by=desk.staff, now=at)
        curing.begin_cure(
            complaint_id=candles.pk,
            cure=Cure.REPLACEMENT,
            spare_parts="Neue Packung kommt mit der Lieferung am Freitag.",
            by=desk.staff,
            now=at + SOON,
        )
        post(at + SOON)

    cup = _tell(desk, Mode.PAY, "LH-BECHER-SAND", "Ein Becher hat einen Sprung.", day=3)
    if cup:
        at = desk.day(3, 50)
        curing.end(
            complaint_id=cup.pk,
            outcome=ComplaintState.MONEY,
            answer="Wir haben keinen zweiten Becher in dieser Farbe. Das Geld ist unterwegs.",
            by=desk.staff,
            now=at,
        )
        post(at)

    _tell(
        desk,
        Mode.PAY,
        "LH-VORRAT-05",
        "Der Deckel schließt nicht dicht, die Dichtung ist eingerissen.",
        day=1,
        wish=Cure.REPLACEMENT,
    )


def _tell(
    desk: Desk, mode: Mode, sku: str, words: str, *, day: int, wish: Cure | None = None
) -> Complaint | None:
    """Somebody tells of it, at the counter or by the link; None where nothing was handed over."""
    lines = Line.objects.filter(
        offer__sku=sku,
        offer__branch=desk.branch,
        reservation__mode=mode,
        reservation__state=State.COLLECTED,
        consumed__gt=0,
    )
    line = lines.order_by("pk").first()
    if line is None:
        return None
    at = desk.day(day, 45)
    made = reporting.report(
        reservation_id=line.reservation_id,
        line_id=line.pk,
        units=1,
        words=words,
        wish=wish,
        nonce=uuid.uuid5(_IDS, f"{mode} {sku}"),
        by=Actor.shopper() if mode == Mode.PAY else desk.staff,
        now=at,
    )
    post(at)
    return made
