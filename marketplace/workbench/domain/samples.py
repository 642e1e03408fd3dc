"""Parts of the look with made-up values, in every state: what `/styleguide/` shows. No rows."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from marketplace.core.models import Picture
from marketplace.reservations.domain import steps
from marketplace.reservations.enums import State
from marketplace.reservations.models import Reservation
from marketplace.workbench import town
from shops.domain import brand, dayband, listings, locator, opening
from shops.domain.availability import Availability
from shops.domain.calendar import Calendar, Closed, Weekly, Why
from shops.domain.listings import Group, Row
from shops.domain.opening import Door, Opening
from shops.domain.prices import tag
from shops.domain.queries import BranchView, ShopView
from shops.enums import Code, Deposit, Drawing, EnergyClass, TaxClass, Unit, Way
from shops.models import Branch, Category, Offer, Product, Shop, Variant

#: The afternoon of the pictures in the look: Thursday, 3 December 2026, 14:05 in Wolfsburg.
NOW = datetime(2026, 12, 3, 13, 5, tzinfo=UTC)
_TODAY = Closed(date(2026, 12, 3), date(2026, 12, 6), "Inventur")
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Case:
    """One state of a part, with its name."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Colour:
    """A token with its contrast on paper, by day."""

    name: str
    value: str
    contrast: float


def availabilities() -> list[Case]:
    """Every row of the look's table."""

    def case(name: str, code: Code, **facts: Any) -> Case:
        plain: dict[str, Any] = {
            "units": 7,
            "counted_at": NOW - 12 * _MINUTE,
            "collect_from": NOW + 30 * _MINUTE,
            "collect_until": NOW + 5 * _HOUR,
            "answer_by": None,
            "reason": "",
        }
        return Case(name, Availability(code=code, **(plain | facts)))

    tomorrow = NOW + 20 * _HOUR
    silent = {"collect_from": None, "collect_until": None}
    return [
        case(_("there"), Code.THERE),
        case(_("there, last pieces"), Code.THERE, units=2),
        case(_("there, tomorrow"), Code.THERE, collect_from=tomorrow, collect_until=None),
        case(
            _("there, after the holidays"),
            Code.THERE,
            collect_from=NOW + 27 * _DAY,
            collect_until=NOW + 27 * _DAY + 5 * _HOUR,
        ),
        case(
            _("probably"),
            Code.PROBABLY,
            counted_at=NOW - 20 * _HOUR,
            answer_by=NOW + _HOUR,
        ),
        case(_("long not counted"), Code.ASK, counted_at=NOW - 9 * _DAY, answer_by=NOW + _HOUR),
        case(_("never counted"), Code.ASK, units=None, counted_at=None, **silent),
        case(_("gone"), Code.GONE, units=0, counted_at=NOW - 3 * _HOUR, **silent),
        case(_("shop takes none"), Code.THERE, reason="never_open", **silent),
    ]


def openings() -> list[Case]:
    return [
        Case(_("open"), Opening(Door.OPEN, NOW + 4 * _HOUR + 25 * _MINUTE)),
        Case(_("closes soon"), Opening(Door.CLOSING, NOW + 55 * _MINUTE)),
        Case(_("closes early"), Opening(Door.CLOSING, NOW + 2 * _HOUR, is_early=True)),
        Case(_("lunch break"), Opening(Door.BREAK, NOW + 25 * _MINUTE)),
        Case(_("closed"), Opening(Door.CLOSED, NOW + 20 * _HOUR)),
        Case(_("closed for a reason"), Opening(Door.CLOSED, NOW + 4 * _DAY, _("Stocktaking"))),
        Case(_("holiday"), Opening(Door.HOLIDAY, NOW + 2 * _DAY, _("Reformation Day"))),
        Case(_("in words"), Opening(Door.WORDS, reason=_("by appointment"))),
        Case(_("not known"), Opening(Door.UNKNOWN)),
    ]


def cards(picture: Picture | None) -> list[Case]:
    """A product with a picture, without one, gone, in several shops, with all a price may tell."""
    first, _few, _tomorrow, far, *_rest = availabilities()
    states = {case.value.code: case.value for case in reversed(availabilities())}
    juice = Variant(
        pk=5,
        content_amount=Decimal("1.98"),
        content_unit=Unit.L,
        deposit_amount=Decimal("0.90"),
        deposit_kind=Deposit.MEHRWEG,
    )
    cheese = Variant(pk=7, content_amount=Decimal("0.1"), content_unit=Unit.KG, is_loose=True)
    book = Variant(pk=8, gtin="09783161484100", tax_class=TaxClass.REDUCED)
    small = Shop(pk=2, name="Filzerei", small_business_from=date(2020, 1, 1))
    lamp = Variant(pk=6, energy_class=EnergyClass.E)
    return [
        Case(_("with picture"), _group(_("Mug “Dune”"), picture, first.value)),
        # The longest line there is, on the right of a phone's two cards: it has to break.
        Case(_("without picture"), _group(_("Running shoe “Aller”"), None, far.value)),
        Case(_("probably"), _group(_("Teapot"), picture, states[Code.PROBABLY])),
        Case(_("gone"), _group(_("Paint box"), None, states[Code.GONE])),
        Case(
            _("base price and deposit"),
            _group(_("Apple spritzer, six bottles"), None, first.value, juice, "5.94"),
        ),
        Case(_("in several shops"), _group(_("Desk lamp"), picture, first.value, many=3)),
        Case(
            _("reduced"),
            _group(_("Casserole"), picture, first.value, price="59.90", reference="74.90"),
        ),
        Case(
            _("by weight"),
            _group(_("Mountain cheese"), None, first.value, cheese, "2.49"),
        ),
        Case(
            _("book, fixed price"),
            _group(_("Novel “Aller”"), None, first.value, book, "24.00"),
        ),
        Case(
            _("small business"),
            _group(_("Felt slippers"), None, first.value, price="39.00", shop=small),
        ),
        Case(_("energy class"), _group(_("LED lamp"), None, first.value, lamp, "6.90")),
    ]


