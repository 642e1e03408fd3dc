"""Two cities, their shops and people: what `access_table` is asked of."""

import copy
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from cms.domain import editors, pages
from marketplace.core.domain.history import Actor
from marketplace.core.models import User
from marketplace.core.text import fold
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.domain import links
from marketplace.reservations.domain.receipts import issuing
from marketplace.reservations.models import Basket, Checkout, Reservation
from shops.domain import cities
from shops.domain.deliveries import tokens as tokens_
from shops.enums import Role
from shops.models import Branch, City, Member, Offer, Product, Shop
from tests import factories, hands
from tests.architecture import world_city, world_goods, world_withdrawals
from tests.factories import NOW
from tests.payments import rows

HOST, FAR_HOST = "testserver", "braunschweig.example"
HERE = {"sec-fetch-site": "same-origin"}
BY = Actor.system()
NONE = 999_999_999

#: Placeholders of doors to shared pages.
SHARED = ("correction", "pair", "own_goods")
#: Words that stand on no page of the first city, whoever looks.
HIDDEN = ("Fernladen", "Ferngut", "Versteckladen", "Versteckgut", "Hinterhof")


@dataclass
class World:
    """Everything by name. `fills` are the placeholders of `Door.path` for the shop's own rows."""

    city: City
    far_city: City
    shop: Shop
    branch: Branch
    offer: Offer
    people: dict[str, User]
    fills: dict[str, str]
    #: Per placeholder: rows that exist, but not for the one who asks; and one that is nowhere.
    foreign: dict[str, dict[str, str]]
    missing: dict[str, str]
    far_fills: dict[str, str]
    offers: dict[str, Offer]
    baskets: dict[str, Basket]
    codes: dict[str, str]
    cookies: dict[str, Any] = field(default_factory=dict)

    def client(self, role: str, *, csrf: bool = False) -> Client:
        """A browser in this role, as fresh as at the beginning."""
        client = Client(enforce_csrf_checks=csrf, raise_request_exception=False)
        if role in self.people:
            client.force_login(self.people[role])
        elif role == "shopper":
            keep_basket(client, self.baskets["own"])
        return client

    def ask(self, role: str, method: str, path: str, **more: Any) -> HttpResponse:
        """One answer; whatever the request wrote is forgotten again."""
        csrf = more.pop("csrf", False)
        if role not in self.cookies:
            self.cookies[role] = self.client(role).cookies
        client = Client(enforce_csrf_checks=csrf, raise_request_exception=False)
        client.cookies = copy.deepcopy(self.cookies[role])
        with transaction.atomic():
            answer = client.generic(method, path, **self._body(method, more))
            transaction.set_rollback(True)
        return answer

    @staticmethod
    def _body(method: str, more: dict[str, Any]) -> dict[str, Any]:
        if method == "POST":
            more.setdefault("content_type", "application/x-www-form-urlencoded")
        return more


def keep_basket(client: Client, basket: Basket) -> None:
    session = client.session
    session["basket"] = str(basket.key)
    session.save()
    client.cookies["session"] = session.session_key


def _basket(offer: Offer) -> Basket:
    made = baskets.start(city=offer.branch.shop.city, now=NOW)
    baskets.put(basket=made, offer=offer, quantity=1, now=NOW)
    return made


def _city(name: str, host: str) -> City:
    made = cities.create(
        name=name,
        slug=fold(name),
        land="NI",
        base_url=f"http://{host}",
        hosts=[host],
        by=BY,
        now=NOW,
    )
    pages.plant(city=made, by=BY, now=NOW)
    return made


def _receipt(part: str, payment: Any) -> str:
    """What the shop gave for the money; its number."""
    row = Reservation.objects.get(pk=part)
    return issuing.for_payment(reservation=row, payment_id=payment.pk, now=NOW).number


def _offer(branch: Branch, title: str, **fields: Any) -> Offer:
    return factories.offer(branch, product=factories.product(branch.shop.city, title), **fields)


def _link(checkout: Checkout) -> str:
    return links.token(checkout)


