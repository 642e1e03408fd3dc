"""The model of design 7 against exact sums, and the promises its users build on."""

import math
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shops.domain import calendar as calendars
from shops.domain import confidence
from shops.domain.calendar import Calendar, Closed, Weekly
from shops.domain.confidence import Level, Moments, Turnover

SHOP = Calendar(tuple(Weekly(day, time(9), time(19)) for day in range(6)))
MARKET = Calendar((Weekly(5, time(8), time(10)),))
BAR = Calendar(
    tuple(Weekly(day, time(18), time(2)) for day in range(2, 6)),
    (Closed(date(2026, 12, 20), date(2027, 1, 10)),),
)
NEVER = Calendar()
COUNTED = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # a Monday, noon in Berlin
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

FREE = st.one_of(st.integers(-5, 40), st.integers(-5, 100_000))
QUANTITY = st.integers(1, 20)
EXPECTED = st.one_of(st.floats(0, 60), st.floats(0, 150_000))
RATES = st.one_of(st.floats(1e-6, 0.01), st.floats(0, 20))
OPEN = st.sampled_from([SHOP, MARKET, BAR])
THRESHOLD = st.sampled_from([confidence.SURE, confidence.LIKELY, 0.5, 0.999])


def exact(spare: int, mean: Fraction) -> float:
    """P(Poisson(mean) <= spare), summed in fractions."""
    term = total = Fraction(1)
    for k in range(1, spare + 1):
        term = term * mean / k
        total += term
    return float(total * Fraction(math.exp(-float(mean))))


def by_logs(spare: int, mean: float) -> float:
    """The same for large numbers: every single term, added without rounding."""
    terms = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(spare + 1))
    return math.fsum(math.exp(term) for term in terms)


def of(
    calendar: Calendar,
    free: int | None,
    rate: float,
    *,
    quantity: int = 1,
    unsure: bool = False,
    counted_at: datetime | None = COUNTED,
) -> Moments:
    return confidence.moments(
        calendar=calendar,
        counted_at=counted_at,
        free=free,
        rate=rate,
        unsure=unsure,
        quantity=quantity,
    )


def not_surer(one: Moments, other: Moments) -> bool:
    """No moment of `one` lies after that of `other`."""
    pairs = ((one.sure_until, other.sure_until), (one.likely_until, other.likely_until))
    return all(a is None or (b is not None and a <= b) for a, b in pairs)


# --- chance and horizon -------------------------------------------------------------------------


@settings(deadline=None)
@given(spare=st.integers(0, 60), mean=st.fractions(0, 80, max_denominator=1000))
def test_chance_is_the_exact_sum(spare: int, mean: Fraction) -> None:
    found = confidence.chance(spare + 3, 3, float(mean))
    assert found == pytest.approx(exact(spare, mean), rel=1e-11, abs=1e-15)


@pytest.mark.parametrize("spare", [500, 5_000, 100_000])
@pytest.mark.parametrize("sigmas", [-5, -1.6, -0.5, 0, 0.5, 1.6, 5])
def test_chance_of_thousands(spare: int, sigmas: float) -> None:
    mean = spare + sigmas * math.sqrt(spare)
    found = confidence.chance(spare, 0, mean)
    assert found == pytest.approx(by_logs(spare, mean), rel=1e-7, abs=1e-12)


@settings(deadline=None)
@given(free=FREE, quantity=QUANTITY, expected=EXPECTED, more=st.floats(0, 100))
def test_chance_is_monotone(free: int, quantity: int, expected: float, more: float) -> None:
    found = confidence.chance(free, quantity, expected)
    assert 0 <= found <= 1
    assert confidence.chance(free + 1, quantity, expected) >= found - 1e-9
    assert confidence.chance(free, quantity + 1, expected) <= found + 1e-9
    assert confidence.chance(free, quantity, expected + more) <= found + 1e-9


def test_chance_at_the_edges() -> None:
    assert confidence.chance(0, 1, 0.0) == 0
    assert confidence.chance(1, 1, 0.0) == 1
    assert confidence.chance(1, 1, 1.0) == pytest.approx(math.exp(-1))
    assert confidence.chance(5, 1, math.inf) == 0
    assert confidence.chance(100_000, 1, 1e-300) == 1
    assert confidence.chance(1, 1, 1e300) == 0


@settings(deadline=None)
@given(free=FREE, quantity=QUANTITY, threshold=THRESHOLD)
def test_horizon_is_where_the_chance_meets_the_threshold(
    free: int, quantity: int, threshold: float
) -> None:
    found = confidence.horizon(free, quantity, threshold)
    if free < quantity:
        assert found == 0
        return
    assert confidence.chance(free, quantity, found) == pytest.approx(threshold, abs=1e-9)
    assert confidence.chance(free, quantity, found * 1.001) < threshold
    assert confidence.chance(free, quantity, found * 0.999) > threshold
    assert confidence.horizon(free + 1, quantity, threshold) > found
    assert confidence.horizon(free, quantity + 1, threshold) < found


