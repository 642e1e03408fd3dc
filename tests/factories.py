"""Rows for tests. What is not named is plain; states are reached through the domain."""

import itertools
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from wagtail.models import Page, Site

from marketplace.core.domain.history import Actor
from marketplace.core.models import User
from marketplace.core.text import fold
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.domain import checkout as checkouts
from marketplace.reservations.domain import queries
from marketplace.reservations.enums import Mode
from marketplace.reservations.models import Checkout, Reservation
from shops.domain import catalogue, counts, holding
from shops.domain import hours as hours_
from shops.domain.legal import facts
from shops.enums import Role, Source
from shops.enums_legal import Arbitration, LegalForm
from shops.models import (
    Branch,
    Category,
    City,
    CityHost,
    Closure,
    Member,
    Offer,
    OpeningHours,
    Product,
    Shop,
    ShopLegal,
)

#: Thursday, 3 December 2026, 14:05 in Wolfsburg.
NOW = datetime(2026, 12, 3, 13, 5, tzinfo=UTC)

_numbers = itertools.count(1)


def city(name: str = "Wolfsburg", *, host: str = "testserver", **fields: Any) -> City:
    """A city that answers on `host`, with a Wagtail site of its own."""
    root = Page.objects.filter(depth=1).first()
    site = Site.objects.create(hostname=f"site-{next(_numbers)}.example", root_page=root)
    defaults = {"slug": fold(name), "base_url": f"http://{host}", "land": "NI"}
    made = City.objects.create(site=site, name=name, **(defaults | fields))
    CityHost.objects.create(city=made, host=host)
    return made


def shop(of: City, name: str = "Laufwerk", **fields: Any) -> Shop:
    """A live shop that answers requests itself."""
    defaults = {"slug": fold(name).replace(" ", "-"), "sort_name": fold(name), "is_live": True}
    defaults |= {"trader_declared_at": NOW}
    return Shop.objects.create(city=of, name=name, **(defaults | fields))


def branch(of: Shop, name: str = "", *, hours: bool = True, **fields: Any) -> Branch:
    """A branch open Monday to Saturday, 9 to 19, with 30 minutes of lead time."""
    number = next(_numbers)
    defaults = {
        "name": name or of.name,
        "slug": fold(name).replace(" ", "-") or f"filiale-{number}",
        "street": f"Porschestraße {number}",
        "postcode": "38440",
        "town": "Wolfsburg",
        "phone": "05361 12345",
        "lead_minutes": 30,
    }
    made = Branch.objects.create(shop=of, **(defaults | fields))
    week(made, *([(day, time(9), time(19)) for day in range(6)] if hours else []))
    return made


def week(of: Branch, *spans: tuple[int, time, time]) -> None:
    """The branch's ordinary week anew, whatever the law says: (weekday, opens, closes)."""
    OpeningHours.objects.filter(branch=of).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(branch=of, weekday=day, opens=opens, closes=closes)
        for day, opens, closes in spans
    )
    hours_.publish([of.pk])
    of.refresh_from_db()


def closure(of: Branch, first: date, last: date, reason: str = "") -> Closure:
    """A dated closing, also one that has begun already."""
    made = Closure.objects.create(branch=of, first_date=first, last_date=last, reason=reason)
    hours_.publish([of.pk])
    return made


def category(name: str = "Schuhe", **fields: Any) -> Category:
    slug = f"{fold(name)}-{next(_numbers)}"
    defaults = {"name_en": name, "slug": slug, "sort_name": fold(name), "turnover": 0.02}
    return Category.objects.create(name=name, **(defaults | fields))


def plain_category() -> Category:
    """Goods of which nothing has to be told, and which sell like those without a category."""
    said = {"name": "Allerlei", "name_en": "Sundries", "sort_name": "allerlei"}
    said |= {"turnover": holding.DEFAULT_TURNOVER}
    return Category.objects.get_or_create(slug="allerlei", defaults=said)[0]