def build() -> World:
    """The town at `factories.NOW`; inside a test's transaction."""
    city, far_city = _city("Wolfsburg", HOST), _city("Braunschweig", FAR_HOST)
    web = {"online_shop": "https://www.laden.example/"}
    shop = factories.shop(city, "Laufwerk", auto_accept=True, **web)
    branch, sibling = factories.branch(shop, "Mitte"), factories.branch(shop, "Vorsfelde")
    factories.branch(shop, "Hinterhof", is_live=False)
    next_door = factories.shop(city, "Nebenan", auto_accept=True)
    next_branch = factories.branch(next_door, "Nebenanfiliale")
    hidden = factories.shop(city, "Versteckladen", is_live=False, **web)
    far_shop = factories.shop(far_city, "Fernladen", auto_accept=True, **web)
    far_branch = factories.branch(far_shop, "Fernfiliale")
    far_second = factories.branch(far_shop, "Fernfiliale Zwei")
    offers = {
        "own": _offer(branch, "Laufschuh"),
        "sibling": _offer(sibling, "Siebling"),
        "neighbour": _offer(next_branch, "Nachbargut"),
        "far": _offer(far_branch, "Ferngut"),
        "hidden": _offer(factories.branch(hidden, "Versteckt"), "Versteckgut im Laden"),
        "not live": _offer(branch, "Versteckgut", is_live=False),
    }
    gone = factories.product(city, "Versteckgut ohne alles")
    Product.objects.filter(pk=gone.pk).update(is_live=False)
    placed = {
        "own": factories.placed((offers["own"], 1), name="Olga Eigen"),
        "other": factories.placed((offers["own"], 1), name="Otto Anders", email="o@example.de"),
        "sibling": factories.placed((offers["sibling"], 1), name="Sina Geschwister"),
        "neighbour": factories.placed((offers["neighbour"], 1), name="Nora Nachbar"),
        "far": factories.placed((offers["far"], 1), name="Frida Fern"),
        "revoked": factories.placed((offers["own"], 1), name="Rolf Alt", email="r@example.de"),
    }
    tokens = {name: _link(row) for name, row in placed.items()}
    Checkout.objects.filter(pk=placed["revoked"].pk).update(link_nonce=_another(placed["revoked"]))
    parts = {name: str(row.reservations.get().pk) for name, row in placed.items()}
    tills = (("own", branch), ("sibling", sibling), ("neighbour", next_branch), ("far", far_branch))
    texts, told = world_goods.lawful(shop, next_door, far_shop)
    people = {
        "staff": factories.member(shop, name="Jana Brandt"),
        "owner": factories.member(shop, role=Role.OWNER, name="Meike Albrecht"),
        "left": factories.member(shop, role=Role.OWNER, name="Lars Weg"),
        "neighbour": factories.member(next_door, role=Role.OWNER, name="Nils Nachbar"),
        "far": factories.member(far_shop, role=Role.OWNER, name="Fine Fern"),
        "editor": factories.user("Ina Redlich"),
        "superuser": factories.user("Siri Alles", is_superuser=True, is_staff=True),
    }
    Member.objects.filter(user=people["left"]).update(is_active=False)
    editors.let_in(user=people["editor"], city=city, by=BY, now=NOW)
    ours, theirs = world_city.sunday(city), world_city.sunday(far_city)
    ours["report"], theirs["report"] = world_city.report(city), world_city.report(far_city)
    ours["wording"], theirs["wording"] = world_city.legal(city), world_city.legal(far_city)
    known = ("own", "sibling", "neighbour", "far")
    declared = {name: world_withdrawals.declared(offers[name]) for name in known}
    back_out = {name: each.withdrawal for name, each in declared.items()}
    arrivals = {name: each.receipt for name, each in declared.items()}
    contracts = {name: each.contract for name, each in declared.items()}
    ours["unknown"] = world_withdrawals.unknown(offers["own"])
    theirs["unknown"] = world_withdrawals.unknown(offers["far"])
    paid = {
        "own": rows.captured(shop),
        "other": rows.captured(shop),
        "neighbour": rows.captured(next_door),
        "far": rows.captured(far_shop),
    }
    receipts = {name: _receipt(parts[name], payment) for name, payment in paid.items()}
    keys = {
        name: str(tokens_.create(branch=at, name="Kasse", by=BY, now=NOW)[0].pk)
        for name, at in tills
    }
    sent = {name: str(world_goods.delivery(at)) for name, at in tills}
    articles, makers, notes = world_goods.articles(offers)
    back = {name: str(rows.asked_back(payment).pk) for name, payment in paid.items()}
    ours["case"], theirs["case"] = world_city.case(paid["own"]), world_city.case(paid["far"])
    sold = {
        "own": world_goods.sale(branch),
        "sibling": world_goods.sale(sibling),
        "neighbour": world_goods.sale(next_branch),
        "far": world_goods.sale(far_branch),
    }
    third = factories.branch(world_goods.another_shop(city), "Ahlers Mitte")
    far_third = factories.branch(world_goods.another_shop(far_city), "Ahlers Fern")
    shared = {
        "own": world_goods.build(branch, third, "hier"),
        "neighbour": world_goods.build(next_branch, third, "nebendran"),
        "far": world_goods.build(far_branch, far_third, "fern"),
    }
    ours |= shared["own"].desk
    theirs |= shared["far"].desk
    page = {name: _page(row.variant.product) for name, row in offers.items()}
    lines = {name: hands.scanned(offers[name].branch, "4006381333931") for name in known}
    scans = {name: str(line.session_id) for name, line in lines.items()}
    waiting = {name: str(line.pk) for name, line in lines.items()}
    wrong = {name: world_goods.complaint(offers[name]) for name in ("own", "neighbour", "far")}
    photos = {name: str(hands.photographed(offers[name]).pk) for name in known}
    return World(
        city=city,
        far_city=far_city,
        shop=shop,
        branch=branch,
        offer=offers["own"],
        people=people,
        fills={
            "shop": shop.slug,
            "branch": branch.slug,
            "reservation": parts["own"],
            "offer": str(offers["own"].pk),
            "product": page["own"],
            "public_shop": shop.slug,
            "public_offer": str(offers["own"].pk),
            "public_id": str(shop.pk),
            "token": tokens["own"],
            "part": parts["own"],
            "contract": contracts["own"],
            "withdrawal": back_out["own"],
            "arrival": arrivals["own"],
            "payment": str(paid["own"].pk),
            "number": receipts["own"],
            "receipt": receipts["own"],
            "refund": back["own"],
            "sale": sold["own"],
            "complaint": wrong["own"],
            "scan": scans["own"],
            "line": waiting["own"],
            "article": articles["own"],
            "photo": photos["own"],
            "stock_key": keys["own"],
            "delivery": sent["own"],
            **{name: getattr(shared["own"], name) for name in SHARED},
            "goods": articles["own"],
            "maker": makers["own"],
            "note": notes["own"],
            "text": texts[shop.name],
            "legal": told[shop.name],
            **ours,
        },
        foreign={
            "shop": {"neighbour": next_door.slug, "far": far_shop.slug},
            "branch": {"neighbour": next_branch.slug, "far": far_branch.slug},
            "reservation": {name: parts[name] for name in ("sibling", "neighbour", "far")},
            "offer": {name: str(offers[name].pk) for name in ("sibling", "neighbour", "far")},
            "product": {"far": page["far"]},
            "public_shop": {"far": far_shop.slug, "hidden": hidden.slug},
            "public_offer": {name: str(offers[name].pk) for name in ("far", "hidden", "not live")},
            "public_id": {"far": str(far_shop.pk), "hidden": str(hidden.pk)},
            "token": {"far": tokens["far"], "revoked": tokens["revoked"]},
            "part": {name: parts[name] for name in ("other", "neighbour", "far")},
            "contract": {"far": contracts["far"], "no contract": tokens["own"]},
            "withdrawal": {name: back_out[name] for name in ("neighbour", "far")},
            "arrival": {"far": arrivals["far"], "no arrival": contracts["own"]},
            "payment": {name: str(paid[name].pk) for name in ("neighbour", "far")},
            "number": {name: receipts[name] for name in ("other", "neighbour", "far")},
            "receipt": {name: receipts[name] for name in ("neighbour", "far")},
            "sale": {name: sold[name] for name in ("sibling", "neighbour", "far")},
            "complaint": {name: wrong[name] for name in ("neighbour", "far")},
            "refund": {name: back[name] for name in ("other", "neighbour", "far")},
            "scan": {name: scans[name] for name in ("sibling", "neighbour", "far")},
            "line": {name: waiting[name] for name in ("sibling", "neighbour", "far")},
            "article": {name: articles[name] for name in ("neighbour", "far")},
            "photo": {name: photos[name] for name in ("sibling", "neighbour", "far")},
            "stock_key": {name: keys[name] for name in ("sibling", "neighbour", "far")},
            "delivery": {name: sent[name] for name in ("sibling", "neighbour", "far")},
            **{
                name: {whose: getattr(shared[whose], name) for whose in ("neighbour", "far")}
                for name in SHARED
            },
            "goods": {"far": articles["far"]},
            "maker": {},
            "note": {"far": notes["far"]},
            "legal": {"far": told[far_shop.name]},
            "text": {"neighbour": texts[next_door.name], "far": texts[far_shop.name]},
            **{name: {"far": value} for name, value in theirs.items()},
        },
        missing={
            "shop": "gibt-es-nicht",
            "branch": "gibt-es-nicht",
            "reservation": str(NONE),
            "offer": str(NONE),
            "product": f"gibt-es-nicht-{NONE}",
            "public_shop": "gibt-es-nicht",
            "public_offer": str(NONE),
            "public_id": str(NONE),
            "token": "gibt-es-nicht",
            "part": str(NONE),
            **dict.fromkeys(("contract", "arrival"), "gibt-es-nicht"),
            **dict.fromkeys(("withdrawal", "unknown"), str(NONE)),
            "payment": str(NONE),
            "number": "gibt-es-nicht",
            "receipt": "gibt-es-nicht",
            "refund": str(NONE),
            "sale": str(NONE),
            "complaint": str(NONE),
            "scan": str(NONE),
            "line": str(NONE),
            "article": str(NONE),
            "photo": str(NONE),
            "stock_key": str(NONE),
            "delivery": str(NONE),
            "goods": str(NONE),
            "maker": str(NONE),
            "note": str(NONE),
            **dict.fromkeys(("text", "legal"), str(NONE)),
            "zone": str(NONE),
            "report": str(NONE),
            "wording": str(NONE),
            "case": str(NONE),
            "opening": str(NONE),
            **dict.fromkeys((*SHARED, "merge", "wish", "merged"), str(NONE)),
            "gone": _page(gone),
        },
        far_fills={
            "shop": far_shop.slug,
            "branch": far_branch.slug,
            "second": far_second.slug,
            "reservation": parts["far"],
            "offer": str(offers["far"].pk),
            "token": tokens["far"],
            "part": parts["far"],
            "contract": contracts["far"],
            "withdrawal": back_out["far"],
            "arrival": arrivals["far"],
            "payment": str(paid["far"].pk),
            "number": receipts["far"],
            "receipt": receipts["far"],
            "refund": back["far"],
            "sale": sold["far"],
            "complaint": wrong["far"],
            "scan": scans["far"],
            "line": waiting["far"],
            "article": articles["far"],
            "photo": photos["far"],
            "stock_key": keys["far"],
            "delivery": sent["far"],
            **{name: getattr(shared["far"], name) for name in SHARED},
            "goods": articles["far"],
            "maker": makers["far"],
            "note": notes["far"],
            **theirs,
        },
        offers=offers,
        baskets={
            "own": _basket(offers["own"]),
            "neighbour": _basket(offers["neighbour"]),
            "far": _basket(offers["far"]),
        },
        codes={name: row.reservations.get().code for name, row in placed.items()},
    )


def _another(checkout: Checkout) -> Any:
    return uuid.uuid4() if isinstance(checkout.link_nonce, uuid.UUID) else "anders"


def _page(product: Product) -> str:
    return f"{product.slug}-{product.pk}"
