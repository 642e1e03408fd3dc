"""Knocking at doors in roles: each function returns what was not as the table says."""

import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language_from_path

from cms import access as cms_access
from marketplace.core.roles import SIGNED_IN as LOGIN_ROLES
from marketplace.payments import access as payments_access
from marketplace.reservations import access as reservation_access
from shops import access
from shops.models import MergeProposal, Offer
from tests.architecture.access_table import DOORS, GET, LOGIN, OK, POST, Door
from tests.architecture.world import FAR_HOST, HERE, HIDDEN, World, keep_basket

CSP = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "manifest-src 'self'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_FIELD = re.compile(r"\{(\w+)\}")


def insider(door: Door) -> str:
    """Who of the shop's people may open it."""
    return "owner" if door.role == "owner" else "staff"


def places(door: Door) -> list[str]:
    """Names of the placeholders in the door's path."""
    return _FIELD.findall(door.path)


def languages(door: Door) -> tuple[str, ...]:
    return ("", "/en") if door.translated else ("",)


def expected(door: Door, role: str, method: str) -> int:
    told = door.but.get((role, method), door.who[role])
    return door.answers[method] if told == OK else told


def wrong_headers(answer: HttpResponse, path: str) -> Iterator[str]:
    """What every answer wears."""
    desk = path.startswith("/cms/")
    for name, value in HEADERS.items():
        if answer.headers.get(name) != ("SAMEORIGIN" if desk and name[2:7] == "Frame" else value):
            yield f"{path}: {name} is {answer.headers.get(name)}"
    policy = {each.strip() for each in answer.headers.get("Content-Security-Policy", "").split(";")}
    if not desk and policy != CSP:
        yield f"{path}: policy {policy ^ CSP}"
    if "unsafe" in str(policy) or "Access-Control-Allow-Origin" in answer:
        yield f"{path}: too open"
    if not answer.headers.get("Cache-Control") or not answer.headers.get("X-Request-ID"):
        yield f"{path}: without Cache-Control or X-Request-ID"


def roles_at(world: World, door: Door, role: str) -> Iterator[str]:
    """The door's own rows, asked for in one role and both languages."""
    for prefix in languages(door):
        path = prefix + door.path.format(**world.fills)
        for method in door.answers:
            answer = world.ask(role, method, path, headers=HERE)
            where = f"{role} {method} {path}: {answer.status_code}"
            if answer.status_code != expected(door, role, method):
                yield f"{where}, not {expected(door, role, method)}"
            if door.who[role] == LOGIN and not _to_login(answer, prefix):
                yield f"{where}, not to the login"
            yield from wrong_headers(answer, path)
            if method == GET:
                yield from _silent(world, door, role, path, answer)


def content(answer: HttpResponse) -> bytes:
    """All of an answer, also one that is sent piece by piece."""
    return b"".join(answer) if answer.streaming else answer.content


def text(answer: HttpResponse) -> str:
    """The same as text; papers and archives are none, but no word of ours is lost in them."""
    return content(answer).decode(errors="replace")


def _silent(world: World, door: Door, role: str, path: str, answer: HttpResponse) -> Iterator[str]:
    head = world.ask(role, "HEAD", path)
    if head.status_code != answer.status_code or content(head):
        yield f"{role} HEAD {path}: {head.status_code} with {len(content(head))} bytes"
    if role == "anonymous" and set(answer.cookies) - door.cookies:
        yield f"GET {path} sets {sorted(answer.cookies)}"
    if door.role == "public" and answer.cookies:
        yield f"GET {path} sets a cookie on a public page as {role}"
    language = get_language_from_path(path) or "de"
    if answer.headers.get("Content-Language") != language:
        yield f"{path} speaks {answer.headers.get('Content-Language')}"


def _to_login(answer: HttpResponse, prefix: str) -> bool:
    return answer.headers.get("Location", "").startswith(f"{prefix}/konto/login/?next=")