def test_horizons_one_can_check_in_a_table() -> None:
    assert confidence.horizon(1, 1, 0.95) == pytest.approx(-math.log(0.95))
    tabled = {2: 0.355, 3: 0.818, 6: 2.613, 11: 6.169}  # Poisson limits, 95 %
    for free, mean in tabled.items():
        assert confidence.horizon(free, 1, 0.95) == pytest.approx(mean, abs=0.001)


# --- rate and observe ---------------------------------------------------------------------------

SOLD = st.integers(0, 100_000)
MINUTES = st.integers(0, 2 * confidence.MEMORY)


@given(sold=SOLD, minutes=MINUTES, category=st.floats(0, 5))
def test_rate_lies_between_the_category_and_what_was_seen(
    sold: int, minutes: int, category: float
) -> None:
    found = confidence.rate(sold, minutes, category)
    floor = max(category, confidence.LEAST_RATE)
    seen = sold / minutes if minutes else math.inf if sold else floor
    assert min(floor, seen) * (1 - 1e-12) <= found <= max(floor, seen) * (1 + 1e-12)
    assert found > 0
    assert confidence.rate(sold + 1, minutes, category) > found
    assert confidence.rate(sold, minutes + 60, category) < found
    assert confidence.rate(sold, minutes, category + 0.1) > found


def test_rate_begins_with_the_category_and_forgets_it() -> None:
    per_minute = 0.02 / 60
    assert confidence.rate(0, 0, per_minute) == pytest.approx(per_minute)
    two_units = round(confidence.PRIOR_UNITS / per_minute)  # half way: as much seen as believed
    assert confidence.rate(8, two_units, per_minute) == pytest.approx(per_minute * 5 / 2)
    assert confidence.rate(720, 36_000, per_minute) == pytest.approx(720 / 36_000, rel=0.15)


def test_observe_learns_what_no_hand_over_explains() -> None:
    known = Turnover(3, 1000)
    learn = confidence.observe
    assert learn(known, previous=10, handed_over=2, counted=5, minutes=600.4) == (6, 1600)
    assert learn(known, previous=10, handed_over=2, counted=8, minutes=600) == (3, 1600)
    assert learn(known, previous=10, handed_over=2, counted=9, minutes=600) == known  # a delivery
    assert learn(known, previous=10, handed_over=2, counted=5, minutes=0) == known


def test_old_seasons_fade() -> None:
    summer = Turnover(6000, 2 * confidence.MEMORY)
    winter = summer
    for _day in range(240):
        winter = confidence.observe(winter, previous=9, handed_over=0, counted=9, minutes=600)
    assert confidence.rate(*winter, 0.001) < confidence.rate(*summer, 0.001) / 7


@given(
    known=st.builds(Turnover, SOLD, MINUTES),
    previous=st.integers(-10, 10_000),
    handed_over=st.integers(0, 10_000),
    counted=st.integers(0, 10_000),
    minutes=st.floats(0, 1e6),
)
def test_observe_keeps_whole_and_bounded_numbers(
    known: Turnover, previous: int, handed_over: int, counted: int, minutes: float
) -> None:
    learnt = confidence.observe(
        known, previous=previous, handed_over=handed_over, counted=counted, minutes=minutes
    )
    assert 0 <= learnt.sold_units <= known.sold_units + max(previous, 0)
    assert 0 <= learnt.observed_minutes <= 2 * confidence.MEMORY
    assert all(isinstance(number, int) for number in learnt)


# --- moments and level --------------------------------------------------------------------------


def test_nothing_is_promised_without_ground() -> None:
    nothing = Moments()
    assert of(SHOP, None, 0.01) == nothing
    assert of(SHOP, 5, 0.01, counted_at=None) == nothing
    assert of(SHOP, 0, 0.01) == nothing
    assert of(SHOP, -3, 0.01) == nothing
    assert of(SHOP, 2, 0.01, quantity=3) == nothing
    assert of(NEVER, 5, 0.01) == nothing
    assert nothing.level(COUNTED) is Level.ASK


def test_the_last_one_on_a_shelf_that_sells_two_a_week() -> None:
    """Horizons of 0.0513 and 0.357 units: 154 minutes, and 17.8 hours from Monday noon."""
    found = of(SHOP, 1, 0.02 / 60)
    assert found.sure_until is not None
    assert found.likely_until is not None
    sure = datetime(2026, 11, 23, 13, 33, tzinfo=UTC)
    likely = datetime(2026, 11, 25, 8, 50, tzinfo=UTC)
    assert sure < found.sure_until < sure + MINUTE
    assert likely < found.likely_until < likely + MINUTE


def test_a_fast_seller_untouched_for_three_days_is_a_question() -> None:
    found, rate = of(SHOP, 6, 5 / 600), 5 / 600
    later = [COUNTED + timedelta(hours=hours) for hours in (0, 1, 20, 72)]
    levels = [Level.THERE, Level.THERE, Level.PROBABLY, Level.ASK]
    assert [found.level(now) for now in later] == levels
    assert confidence.chance(6, 1, rate * 3 * 600) < confidence.LIKELY


