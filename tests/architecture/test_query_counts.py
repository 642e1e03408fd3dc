"""Every page asks the database as often for three rows as for one, and not often."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.domain import pages
from cms.enums import Legal
from cms.models import ContentPage
from marketplace.core.domain.history import Actor
from marketplace.core.models import User
from marketplace.core.roles import SIGNED_IN
from marketplace.payments.enums import RefundState
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.domain import links
from marketplace.reservations.domain.receipts import issuing
from marketplace.reservations.models import Basket, Checkout
from shops.domain import registry, sundays, timetable
from shops.domain.deliveries import tokens
from shops.domain.week import Weekly
from shops.enums import Role
from shops.enums_legal import LegalKind
from shops.models import Branch, City, Member, Offer, Product, Shop
from tests import factories, hands
from tests.architecture import world_goods, world_withdrawals
from tests.architecture.access_table import DOORS, GET, Door
from tests.architecture.world import keep_basket
from tests.factories import NOW
from tests.payments import rows
from tests.shops.deliveries_help import push

pytestmark = pytest.mark.django_db

#: Doors whose pages show no rows of ours, and the desk's, which is Wagtail's.
WITHOUT_ROWS = ("operations:", "workbench:", "media", "desk_login", "no_such_page")
HOME = Door("home", "/", "public", {GET: 200})
PAGES = [HOME] + [
    door
    for door in DOORS
    if door.answers.get(GET) == 200 and not door.name.startswith(WITHOUT_ROWS)
]
#: What a page may ask; the design wants at most 12 of a list, and home is several lists, a shop's
#: as well.
AIM = {"public": 13, "shopper": 12, "member": 12, "owner": 12, "retail:shop": 14}


@dataclass
class Town:
    """One of everything a page lists; `grow` adds one more."""

    city: City
    shop: Shop
    branch: Branch
    product: Product
    person: User
    basket: Basket
    checkout: Checkout | None = None
    terms: ContentPage | None = None
    fills: dict[str, str] = field(default_factory=dict)
    #: Numbers that somebody has scanned and nobody knows.
    scanned: list[str] = field(default_factory=list)

    def grow(self) -> None:
        """Another shop, branch and offer, another reservation of each."""
        number = Shop.objects.count()
        other = factories.shop(self.city, f"Laden {number}", auto_accept=True)
        Member.objects.create(user=self.person, shop=other, role="STAFF")
        there = factories.branch(other, f"Filiale {number}")
        offers = [
            factories.offer(there, product=self.product),
            factories.offer(self.branch),
            factories.offer(factories.branch(self.shop, f"Zweig {number}")),
        ]
        for row in offers:
            baskets.put(basket=self.basket, offer=row, quantity=1, now=NOW)
        for row in offers[:2]:
            factories.placed((row, 1), name=f"Kundin {number}", email=f"k{number}@example.de")
        maker = registry.create(said={"name": f"Werk {number}"}, by=Actor.system(), now=NOW)
        for row in offers:
            Product.objects.filter(pk=row.variant.product_id).update(manufacturer=maker)
        self._say_something_about_time(number)
        for _ in range(number):
            line = hands.scanned(self.branch, f"40063813339{len(self.scanned):02d}", *self.scanned)
            self.scanned.append(line.code)
            photo = hands.photographed(offers[1], len(self.scanned))
        shared = world_goods.build(self.branch, there, f"Nr. {number}")
        self.checkout = factories.placed(
            *[(row, 1) for row in offers_in(self.basket)], email=f"g{number}@example.de"
        )
        part = self.checkout.reservations.filter(branch=self.branch).get()
        declared = world_withdrawals.declared(offers[1], number)
        payment = rows.captured(self.shop, subject=part.subject)
        receipt = issuing.for_payment(reservation=part, payment_id=payment.pk, now=NOW)
        for _ in range(number):
            refund = rows.asked_back(payment, "1.10")
            rows.answered(refund, RefundState.FAILED)
        plenty = factories.offer(self.branch, count=50)
        for _ in range(number):
            complaint = world_goods.complaint(plenty)
        sent = push(
            self.branch,
            *(
                {"sku": each, "price": 900 + number}
                for each in self._skus([row.pk for row in offers[1:2]], number)
            ),
            *({"sku": f"X-{each}", "quantity": 1} for each in range(number)),
            number=f"d-{number}",
        )
        self._say_something_by_law(number)
        tokens.create(branch=self.branch, name=f"Kasse {number}", by=Actor.system(), now=NOW)
        factories.legal(self.shop, phone=f"05361 1000{number}")
        text = self.shop.legal_texts.filter(kind=LegalKind.IMPRINT).latest("number")
        self.fills = {
            "text": str(text.pk),
            "delivery": str(sent.pk),
            "contract": declared.contract,
            "withdrawal": declared.withdrawal,
            "arrival": declared.receipt,
            "payment": str(payment.pk),
            "complaint": complaint,
            "number": receipt.number,
            "receipt": receipt.number,
            "shop": self.shop.slug,
            "branch": self.branch.slug,
            "reservation": str(part.pk),
            "offer": str(offers[1].pk),
            "scan": str(line.session_id),
            "article": str(photo.product_id),
            "photo": str(photo.pk),
            "product": f"{self.product.slug}-{self.product.pk}",
            "public_shop": self.shop.slug,
            "token": links.token(self.checkout),
            "part": str(part.pk),
            "own_goods": shared.own_goods,
            "wording": str(self.terms.pk),
        }

    def _skus(self, offers: list[int], number: int) -> list[str]:
        """Every offer of the branch gets a number, so that the till can speak of it."""
        for pk in offers:
            Offer.objects.filter(pk=pk).update(sku=f"L-{number}")
        return list(
            Offer.objects.filter(branch=self.branch).exclude(sku="").values_list("sku", flat=True)
        )

    def _say_something_by_law(self, number: int) -> None:
        """One more legal page, and one more wording of the first."""
        home = self.city.site.root_page.specific
        page = ContentPage(title=f"Text {number}", slug=f"text-{number}", legal=Legal.TERMS)
        home.add_child(instance=page)
        page.save_revision().publish()
        self.terms = self.terms or page
        self.terms.title = f"Text, Wort {number}"
        self.terms.save_revision().publish()

    def _say_something_about_time(self, number: int) -> None:
        """A closure, a season and an open Sunday more, none of them soon."""
        by, day = Actor.system(), NOW.date() + timedelta(days=160 + 7 * number)
        timetable.close(branch=self.branch, first=day, last=day, reason="Umbau", by=by, now=NOW)
        week = [Weekly(0, time(9), time(12))]
        first, last = (3, number), (3, number + 1)
        timetable.add_season(
            branch=self.branch, name="März", first=first, last=last, weekly=week, by=by, now=NOW
        )
        sunday = sundays.first_lawful(self.city.land, day)
        plan = sundays.Plan(date=sunday, opens=time(13), closes=time(18), reason="Fest")
        row = sundays.plan(city=self.city, wanted=plan, by=by, now=NOW)
        sundays.permit(city=self.city, opening_id=row.pk, permit="1", by=by, now=NOW)


def offers_in(basket: Basket) -> list:
    return [line.offer for line in basket.lines.select_related("offer__branch__shop__city")]


@pytest.fixture
def town() -> Iterator[Town]:
    with time_machine.travel(NOW, tick=False):
        city = factories.city()
        pages.plant(city=city, by=Actor.system(), now=NOW)
        shop = factories.shop(city, "Laufwerk", auto_accept=True)
        made = Town(
            city=city,
            shop=shop,
            branch=factories.branch(shop, "Mitte"),
            product=factories.product(city, "Wanderschuh"),
            person=factories.member(shop, role=Role.OWNER),
            basket=baskets.start(city=city, now=NOW),
        )
        made.grow()
        yield made


def cost(town: Town, door: Door) -> list[str]:
    """What a page asks of the database, after one visit that filled the caches."""
    client = Client()
    if door.role in SIGNED_IN:
        client.force_login(town.person)
    elif door.role == "shopper":
        keep_basket(client, town.basket)
    path = door.path.format(**town.fills)
    assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return [each["sql"] for each in asked]


@pytest.mark.parametrize("door", PAGES, ids=lambda door: door.name)
def test_three_rows_cost_what_one_costs(town, door):
    one = cost(town, door)
    town.grow()
    town.grow()
    three = cost(town, door)

    assert len(three) == len(one), "\n".join(three)
    assert len(one) <= AIM.get(door.name, AIM[door.role]), "\n".join(one)


def test_control_a_page_that_asks_row_by_row_is_noticed(town, monkeypatch):
    """The measure sees what it is there for."""
    from shops.views import places  # noqa: PLC0415 only here

    show = places.render

    def asking(request, template, context):
        for row in Shop.objects.all():
            assert row.branches.count() >= 0
        return show(request, template, context)

    monkeypatch.setattr(places, "render", asking)
    (door,) = [each for each in PAGES if each.name == "shops:shop_list"]
    one = cost(town, door)
    town.grow()

    assert len(cost(town, door)) > len(one)