def foreign_at(world: World, door: Door) -> Iterator[str]:
    """Rows that are somebody else's: 404, and word for word the answer to rows that are nowhere."""
    role = insider(door) if door.role in LOGIN_ROLES else "anonymous"
    for place in places(door):
        for method in door.answers:
            nowhere = _foreign(world, door, role, method, place, world.missing[place])
            for whose, value in world.foreign[place].items():
                there = _foreign(world, door, role, method, place, value)
                where = f"{role} {method} {door.name} with the {place} of {whose}"
                if there[0] != 404:
                    yield f"{where}: {there[0]}"
                elif there != nowhere:
                    yield f"{where}: tells that it exists"


def _foreign(
    world: World, door: Door, role: str, method: str, place: str, value: str
) -> tuple[int, str]:
    path = door.path.format(**(world.fills | {place: value}))
    answer = world.ask(role, method, path, headers=HERE)
    return answer.status_code, _bare(text(answer), path)


def _bare(body: str, path: str) -> str:
    """The page without what only repeats the address asked for, or is new in each answer."""
    body = body.replace(path, "PATH")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "TOKEN", body)


def strangers_at(world: World, door: Door) -> Iterator[str]:
    """A member's own rows on the other city's host, and the other city's member on this one."""
    if set(places(door)) - set(world.far_fills):
        return
    if not places(door):
        return
    for method in door.answers:
        theirs = door.path.format(**world.far_fills)
        ours = door.path.format(**world.fills)
        for role, path, headers in (
            ("far", theirs, HERE),  # what is mine, but on this host
            (insider(door), ours, HERE | {"host": FAR_HOST}),
            ("far", ours, HERE),
            ("left", ours, HERE),
            *([("staff", ours, HERE)] if door.role == "owner" else ()),
        ):
            if door.role not in LOGIN_ROLES and path == ours and headers is HERE:
                continue  # the link is the key, whoever holds it
            answer = world.ask(role, method, path, headers=headers)
            if answer.status_code != 404:
                host = headers.get("host", "here")
                yield f"{role} {method} {path} at {host}: {answer.status_code}"


def goods_at(world: World, door: Door) -> Iterator[str]:
    """What a form may name: offers of the other city and hidden ones are not for sale here."""
    if door.name != "reservations:basket_add":
        return
    for whose, status in (
        ("own", 303), ("neighbour", 303), ("far", 409), ("hidden", 409), ("not live", 409),
    ):  # fmt: skip
        body = f"offer={world.offers[whose].pk}&quantity=1"
        answer = world.ask("anonymous", POST, "/korb/dazu/", data=body, headers=HERE)
        if answer.status_code != status:
            yield f"the offer of {whose} goes into the basket with {answer.status_code}"


def seen_at(world: World, door: Door) -> Iterator[str]:
    """What stands on a page: nothing hidden, nothing of another branch, shop, city or basket."""
    if GET not in door.answers or door.answers[GET] != 200:
        return
    path = door.path.format(**world.fills)
    role = insider(door) if door.role in LOGIN_ROLES else "shopper"
    body = text(world.ask(role, GET, path, headers=HERE))
    words = list(HIDDEN if door.role not in LOGIN_ROLES else HIDDEN[:1])
    if door.role in LOGIN_ROLES:
        words += ["Nora Nachbar", "Frida Fern", "Nachbargut", "Ferngut", "Nebenan"]
    if door.path.startswith("/haendler/{shop}/{branch}/"):
        words += ["Sina Geschwister", "Siebling"]
    if door.path.startswith("/abholung/"):
        words += ["Otto Anders", "Nora Nachbar"]
    yield from (f"{role} reads “{word}” at {path}" for word in words if word in body)
    if door.name in ("reservations:basket", "reservations:checkout"):
        yield from _baskets(world, path)


def _baskets(world: World, path: str) -> Iterator[str]:
    body = world.ask("anonymous", GET, path).content.decode()
    yield from (f"{path} shows a stranger “{word}”" for word in _GOODS if word in body)
    client = world.client("anonymous")
    keep_basket(client, world.baskets["far"])
    if "Ferngut" in client.get(path).content.decode():
        yield f"{path} shows the basket of the other city"
    client = world.client("anonymous")
    keep_basket(client, world.baskets["neighbour"])
    body = client.get(path).content.decode()
    if "Nachbargut" not in body or "Laufschuh" in body:
        yield f"{path} shows another basket"