def product(
    of: City, title: str = "Laufschuh", *, shop: Shop | None = None, **fields: Any
) -> Product:
    """A product of the city (shared) or of `shop` (own), with one plain variant, of a category
    that asks for nothing: it may be reserved and paid."""
    fields.setdefault("category", plain_category())
    made = catalogue.create_product(city=of, shop=shop, title=title, **fields)
    catalogue.create_variant(product=made)
    catalogue.finish_product(product=made, now=NOW)
    return made


def offer(
    at: Branch,
    *,
    product: Product | None = None,
    price: str = "129.95",
    count: int | None = 5,
    counted: timedelta = timedelta(minutes=30),
    now: datetime = NOW,
    **fields: Any,
) -> Offer:
    """A branch's offer, counted `counted` before `now`; `count` None leaves it uncounted."""
    made = product or globals()["product"](at.shop.city, f"Laufschuh {next(_numbers)}")
    variant = made.variants.get()
    row = catalogue.create_offer(branch=at, variant=variant, price=Decimal(price), now=now)
    if fields:
        Offer.objects.filter(pk=row.pk).update(**fields)
    if count is not None:
        counts.count(
            offer_id=row.pk,
            counted=count,
            as_of=now - counted,
            source=Source.FILE,
            by=Actor.system(),
            now=now,
        )
    row.refresh_from_db()
    return row


def user(name: str = "Jana Brandt", **fields: Any) -> User:
    email = fields.pop("email", f"{fold(name).replace(' ', '.')}.{next(_numbers)}@example.de")
    return User.objects.create_user(email=email, password="nur-fuer-tests", name=name, **fields)


def member(of: Shop, *, role: Role = Role.STAFF, **fields: Any) -> User:
    """A person working in the shop."""
    person = user(**fields)
    Member.objects.create(user=person, shop=of, role=role)
    return person


def placed(
    *wanted: tuple[Offer, int],
    name: str = "Lena Koch",
    email: str = "lena.koch@example.de",
    language: str = "de",
    nonce: uuid.UUID | None = None,
    now: datetime = NOW,
    windows: dict[int, datetime] | None = None,
    pay: bool = False,
) -> Checkout:
    """A checkout of these offers, placed as a shopper would, in the first free windows; with `pay`
    it is what is from the first one's branch, to be paid online."""
    of = wanted[0][0].branch.shop.city
    basket = baskets.start(city=of, now=now)
    for row, quantity in wanted:
        baskets.put(basket=basket, offer=row, quantity=quantity, now=now)
    lines = queries.basket_view(basket, now=now).groups
    free = {group.branch.pk: group.windows[0].starts for group in lines if group.windows}
    return checkouts.place(
        basket=basket,
        nonce=nonce or uuid.uuid4(),
        seen=queries.seen_token(
            [
                line
                for line in queries.basket_lines(basket)
                if not pay or line.offer.branch_id == wanted[0][0].branch_id
            ],
            Mode.PAY if pay else Mode.RESERVE,
        ),
        shopper=checkouts.Shopper(name=name, email=email),
        language=language,
        by=Actor.shopper(),
        now=now,
        windows=free if windows is None else windows,
        pay_branch=wanted[0][0].branch_id if pay else None,
    )


def reservation(*wanted: tuple[Offer, int], **fields: Any) -> Reservation:
    """The only reservation of a checkout placed like that."""
    return placed(*wanted, **fields).reservations.select_related("branch", "shop").get()


def legal(of: Shop, **said: Any) -> ShopLegal:
    """What the shop says of itself by law, complete, with all legal texts."""
    plain = {
        "legal_name": f"{of.name} GmbH",
        "legal_form": LegalForm.GMBH,
        "representative": "Geschäftsführerin Ada Ernst",
        "street": "Porschestraße 1",
        "postcode": "38440",
        "town": "Wolfsburg",
        "phone": "05361 12345",
        "email": of.email or "laden@example.de",
        "register_court": "Amtsgericht Braunschweig",
        "register_number": "HRB 200001",
        "vat_id": "DE136695976",
        "arbitration": Arbitration.REFUSES,
    }
    by = Actor.system()
    return facts.save(shop=of, said=plain | said, is_trader=True, by=by, now=NOW)
