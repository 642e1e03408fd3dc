"""The demo towns' places and people, from `town/`."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.hashers import make_password
from django.db import transaction

from cms.domain import editors, pages
from marketplace.core.domain import pictures
from marketplace.core.domain.history import Actor
from marketplace.core.models import Picture, User
from marketplace.core.text import fold
from marketplace.workbench import town
from marketplace.workbench.domain import past
from shops.domain import cities, hours, tree
from shops.domain.gate import ruled
from shops.domain.imports import apply
from shops.enums import Role
from shops.models import Branch, Category, City, Member, OpeningHours, Shop

#: The shops have been here for longer than anything is told of them.
OPENED = timedelta(days=61)
#: Opens every door of the demo town; printed at each start.
PASSWORD = "stadtregal-demo"  # noqa: S105 meant to be known
EDITOR = ("Ina Redlich", "ina.redlich@example.de")
ADMIN = ("Alex Aufsicht", "admin@example.de")


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody to sign in as, and where to go then."""

    who: str
    email: str
    path: str


@transaction.atomic
def build(*, base_url: str, by: Actor, now: datetime) -> City:
    """Cities, front pages, goods tree, shops with branches and hours, and everybody's logins.

    Returns the first city, the one that answers on `base_url`.
    """
    tree.plant()
    ruled.plant(by=by, now=now)
    password = make_password(PASSWORD)  # once: it is slow on purpose
    made = []
    for name in town.TOWNS:
        plan = town.load(name)
        city = _city(plan["city"], address_of(name, base_url), by, now)
        for row in plan["shops"]:
            shop = _shop(city, row, by, now)
            for member in row["members"]:
                user = _user(member["name"], member["email"], password)
                Member.objects.create(user=user, shop=shop, role=Role(member["role"]))
        made.append(city)
    editors.let_in(user=_user(*EDITOR, password), city=made[0], by=by, now=now)
    _user(*ADMIN, password, is_staff=True, is_superuser=True)
    return made[0]


def address_of(name: str, base_url: str) -> str:
    """Where a town answers when the first one is at `base_url`: same scheme and port."""
    if name == town.TOWNS[0]:
        return base_url
    parts = urlsplit(base_url)
    host = town.load(name)["city"]["hosts"][0]
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def fill(*, city: City, now: datetime, first: bool, by: Actor) -> None:
    """Take in every branch's goods file as its till wrote it: a week ago (`first`), or lately."""
    for row in town.load(city.slug)["imports"]:
        branch = branch_of(city, row["shop"], row["branch"])
        calendar = hours.calendar_of(branch.pk)
        if first:
            moment = past.day_back(calendar, now, 8)
        else:
            moment = past.ago(calendar, now, row["counted_minutes_ago"])
        apply.take(
            content=town.file(row["file"]).read_bytes(),
            branch=branch,
            by=by,
            now=moment,
            as_of=moment,
            folder=town.PICTURES,
        )


def credit(*, by: Actor, now: datetime) -> None:
    """Say whose the goods' pictures are: the files of a till name no author."""
    unnamed = set(Picture.objects.filter(credit="").values_list("name", flat=True))
    for path in town.PICTURES.glob("*.webp"):
        if path.name in unnamed:
            pictures.store(
                content=path.read_bytes(), name=path.name, credit=town.CREDIT, by=by, now=now
            )


def branch_of(city: City, shop: str, branch: str) -> Branch:
    """By the slugs that `town/` uses."""
    branches = Branch.objects.select_related("shop__city")
    return branches.get(shop__city=city, shop__slug=shop, slug=branch)


def logins() -> list[Login]:
    """Who signs in to look around, with the page that is theirs: a few of many."""
    found = []
    for shop in filter(itemgetter("printed"), town.load()["shops"]):
        desk = f"/haendler/{shop['slug']}/{shop['branches'][0]['slug']}/theke/"
        for member in shop["members"]:
            role = Role(member["role"]).name.lower()
            found.append(Login(f"{shop['name']}, {role}", member["email"], desk))
    found.append(Login("city's editor", EDITOR[1], "/cms/"))
    found.append(Login("superuser", ADMIN[1], "/cms/"))
    return found


def _city(row: dict[str, Any], base_url: str, by: Actor, now: datetime) -> City:
    city = cities.create(
        name=row["name"],
        slug=row["slug"],
        land=row["land"],
        base_url=base_url,
        hosts=row["hosts"],
        plate=row["plate"],
        by=by,
        now=now,
    )
    cities.paint(city=city, colour=row["colour"], by=by, now=now)
    for name in ("answer_minutes", "hold_days", "max_quantity", "max_open", "sketch"):
        setattr(city, name, row[name])
    city.save()
    pages.plant(city=city, by=by, now=now)
    return city


def _shop(city: City, row: dict[str, Any], by: Actor, now: datetime) -> Shop:
    plain = ("name", "slug", "description", "online_shop", "email", "auto_accept")
    shop = Shop.objects.create(
        city=city,
        sort_name=fold(row["name"]),
        is_live=True,
        trader_declared_at=now - OPENED,
        trade=Category.objects.filter(slug=row.get("trade", "")).first(),
        picture=_front(row, by, now),
        **{name: row[name] for name in plain},
    )
    for place in row["branches"]:
        weekly = place["hours"]
        rest = {name: value for name, value in place.items() if name != "hours"}
        branch = Branch.objects.create(shop=shop, **rest)
        OpeningHours.objects.bulk_create(
            OpeningHours(
                branch=branch,
                weekday=weekday,
                opens=time.fromisoformat(opens),
                closes=time.fromisoformat(closes),
            )
            for weekday, opens, closes in weekly
        )
        hours.publish([branch.pk])
    return shop


def _front(row: dict[str, Any], by: Actor, now: datetime) -> Picture | None:
    path = town.FRONTS / f"{row.get('front')}.webp"
    if not path.exists():
        return None
    return pictures.store(
        content=path.read_bytes(),
        name=path.name,
        alt=row["front_alt"],
        credit=town.CREDIT,
        by=by,
        now=now,
    )


def _user(name: str, email: str, password: str, **fields: Any) -> User:
    user = User.objects.create_user(email, name=name, **fields)
    user.password = password
    user.save(update_fields=["password"])
    return user