def test_a_closed_door_sells_nothing() -> None:
    saturday = datetime(2026, 11, 28, 17, 59, tzinfo=UTC)
    found = of(SHOP, 3, 5 / 600, counted_at=saturday)
    assert found.level(datetime(2026, 11, 30, 8, 0, tzinfo=UTC)) is Level.THERE
    assert found.level(datetime(2026, 11, 30, 17, 0, tzinfo=UTC)) is not Level.THERE


@pytest.mark.parametrize("calendar", [SHOP, MARKET, BAR])
def test_a_count_of_weeks_ago_is_doubted_however_slow_the_thing_sells(calendar: Calendar) -> None:
    found = of(calendar, 100_000, 0.0)
    assert found.sure_until is not None
    assert found.likely_until is not None
    minutes = [
        calendars.opening_minutes_between(calendar, COUNTED, moment)
        for moment in (found.sure_until, found.likely_until)
    ]
    assert minutes[0] <= confidence.SURE_CAP
    assert minutes[1] <= confidence.LIKELY_CAP
    assert found.sure_until <= COUNTED + confidence.SURE_AGE
    assert found.likely_until <= COUNTED + confidence.LIKELY_AGE
    assert found.sure_until < found.likely_until


def test_an_unsure_count_is_probably_at_most() -> None:
    sure, unsure = of(SHOP, 5, 0.001), of(SHOP, 5, 0.001, unsure=True)
    assert unsure == Moments(None, sure.likely_until)
    assert unsure.level(COUNTED) is Level.PROBABLY


@settings(deadline=None)
@given(calendar=OPEN, free=FREE, rate=RATES, more=st.floats(0, 5), unsure=st.booleans())
def test_moments_are_monotone(
    calendar: Calendar, free: int, rate: float, more: float, unsure: bool
) -> None:
    found = of(calendar, free, rate, unsure=unsure)
    if free < 1:
        assert found == Moments()
        return
    assert found.likely_until is not None
    assert COUNTED <= (found.sure_until or COUNTED) <= found.likely_until
    assert not_surer(of(calendar, free - 1, rate, unsure=unsure), found)
    assert not_surer(of(calendar, free, rate, unsure=unsure, quantity=2), found)
    assert not_surer(of(calendar, free, rate + more, unsure=unsure), found)
    assert not_surer(of(calendar, free, rate, unsure=True), found)


@settings(deadline=None)
@given(
    calendar=st.sampled_from([SHOP, MARKET, BAR, NEVER]),
    free=st.one_of(st.none(), FREE),
    quantity=QUANTITY,
    rate=RATES,
    unsure=st.booleans(),
    counted_at=st.one_of(st.none(), st.just(COUNTED)),
    hours=st.lists(st.floats(-50, 5_000), min_size=1, max_size=6).map(sorted),
)
def test_levels_fall_and_agree_with_the_moments(
    calendar: Calendar,
    free: int | None,
    quantity: int,
    rate: float,
    unsure: bool,
    counted_at: datetime | None,
    hours: list[float],
) -> None:
    def level(now: datetime, quantity: int) -> Level:
        return confidence.level(
            calendar=calendar,
            counted_at=counted_at,
            free=free,
            rate=rate,
            unsure=unsure,
            quantity=quantity,
            now=now,
        )

    order = list(Level)
    nows = [COUNTED + timedelta(hours=count) for count in hours]
    ranks = [order.index(level(now, quantity)) for now in nows]
    assert all(earlier <= later for earlier, later in pairwise(ranks))
    for now in nows:
        assert order.index(level(now, quantity)) <= order.index(level(now, quantity + 1))
    stored = of(calendar, free, rate, unsure=unsure, counted_at=counted_at)
    for moment in (stored.sure_until, stored.likely_until):
        for now in (moment - SECOND, moment, moment + SECOND) if moment else nows:
            assert level(now, 1) is stored.level(now)
    if stored.sure_until:
        assert level(stored.sure_until - SECOND, 1) is Level.THERE
        assert level(stored.sure_until, 1) is not Level.THERE
    if stored.likely_until:
        assert level(stored.likely_until - SECOND, 1) is not Level.ASK
        assert level(stored.likely_until, 1) is Level.ASK


@settings(deadline=None)
@given(
    calendar=OPEN,
    free=st.integers(1, 200),
    rate=st.floats(1e-4, 1),
    quantity=st.integers(1, 10),
    minutes=st.floats(1, 16_000),
)
def test_levels_are_the_chances_within_the_caps(
    calendar: Calendar, free: int, rate: float, quantity: int, minutes: float
) -> None:
    now = calendars.add_opening_minutes(calendar, COUNTED, minutes)
    if now is None or now >= COUNTED + confidence.SURE_AGE or minutes >= confidence.SURE_CAP:
        return
    chance = confidence.chance(free, quantity, rate * minutes)
    level = confidence.level(
        calendar=calendar,
        counted_at=COUNTED,
        free=free,
        rate=rate,
        unsure=False,
        quantity=quantity,
        now=now,
    )
    if abs(chance - confidence.SURE) > 1e-6 and abs(chance - confidence.LIKELY) > 1e-6:
        assert (level is Level.THERE) is (chance > confidence.SURE)
        assert (level is Level.ASK) is (chance < confidence.LIKELY)
