"""A shop gives its own goods their world-wide number: then the page becomes the city's."""

from collections import Counter
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain import catalogue
from shops.domain.imports import numbers
from shops.domain.sharing import holds, merging, proposals
from shops.models import Product, Shop, Variant


class Became(StrEnum):
    """What a number made of the page."""

    #: Noted; other kinds of these goods still have none.
    NOTED = "noted"
    #: A page of the city now, which other shops may join.
    SHARED = "shared"
    #: One with the page that other shops have.
    JOINED = "joined"


def give(
    *, shop: Shop, variant_id: int, text: str, by: Actor, now: datetime
) -> tuple[Became, Product]:
    """Give one of a shop's own variants a GTIN as people type it; returns the page it has then.

    `Refused` for numbers that are none, or that a shop prints itself; and where several pages of
    the city stand for these goods, which are proposed to be joined.
    """
    mark = numbers.gtin(text)
    if not mark.gtin:
        raise Refused(
            mark.trouble or _("This number is not issued world-wide. Only a GTIN (EAN) fits here."),
            code="no_gtin",
        )

    def act() -> tuple[Became, Product]:
        rows = Variant.objects.filter(pk=variant_id, product__shop=shop, became=None)
        product_id = rows.values_list("product_id", flat=True).first()
        if product_id is None:
            raise Refused(_("These goods have a shared page already."), code="not_own")
        product = holds.products([product_id])[product_id]
        rows.update(barcode=mark.barcode)
        return _follow(product, by, now)

    try:
        return holds.settled(act)
    except Refused as refusal:
        if refusal.code == "gtin_elsewhere":
            # The number is not taken, but the city hears which pages stand in its way.
            others = Variant.objects.filter(product__variants=variant_id).exclude(pk=variant_id)
            found = [numbers.gtin(code).gtin for code in others.values_list("barcode", flat=True)]
            proposals.open_for(shop=shop, gtins=[mark.gtin, *filter(None, found)], now=now)
        raise


def _follow(product: Product, by: Actor, now: datetime) -> tuple[Became, Product]:
    variants = list(product.variants.order_by("pk"))
    marks = {variant.pk: numbers.gtin(variant.barcode).gtin for variant in variants}
    if not all(marks.values()):
        return Became.NOTED, product
    if len(set(marks.values())) < len(marks):
        raise Refused(_("Two kinds of these goods have the same GTIN."), code="gtin_twice")
    known = Variant.objects.filter(city_id=product.city_id, gtin__in=marks.values())
    homes = Counter(known.values_list("product_id", flat=True))
    if not homes:
        return Became.SHARED, _share(product, marks, by, now)
    home = min(homes, key=lambda pk: (-homes[pk], pk))
    return Became.JOINED, merging.merge_held(keep_id=home, fold_id=product.pk, by=by, now=now)


def _share(product: Product, marks: dict[int, str], by: Actor, now: datetime) -> Product:
    """RACE: the unique number decides; whoever is second finds the page of the first."""
    for pk, number in marks.items():
        Variant.objects.filter(pk=pk).update(gtin=number)
    Product.objects.filter(pk=product.pk).update(shop=None, source_key="")
    product.refresh_from_db()
    catalogue.finish_product(product=product, now=now)
    history.record(
        verb="product.share",
        subject=f"product:{product.pk}",
        scope=f"city:{product.city_id}",
        by=by,
        now=now,
    )
    return product
