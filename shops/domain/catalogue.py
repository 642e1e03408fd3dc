"""What a shop puts on the shelf: products, variants, offers, prices, pictures."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.text import slugify

from marketplace.core.models import Picture
from marketplace.core.text import fold
from shops.domain import search
from shops.domain.particulars import Manufacturer
from shops.domain.prices import amounts
from shops.enums import TaxClass
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
    """A product of the city (`shop` None: shared, known by its variants' GTIN) or of one shop."""
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
    )


def update_product(*, product: Product, **changes: object) -> bool:
    """Write what differs of a product's words and particulars; returns whether any did."""
    changed = {name: value for name, value in changes.items() if getattr(product, name) != value}
    if not changed:
        return False
    made = Manufacturer().columns.keys()
    if made & changed.keys():
        # RACE: written whole, so that two writers never leave one's address beside another's name.
        changed |= {name: value for name, value in changes.items() if name in made}
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

    The database refuses numbers that shops print themselves: they are nobody else's.
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


def finish_product(*, product: Product) -> None:
    """After its variants are written: refresh what search reads."""
    search.index(product=product)


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