_GOODS = ("Laufschuh", "Nachbargut", "Ferngut")


def codes_at(world: World, door: Door) -> Iterator[str]:
    """A code of somebody else's reservation tells nothing but that it is not ours."""
    if door.name != "retail:code":
        return
    path = door.path.format(**world.fills)
    for whose in ("neighbour", "far"):
        body = f"code={world.codes[whose]}"
        answer = world.ask("staff", POST, path, data=body)
        if answer.status_code != 422:
            yield f"the code of {whose} gives {answer.status_code}"


def gone_at(world: World, door: Door) -> Iterator[str]:
    """Goods no longer shown say so, and nothing else."""
    if door.name != "shops:product":
        return
    path = door.path.format(product=world.missing["gone"])
    answer = world.ask("anonymous", GET, path)
    if answer.status_code != 410:
        yield f"{path}: {answer.status_code}"


def rows_of(world: World) -> Iterator[str]:
    """Scopes asked themselves: branches reach pages only beneath shops, reports only the desk."""
    theirs = access.public_branches(world.city).exclude(shop__city=world.city)
    yield from (f"public_branches has {branch} of another city" for branch in theirs)
    reports = cms_access.reports(world.city).exclude(city=world.city)
    yield from (f"reports has {report} of another city" for report in reports)
    wordings = cms_access.versions(world.city).exclude(city=world.city)
    yield from (f"versions has {wording} of another city" for wording in wordings)
    for declared in (reservation_access.city_withdrawals, cms_access.withdrawals):
        for row in declared(world.city).exclude(city=world.city):
            yield f"{row} of another city stands on the desk"
    for rows in (access.city_corrections, access.city_merges, access.city_merged):
        yield from (f"{rows.__name__} has {row}" for row in rows(world.city) if _far(world, row))
    yield from _shops_own(world)
    for product in access.city_products(world.city).exclude(city=world.city):
        yield f"city_products has {product} of another city"
    for note in access.city_notes(world.city).exclude(shop__city=world.city):
        yield f"city_notes has {note} of another city"
    for facts in access.city_facts(world.city).exclude(shop__city=world.city):
        yield f"city_facts has {facts} of another city"
    cases = payments_access.city_cases(world.city).exclude(shop__city=world.city)
    yield from (f"city_cases has {case} of another city" for case in cases)
    # A picture is asked for beneath its article, so a foreign one is not there either way.
    offered = access.offered_products(world.shop)
    strange = access.arranged_products(world.shop).exclude(pk__in=offered)
    yield from (f"arranged_products has {product} that is not offered" for product in strange)


def _far(world: World, row: Any) -> bool:
    product = row.first if isinstance(row, MergeProposal) else row.product
    return product.city_id != world.city.pk


def _shops_own(world: World) -> Iterator[str]:
    """What a shop may word, decide and answer is its own."""
    shop, shared = world.shop, {each.pk for each in access.offered_products(world.shop)}
    others = set(
        Offer.objects.exclude(branch__shop=shop).values_list("variant__product", flat=True)
    )
    for product in access.offered_products(shop):
        is_there = Offer.objects.filter(branch__shop=shop, variant__product=product).exists()
        if product.shop_id != shop.pk and not is_there:
            yield f"offered_products has {product}"
    for product in access.arranged_products(shop):
        if product.pk in others or product.pk not in shared:
            yield f"arranged_products has {product}, which others offer"
    for row in access.shop_corrections(shop):
        if row.shop_id == shop.pk or row.product_id not in shared or row.verdict:
            yield f"shop_corrections has {row}"
    yield from (f"own {row}" for row in access.own_corrections(shop) if row.shop_id != shop.pk)
    for row in access.shop_merges(shop):
        if {row.first_id, row.second_id} & others or row.verdict:
            yield f"shop_merges has {row}"
    yield from (f"alias {row}" for row in access.shop_aliases(shop) if row.shop_id != shop.pk)


def scopes(world: World) -> Iterator[str]:
    """Everything that must go red when a scope function loses its filter."""
    yield from rows_of(world)
    for door in DOORS:
        for check in (foreign_at, strangers_at, goods_at, seen_at, codes_at, gone_at):
            yield from check(world, door)
