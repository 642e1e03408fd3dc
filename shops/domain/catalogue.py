"""What a shop puts on the shelf: products, variants, offers, prices, pictures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from marketplace.core.models import Picture
from marketplace.core.text import fold
from shops.domain import search
from shops.domain.gate import refresh as gate
from shops.domain.gate import suspicion
from shops.domain.prices import amounts
from shops.enums import Review, TaxClass
from shops.models import (
    Branch,
    Category,
    City,
    Offer,
    PriceChange,
    Product,
    ProductPicture,
    Shop,
    Variant,
)

#: What people read, and a person looks at where it sounds like goods we do not take.
_WORDS = frozenset({"title", "brand", "text"})


@transaction.atomic
def create_product(
    *,
    city: City,
    shop: Shop | None,
    title: str,
    text: str = "",
    brand: str = "",
    category: Category | None = None,
    language: str = "de",
    source_key: str = "",
) -> Product:
    """A product of the city (`shop` None: shared, known by its variants' GTIN) or of one shop.

    LAW: `Refused` in a category of goods that are not taken here; words that sound like such goods
    wait for the city's desk (law E4).
    """
    if category is not None:
        refuse_blocked(category)
    hits = suspicion.hits(title, brand, text)
    return Product.objects.create(
        city=city,
        shop=shop,
        title=title,
        slug=slug_of(title),
        text=text,
        brand=brand,
        category=category,
        language=language,
        sort_title=fold(title)[:200],
        source_key=source_key,
        review=Review.WAITING if hits else Review.NONE,
        review_words=" ".join(hits)[:200],
    )


def refuse_blocked(category: Category) -> None:
    """`Refused` where goods of this category are not taken."""
    if why := blocked_by(category):
        raise Refused(
            _("Goods of this category are not offered here: %(why)s") % {"why": why},
            code="category_blocked",
        )


def blocked_by(category: Category) -> str:
    """Why goods of this category, or of one above it, are not taken; empty where they are."""
    ruling = gate.rulings().get(category.pk)
    return ruling.blocked if ruling else category.blocked


def reviewed(product: Product, changes: Mapping[str, object]) -> dict[str, object]:
    """What new words of a product make of its review: words that nobody has looked at yet wait."""
    words = {name: str(changes.get(name, getattr(product, name))) for name in _WORDS}
    hits = suspicion.hits(*words.values())
    if not hits and product.review == Review.WAITING:
        return {"review": Review.NONE, "review_words": ""}
    if set(hits) <= set(product.review_words.split()):
        return {}
    return {"review": Review.WAITING, "review_words": " ".join(hits)[:200]}


def update_product(*, product: Product, now: datetime, **changes: object) -> bool:
    """Write what differs of a product's words and particulars; returns whether any did. What the
    gate says of it follows. `Refused` as for `create_product`."""
    if not reword(product=product, **changes):
        return False
    gate.refresh(products=[product.pk], now=now)
    return True


def reword(*, product: Product, **changes: object) -> bool:
    """The same without the gate, for who lets it look at many products together afterwards."""
    changed = {name: value for name, value in changes.items() if getattr(product, name) != value}
    if not changed:
        return False
    if isinstance(category := changed.get("category"), Category):
        refuse_blocked(category)
    if _WORDS & changed.keys():
        changed |= reviewed(product, changed)
    if "title" in changed:
        changed["sort_title"] = fold(str(changed["title"]))[:200]
        changed["slug"] = slug_of(str(changed["title"]))
    for name, value in changed.items():
        setattr(product, name, value)
    product.save(update_fields=list(changed))
    if "sort_title" in changed:
        sort_offers(product=product)
    return True


@transaction.atomic
def sort_offers(*, product: Product) -> None:
    """Tell the offers of a product under which title shelves list them; after its title or its
    variants have changed."""
    offers = Offer.objects.filter(variant__product=product).exclude(sort_title=product.sort_title)
    # RACE: taken in primary-key order, as claims are (truth 10).
    ids = list(offers.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    if ids:
        Offer.objects.filter(pk__in=ids).update(sort_title=product.sort_title)


def create_variant(
    *,
    product: Product,
    options: Sequence[Sequence[str]] = (),
    gtin: str | None = None,
    barcode: str = "",
    tax_class: TaxClass = TaxClass.STANDARD,
    position: int = 0,
) -> Variant:
    """A thing one can hold. `gtin` (14 digits) only on shared products, once per city.

    The database refuses numbers that shops print themselves: they are nobody else's. Nothing is
    shown of it before `finish_product`.
    """
    return Variant.objects.create(
        product=product,
        city_id=product.city_id,
        options=[list(pair) for pair in options],
        label=label_of(options),
        gtin=gtin,
        barcode=barcode,
        tax_class=tax_class,
        position=position,
    )


def create_offer(
    *,
    branch: Branch,
    variant: Variant,
    price: Decimal,
    sku: str = "",
    online_url: str = "",
    now: datetime,
) -> Offer:
    """A branch's word on a variant, stock not counted yet. Starts its price history."""
    offer = Offer.objects.create(
        branch=branch,
        variant=variant,
        price=amounts.sane(price),
        sku=sku,
        online_url=online_url,
        buffer=branch.buffer,
        sort_title=variant.product.sort_title,
    )
    PriceChange.objects.create(offer=offer, price=offer.price, at=now)
    return offer


def attach_picture(
    *, product: Product, picture: Picture, variant: Variant | None = None, position: int = 0
) -> bool:
    """Show a picture with a product or one of its variants; returns whether it is new there."""
    _row, created = ProductPicture.objects.get_or_create(
        product=product, variant=variant, picture=picture, defaults={"position": position}
    )
    return created


def finish_product(*, product: Product, now: datetime) -> None:
    """After its variants are written: refresh what search reads and what the gate says."""
    search.index(product=product)
    gate.refresh(products=[product.pk], now=now)


def slug_of(title: str) -> str:
    """German-readable address part: "Möhren & Größen" becomes `moehren-groessen`."""
    pairs: dict[str, str | int | None] = {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
    }
    spelled = title.translate(str.maketrans(pairs))
    return slugify(spelled)[:120].strip("-") or "artikel"


def label_of(options: Sequence[Sequence[str]]) -> str:
    """`[["Farbe", "Blau"], ["Größe", "42"]]` as people read it."""
    return " · ".join(f"{name}: {value}" if name else value for name, value in options)[:200]
