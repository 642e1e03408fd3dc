"""What the living blocks of a page show now. Writes nothing.

All blocks of a page are read together: one query per block that looks for goods, and a constant
number for the rest, however many goods and shops they show.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, OuterRef, Q

from cms.domain.queries import Town, in_turns
from cms.enums import Fallback
from shops import access
from shops.domain import categories, listings, locator
from shops.domain import search as searching
from shops.domain.listings import Group, Online
from shops.domain.locator import Map
from shops.domain.queries import BranchView, ShopView

#: Offers looked at for one block, so that a large town costs no more than a small one.
LOOKED_AT = 200
GOODS, SHOPS = ("goods_by_rule", "goods_picked", "online_offers"), ("shops_by_rule", "shops_picked")


@dataclass(frozen=True, slots=True)
class Shown:
    """What one block shows."""

    groups: list[Group] = field(default_factory=list)
    shops: list[ShopView] = field(default_factory=list)
    online: Online | None = None
    shop: ShopView | None = None
    branch: BranchView | None = None
    map: Map | None = None
    #: Goods that took the place of those that are not there.
    refilled: int = 0


@dataclass(slots=True)
class _Wish:
    """The goods of one block, best first; more than it shows, as some may go meanwhile."""

    number: int
    own: list[int]
    refill: list[int] = field(default_factory=list)
    shop: int | None = None
    price: Decimal | None = None
    is_online: bool = False

    @property
    def ids(self) -> list[int]:
        return list(dict.fromkeys([*self.own, *self.refill]))[: self.number]


def fill(*, body: Iterable[Any], town: Town) -> dict[str, Shown]:
    """Block id -> what it shows. A block without anything to show is not in it."""
    wishes = {block.id: _wish(block.block_type, block.value, town) for block in body}
    ids = [pk for wish in wishes.values() if wish for pk in wish.ids]
    groups = _groups(ids, [wish for wish in wishes.values() if wish], town)
    shown = {}
    for block in body:
        wish = wishes[block.id]
        found = _of_goods(wish, groups, town) if wish else _of_places(block, town)
        if found is not None:
            shown[block.id] = found
    return shown


def sample(*, kind: str, town: Town) -> Shown | None:
    """What a block of this kind shows, with goods and shops of the town: for the desk's preview."""
    views = sorted(town.views, key=lambda view: (view.online is None, view.shop.sort_name))
    shops = [view.shop for view in views[:2]]
    is_of_shop = kind in ("online_offers", "locator", "visit")
    value = dict.fromkeys(("category", "words", "quarter", "trade"), "") | {
        "price": None,
        "shop": shops[0] if is_of_shop and shops else None,
        "shops": shops,
        "today": False,
        "open": False,
        "number": 4,
        "fallback": Fallback.ANY,
    }
    like = "goods_by_rule" if kind == "goods_picked" else kind
    block = SimpleNamespace(id=kind, block_type=like, value=value)
    return fill(body=[block], town=town).get(kind)


def count(*, value: Any, town: Town) -> int:
    """How many products a rule finds now, without its fallback; at most LOOKED_AT."""
    return len(_by_rule(value, town, LOOKED_AT))


# Goods ------------------------------------------------------------------------------------------


def _wish(kind: str, value: Any, town: Town) -> _Wish | None:
    if kind not in GOODS:
        return None
    if kind == "online_offers":
        return _online(value, town)
    number = value["number"] if kind == "goods_by_rule" else len(value["goods"])
    wish = _Wish(number, [])
    if kind == "goods_by_rule":
        wish.own = _by_rule(value, town, number)
        wish.price = value["price"]
        wish.shop = value["shop"].pk if value["shop"] else None
        slug = value["category"]
    else:
        picked = _picked([each.pk for each in value["goods"] if each is not None], town)
        wish.own = [pk for pk, _kind, is_there in picked if is_there]
        slug = next((kind for _pk, kind, _is_there in picked if kind), None)
    if len(wish.own) < number:
        wish.refill = _fallback(value["fallback"], slug, town, number)
    return wish


def _picked(ids: Sequence[int], town: Town) -> list[tuple[int, str | None, bool]]:
    """Those that still are goods of the town: id, slug of the category, whether they are there."""
    promised = town.promised
    offers = access.public_offers(town.city).filter(
        promised.there() | promised.probably(), variant__product=OuterRef("pk")
    )
    rows = access.public_products(town.city).filter(pk__in=ids).annotate(is_there=Exists(offers))
    found = {row[0]: row for row in rows.values_list("pk", "category__slug", "is_there")}
    return [found[pk] for pk in ids if pk in found]


def _by_rule(value: Any, town: Town, number: int) -> list[int]:
    rules = []
    if value["category"]:
        rules.append(_in_category(value["category"], town))
    if value["price"] is not None:
        rules.append(Q(price__lte=value["price"]))
    if value["shop"]:
        rules.append(Q(branch__shop=value["shop"].pk))
    if value["today"]:
        rules.append(town.promised.today())
    if searching.words(value["words"]):
        products = access.public_products(town.city)
        found = searching.find(products, text=value["words"]).order_by().values("pk")
        rules.append(Q(variant__product__in=found))
    return _of(rules, town, number)