def shops(picture: Picture | None) -> list[Case]:
    """One shop at the hours of a day, on a closed day, and without hours."""
    open_, closed = _calendar(), replace(_calendar(), closures=(_TODAY,))
    doors = [
        (_("open"), open_, NOW),
        (_("closes soon"), open_, NOW + 3 * _HOUR + 35 * _MINUTE),
        (_("lunch break"), open_, NOW - 35 * _MINUTE),
        (_("closed"), open_, NOW + 8 * _HOUR),
        (_("closed for a reason"), closed, NOW),
        (_("not known"), Calendar(), NOW),
    ]
    return [
        Case(name, _shop(calendar, at, picture if number % 2 == 0 else None))
        for number, (name, calendar, at) in enumerate(doors)
    ]


def reservations() -> list[Case]:
    """The steps of a reservation in each state that has some."""
    return [
        Case(str(state.label), steps.of(_reservation(state)))
        for state in (State.REQUESTED, State.CONFIRMED, State.READY, State.COLLECTED)
    ]


def page() -> Any:
    return Paginator(range(100), 24).page(2)


def week() -> list[Any]:
    return opening.week_of(_calendar(), NOW)


def different() -> list[opening.Different]:
    eve, first, last = date(2026, 12, 24), date(2026, 12, 28), date(2026, 12, 31)
    return [
        opening.Different(eve, eve, ((time(9), time(14)),), _("by law until 2 p.m."), Why.WEEK),
        opening.Different(first, last, (), _("Stocktaking"), Why.CLOSURE),
    ]


def band() -> Any:
    return dayband.band(_calendar(), NOW, collect_from=NOW + 30 * _MINUTE)


def branch() -> Branch:
    return Branch(
        pk=1,
        shop=Shop(pk=1, name="Laufwerk", slug="laufwerk"),
        name="Porschestraße",
        street="Porschestraße 41",
        postcode="38440",
        town="Wolfsburg",
        quarter="Stadtmitte",
        latitude=52.4232,
        longitude=10.7869,
        phone="+49 171 3920041",
    )


def drawing() -> Any:
    return locator.draw(branch(), sketch=town.load()["city"]["sketch"])


def family(colour: str) -> list[Colour]:
    """The city's colours by day, with their contrast on paper."""
    found = brand.family(colour).light
    return [
        Colour(name, value, round(brand.contrast(value, brand.PAPER), 1))
        for name, value in found.items()
    ]


def online() -> Any:
    address = "https://shop.laufwerk.example/laufschuh-aller"
    return listings.online(address, way=Way.SHOP, pk=1)


# Inside -----------------------------------------------------------------------------------------


def _group(
    title: str,
    picture: Picture | None,
    availability: Availability,
    variant: Variant | None = None,
    price: str = "17.90",
    many: int = 1,
    reference: str = "",
    shop: Shop | None = None,
) -> Group:
    category = Category(name="Sport", name_en="Sport", slug="sport", drawing=Drawing.BALL)
    product = Product(pk=1, title=title, slug="muster", category=category, language="de")
    held = variant or Variant(pk=4)
    held.product = product
    offers = [
        Offer(
            pk=number,
            price=Decimal(price) + number,
            reference_price=Decimal(reference) if reference else None,
            variant=held,
            branch=branch(),
        )
        for number in range(many)
    ]
    rows = [
        Row(
            offer=offer,
            tag=tag.of(offer, shop=shop or branch().shop, on=NOW.date()),
            branch=branch(),
            shop=branch().shop,
            availability=availability,
            opening=openings()[0].value,
            online=None,
            most=3,
        )
        for offer in offers
    ]
    return Group(product=product, picture=picture, rows=rows, variants=1)


def _shop(calendar: Calendar, at: datetime, picture: Picture | None) -> ShopView:
    shop = Shop(pk=1, name="Blumen Nordlicht", slug="blumen-nordlicht", picture=picture)
    shop.trade = Category(name="Garten", name_en="Garden", drawing=Drawing.PLANT)
    return ShopView(
        shop=shop, branches=[BranchView(branch=branch(), calendar=calendar, now=at)], online=None
    )


def _calendar() -> Calendar:
    return Calendar(
        weekly=tuple(
            Weekly(day, opens, closes)
            for day in range(6)
            for opens, closes in ((time(9, 30), time(13)), (time(14), time(18, 30)))
        )
    )


def _reservation(state: State) -> Reservation:
    return Reservation(
        pk=1,
        state=state,
        placed_at=NOW - _HOUR,
        answer_by=NOW + _HOUR,
        ready_by=NOW + 30 * _MINUTE,
        ready_at=NOW - 20 * _MINUTE,
        collect_by=NOW + 2 * _DAY,
        ended_at=NOW if state == State.COLLECTED else None,
    )
