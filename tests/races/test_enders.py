"""Truths 3 and 4: every claim ends exactly once; counts and hand-overs converge."""

import itertools
import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Stale
from marketplace.core.models import LogEntry
from marketplace.operations.domain import audit
from marketplace.reservations.domain import counter, lifecycle, swaps
from marketplace.reservations.enums import EndReason, Verb
from marketplace.reservations.models import Reservation, Tap
from shops.domain import counts
from shops.enums import Source
from shops.models import Movement, Offer
from tests import factories
from tests.factories import NOW
from tests.races.crowd import amount, barrier, rush

pytestmark = pytest.mark.timeout(1200)

LATER = NOW + timedelta(days=30)


def violations() -> list[str]:
    return [f"{one.truth} {one.subject} {one.what}" for one in audit.run(now=LATER).violations]


def confirmed(city, number: int, *, units: int = 1) -> tuple[Offer, list[int], Actor]:
    """`number` confirmed reservations of one offer, placed before the race in one transaction."""
    branch = factories.branch(factories.shop(city, auto_accept=True))
    city.max_open = number + 1
    city.save(update_fields=["max_open"])
    by = Actor.member(factories.member(branch.shop))
    offer = factories.offer(branch, count=max(number * units * 2, 5))
    with transaction.atomic():
        # Of as many people: each placing counts what its shopper has open.
        ids = [
            factories.reservation((offer, units), email=f"kundin-{one}@example.de").pk
            for one in range(number)
        ]
    return offer, ids, by


def enders(by: Actor) -> list:
    return [
        lambda pk: lifecycle.hand_over(reservation_id=pk, by=by, now=LATER),
        lambda pk: lifecycle.expire(reservation_id=pk, now=LATER),
        lambda pk: lifecycle.cancel(
            reservation_id=pk, reason=EndReason.SHOPPER, by=Actor.shopper(), now=LATER
        ),
        lambda pk: lifecycle.cancel(reservation_id=pk, reason=EndReason.DAMAGED, by=by, now=LATER),
        lambda pk: counter.hand_over(reservation_id=pk, client_id=uuid.uuid4(), by=by, now=LATER),
    ]


def test_five_enders_end_each_reservation_once(town):
    _engine, city = town
    _offer, ids, by = confirmed(city, amount(2_000))
    ways = enders(by)

    def act(number: int) -> str:
        try:
            ways[number % 5](ids[number // 5])
        except Stale:
            return "too late"
        return "ended"

    told = rush(act, tries=5 * len(ids))

    assert told == {"ended": len(ids), "too late": 4 * len(ids)}
    ends = [
        f"reservation.{verb.value.lower()}" for verb in (Verb.HAND_OVER, Verb.EXPIRE, Verb.CANCEL)
    ]
    assert LogEntry.objects.filter(verb__in=ends).count() == len(ids)
    assert not Reservation.objects.open().exists()
    assert violations() == []


def test_control_without_the_swap_a_reservation_ends_twice(town, monkeypatch):
    _engine, city = town
    # The second one keeps the branch's number of open reservations above zero: its constraint, a
    # guard of its own, would else stop the later ender of the two.
    _offer, (pk, _other), _by = confirmed(city, 2, units=2)
    gathered = barrier(2)

    def looked(reservation_id, verb, *, only=None):
        """Reads, decides, and only then writes: what `swaps.hold` must never become."""
        return Reservation.objects.select_related(
            "branch", "shop", "checkout__city", "checkout__contact"
        ).get(pk=reservation_id)

    monkeypatch.setattr(swaps, "hold", looked)

    def act(number: int) -> str:
        assert Reservation.objects.open().filter(pk=pk).exists()
        gathered.wait(timeout=30)
        if number:
            lifecycle.cancel(
                reservation_id=pk, reason=EndReason.SHOPPER, by=Actor.shopper(), now=LATER
            )
        else:
            lifecycle.expire(reservation_id=pk, now=LATER)
        return "ended"

    told = rush(act, tries=2, processes=2, threads=1)

    assert told == {"ended": 2}


def test_the_same_tap_fifty_times_hands_over_once(town):
    _engine, city = town
    _offer, (pk,), by = confirmed(city, 1)
    tap = uuid.uuid4()

    def act(_number: int) -> str:
        return counter.hand_over(reservation_id=pk, client_id=tap, by=by, now=LATER).state

    told = rush(act, tries=50, processes=5, threads=5)

    assert told == {"COLLECTED": 50}
    assert Tap.objects.count() == 1
    assert violations() == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_count_and_hand_overs_converge_in_every_order(town, order):
    """Ten in the house; one leaves at 1, the till counts nine as of 2, one leaves at 3: eight."""
    _engine, city = town
    offer, (first, second), by = confirmed(city, 2)
    counts.count_by_eye(offer_id=offer.pk, on_shelf=8, by=by, now=NOW)
    hour = timedelta(hours=1)
    events = [
        lambda now: lifecycle.hand_over(reservation_id=first, by=by, now=NOW + hour),
        lambda now: counts.count(
            offer_id=offer.pk, counted=9, as_of=NOW + 2 * hour, source=Source.FILE, by=by, now=now
        ),
        lambda now: lifecycle.hand_over(reservation_id=second, by=by, now=NOW + 3 * hour),
    ]

    for place in order:
        events[place](NOW + 4 * hour)

    offer.refresh_from_db()
    assert (offer.on_hand, offer.reserved) == (8, 0)
    assert violations() == []


def test_counts_against_hand_overs_at_once(town):
    _engine, city = town
    number = amount(200)
    offer, ids, by = confirmed(city, number)
    start = Offer.objects.get(pk=offer.pk).on_hand
    minute = timedelta(minutes=1)

    def act(place: int) -> str:
        if place % 4 == 3:
            # The till counts what is true at that minute: whoever left before is gone.
            gone = len([n for n in range(place) if n % 4 != 3])
            try:
                counts.count(
                    offer_id=offer.pk,
                    counted=start - gone,
                    as_of=NOW + place * minute,
                    source=Source.FILE,
                    by=Actor.system(),
                    now=LATER,
                )
            except Stale:
                return "older"
            return "counted"
        lifecycle.hand_over(reservation_id=ids[place], by=by, now=NOW + place * minute)
        return "handed over"

    told = rush(act, tries=number)

    handed = len([n for n in range(number) if n % 4 != 3])
    assert told["handed over"] == handed, told
    assert set(told) <= {"handed over", "counted", "older"}, told
    offer.refresh_from_db()
    assert offer.on_hand == start - handed
    assert violations() == []


def test_control_a_count_that_forgets_hand_overs_is_wrong(town, monkeypatch):
    _engine, city = town
    offer, (first,), by = confirmed(city, 1)
    monkeypatch.setattr(counts, "_consumed", lambda *args, **options: 0)
    hour = timedelta(hours=1)

    lifecycle.hand_over(reservation_id=first, by=by, now=NOW + 2 * hour)
    counts.count(
        offer_id=offer.pk,
        counted=5,
        as_of=NOW + hour,
        source=Source.FILE,
        by=by,
        now=NOW + 3 * hour,
    )

    offer.refresh_from_db()
    assert offer.on_hand == 5 != 4
    assert Movement.objects.filter(offer=offer).count() == 3