def _fallback(kind: str, slug: str | None, town: Town, number: int) -> list[int]:
    if kind == Fallback.NONE:
        return []
    rules = [_in_category(slug, town)] if kind == Fallback.CATEGORY and slug else []
    return _of(rules, town, number)


def _online(value: Any, town: Town) -> _Wish | None:
    shop = value["shop"]
    if shop is None or shop.pk not in town.shops:
        return None
    offers = access.public_offers(town.city).filter(branch__shop=shop.pk).exclude(online_url="")
    rows = offers.order_by("-counted_at", "pk").values_list("variant__product_id", flat=True)
    own = list(dict.fromkeys(rows[:LOOKED_AT]))[: value["number"]]
    return _Wish(value["number"], own, shop=shop.pk, is_online=True)


def _in_category(slug: str, town: Town) -> Q:
    chosen = next((each for each in town.tree if each.slug == slug), None)
    below = categories.below(town.tree, chosen.pk) if chosen else []
    return Q(variant__product__category_id__in=below)


def _of(rules: Sequence[Q], town: Town, number: int) -> list[int]:
    """Products that are or may be there, freshest count first, one of each shop in turns."""
    promised = town.promised
    offers = access.public_offers(town.city).filter(promised.there() | promised.probably(), *rules)
    rows = offers.order_by("-counted_at", "pk").values_list(
        "branch__shop_id", "variant__product_id"
    )
    return list(dict.fromkeys(in_turns(rows[:LOOKED_AT])))[:number]


def _groups(ids: Iterable[int], wishes: Sequence[_Wish], town: Town) -> dict[int, Group]:
    """Products with all their branches that have them, and those that sell them online."""
    promised, wanted = town.promised, list(dict.fromkeys(ids))
    if not wanted:
        return {}
    shown = promised.there() | promised.probably()
    selling = [wish.shop for wish in wishes if wish.is_online]
    if selling:
        shown |= Q(branch__shop__in=selling) & ~Q(online_url="")
    offers = access.public_offers(town.city).filter(shown)
    products = access.public_products(town.city).select_related("category").in_bulk(wanted)
    listed = [products[pk] for pk in wanted if pk in products]
    found = listings.groups(
        listed,
        offers,
        town.city,
        town.now,
        branches=town.branches,
        ruled=town.ruled,
    )
    return {group.product.pk: group for group in found}


def _of_goods(wish: _Wish, groups: dict[int, Group], town: Town) -> Shown | None:
    chosen = []
    for pk in wish.ids:
        group = groups.get(pk)
        if group is None:
            continue
        rows = [row for row in group.rows if _fits(row, wish, is_own=pk in wish.own)]
        if rows:
            chosen.append(replace(group, rows=rows))
    view = town.shops.get(wish.shop) if wish.shop and wish.is_online else None
    if not chosen and not (view and view.online):
        return None
    own = set(wish.own)
    return Shown(
        groups=chosen,
        online=view.online if view else None,
        shop=view,
        refilled=sum(group.product.pk not in own for group in chosen),
    )


def _fits(row: listings.Row, wish: _Wish, *, is_own: bool) -> bool:
    if wish.is_online:
        return row.shop.pk == wish.shop and bool(row.offer.online_url)
    if not is_own:
        return True
    cheap = wish.price is None or row.offer.price <= wish.price
    return cheap and (wish.shop is None or row.shop.pk == wish.shop)


# Places -----------------------------------------------------------------------------------------


def _of_places(block: Any, town: Town) -> Shown | None:
    value = block.value
    if block.block_type == "shops_by_rule":
        fits = shops(town, quarter=value["quarter"], trade=value["trade"], open_only=value["open"])
        return Shown(shops=fits[: value["number"]]) if fits else None
    if block.block_type == "shops_picked":
        picked = [each.pk for each in value["shops"] if each is not None]
        found = [town.shops[pk] for pk in picked if pk in town.shops]
        return Shown(shops=found) if found else None
    if block.block_type == "visit":
        view = town.shops.get(value["shop"].pk) if value["shop"] else None
        return Shown(shop=view) if view else None
    if block.block_type == "locator":
        view = town.shops.get(value["shop"].pk) if value["shop"] else None
        if view is None or not view.branches:
            return None
        branch = view.branches[0]
        drawn = locator.draw(
            branch.branch,
            sketch=town.city.sketch,
            neighbours=[] if town.city.sketch else town.branches.values(),
        )
        return Shown(shop=view, branch=branch, map=drawn)
    return None


def shops(
    town: Town, *, quarter: str = "", street: str = "", trade: str = "", open_only: bool = False
) -> list[ShopView]:
    """Shops that fit all that is named, from A to Z."""
    quarter, street = quarter.strip().casefold(), street.strip().casefold()
    return [
        view
        for view in town.views
        if (not trade or (view.shop.trade is not None and view.shop.trade.slug == trade))
        and (not open_only or view.is_open)
        and (
            not (quarter or street)
            or any(
                (not quarter or each.branch.quarter.casefold() == quarter)
                and each.branch.street.casefold().startswith(street)
                for each in view.branches
            )
        )
    ]
