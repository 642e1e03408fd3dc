"""Filters say of an offer what its availability says: word, moment, today or not."""

from datetime import date, datetime, time, timedelta

import pytest

from marketplace.core.domain.history import Actor
from shops import access
from shops.domain import availability, counts, facets, hours, promises
from shops.enums import Code, WindowRule
from shops.models import Branch, Offer
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

#: Thursday: before opening, midday, during lunch, ten minutes before closing, at night; and Sunday.
MOMENTS = [
    NOW.replace(day=29, hour=9),  # a day for fireworks
    NOW.replace(hour=5, minute=0),
    NOW,
    NOW.replace(hour=12, minute=30),
    NOW.replace(hour=17, minute=50),
    NOW.replace(hour=21, minute=0),
    NOW + timedelta(days=3),
]


def _branch(city, name: str, *spans: tuple[int, int, int], **fields) -> Branch:
    made = factories.branch(factories.shop(city, name), hours=False, **fields)
    factories.week(made, *[(day, time(opens), time(closes)) for day, opens, closes in spans])
    return made


@pytest.fixture
def city():
    """Branches of every kind, each with offers of every word."""
    city = factories.city()
    branches = [
        factories.branch(factories.shop(city, "Immer")),
        _branch(
            city, "Mittagspause", *[(d, o, c) for d in range(5) for o, c in ((9, 13), (15, 18))]
        ),
        _branch(city, "Nachts", *[(day, 18, 2) for day in range(7)]),
        _branch(city, "Montags", (0, 9, 18)),
        _branch(city, "Nie"),
        factories.branch(factories.shop(city, "Langsam"), lead_minutes=300),
        factories.branch(factories.shop(city, "Ruht"), paused_until=NOW + timedelta(days=1)),
    ]
    closed = factories.branch(factories.shop(city, "Urlaub"))
    factories.closure(closed, date(2026, 12, 3), date(2026, 12, 5))
    for branch in [*branches, closed]:
        for count, counted in ((5, 30), (1, 60 * 30), (1, 60 * 24 * 60), (0, 30), (None, 0)):
            factories.offer(branch, count=count, counted=timedelta(minutes=counted))
        doubtful = factories.offer(branch, count=9)
        Offer.objects.filter(pk=doubtful.pk).update(
            sure_until=None, likely_until=NOW + timedelta(hours=1)
        )
        kept = factories.offer(branch, count=2)
        Offer.objects.filter(pk=kept.pk).update(buffer=2)
    rockets = factories.category("Feuerwerk", window_rule=WindowRule.FIREWORKS_F2)
    for branch in branches[:2]:
        product = factories.product(city, "Rakete", category=rockets)
        factories.offer(branch, product=product, count=5)
    return city


def _promises(city, now: datetime) -> promises.Promises:
    return promises.load(access.public_branches(city), answer_minutes=city.answer_minutes, now=now)


def _found(city, now: datetime) -> dict[int, availability.Availability]:
    offers = list(Offer.objects.select_related("branch", "variant__product__category"))
    calendars = hours.calendars(offer.branch_id for offer in offers)
    return {
        offer.pk: availability.of(
            offer,
            calendar=calendars[offer.branch_id],
            answer_minutes=city.answer_minutes,
            now=now,
        )
        for offer in offers
    }


def _is_today(found: availability.Availability, now: datetime) -> bool:
    likely = found.code in (Code.THERE, Code.PROBABLY)
    start = found.collect_from
    return (
        likely
        and start is not None
        and start.astimezone(BERLIN).date() == (now.astimezone(BERLIN).date())
    )


def _clock(found: availability.Availability) -> time:
    return found.collect_from.astimezone(BERLIN).time()


BERLIN = hours.Calendar().local(NOW).tzinfo


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: f"{now:%a-%H%M}")
def test_facts_say_what_availability_says(city, now):
    promised, found = _promises(city, now), _found(city, now)
    facts = {
        pk: facets.facts(Offer.objects.filter(pk=pk), promised)[0]
        for pk in Offer.objects.values_list("pk", flat=True)
    }
    for pk, fact in facts.items():
        said = found[pk]
        assert fact.code == said.code, pk
        assert (fact.today_at is not None) == _is_today(said, now), pk
        if fact.code != Code.GONE:
            assert fact.collect_from == said.collect_from, pk


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: f"{now:%a-%H%M}")
def test_the_database_finds_the_same_offers(city, now):
    promised, found = _promises(city, now), _found(city, now)

    def those(condition) -> set[int]:
        return set(Offer.objects.filter(condition).values_list("pk", flat=True))

    assert those(promised.today()) == {pk for pk, each in found.items() if _is_today(each, now)}
    for clock in (time(12), time(14, 35), time(18)):
        soon = {pk for pk, e in found.items() if _is_today(e, now) and _clock(e) <= clock}
        assert those(promised.by(clock)) == soon
    assert those(promised.there()) == {pk for pk, e in found.items() if e.code == Code.THERE}
    assert those(promised.probably()) == {pk for pk, e in found.items() if e.code == Code.PROBABLY}
    assert those(promised.ask()) == {pk for pk, e in found.items() if e.code == Code.ASK}


def test_the_scenes_hold_every_word_and_both_answers(city):
    """The comparison above is worth something only if each case occurs."""
    words = {each.code for each in _found(city, NOW).values()}
    assert words == set(Code)
    today = {now: {_is_today(each, now) for each in _found(city, now).values()} for now in MOMENTS}
    assert today[NOW] == {True, False}
    assert today[MOMENTS[3]] == {True, False}


def test_reserved_units_are_not_free(city):
    offer = factories.offer(Branch.objects.get(shop__name="Immer"), count=1)
    promised = _promises(city, NOW)
    assert Offer.objects.filter(promised.today(), pk=offer.pk).exists()
    factories.placed((offer, 1))
    assert not Offer.objects.filter(promised.today(), pk=offer.pk).exists()
    (fact,) = facets.facts(Offer.objects.filter(pk=offer.pk), promised)
    assert fact.code == Code.GONE


def test_what_is_sold_leaves_the_filter_at_once(city):
    offer = factories.offer(Branch.objects.get(shop__name="Immer"), count=1)
    counts.count_by_eye(offer_id=offer.pk, on_shelf=0, by=Actor.system(), now=NOW)
    assert not Offer.objects.filter(_promises(city, NOW).today(), pk=offer.pk).exists()


def test_branches_alike_are_computed_once(city):
    for number in range(20):
        factories.branch(factories.shop(city, f"Gleich {number}"))
    promised = _promises(city, NOW)
    promises._promise.cache_clear()
    promised.today()
    assert 0 < promises._promise.cache_info().misses < 10
    assert len(promised.terms) > 25


def test_all_who_ask_within_a_minute_are_promised_the_same(city):
    _promises(city, NOW).today()
    computed = promises._promise.cache_info().misses
    late = _promises(city, NOW + timedelta(seconds=59, milliseconds=999))
    late.today()
    assert promises._promise.cache_info().misses == computed
    for pk, found in _found(city, late.now).items():
        branch = Offer.objects.get(pk=pk).branch_id
        rule = late.ruled.get(Offer.objects.get(pk=pk).variant.product.category_id, "")
        assert late.of(branch, rule).collect_from(found.code) == (
            None if found.code == Code.GONE else found.collect_from
        )
    _promises(city, NOW + timedelta(minutes=1)).today()
    assert promises._promise.cache_info().misses > computed
