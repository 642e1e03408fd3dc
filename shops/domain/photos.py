"""The photographs of an article: add, turn, cut, describe, put in order, take away.

Whoever offers a shared article may add pictures; to arrange them one has to be alone with it, or it
has to be the shop's own (`shops.access`). Files are written before a transaction is opened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history, pictures
from marketplace.core.domain.history import Actor
from marketplace.core.domain.pictures import Box
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import Picture
from shops.domain import catalogue
from shops.models import Product, ProductPicture, Shop

#: Pictures of one article. More are not looked at.
MOST = 12


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    name: str
    content: bytes


@dataclass(slots=True)
class Added:
    """How many are new, and which files were refused why."""

    new: int = 0
    refused: list[tuple[str, str | Promise]] = field(default_factory=list)


def add(
    *,
    product: Product,
    shop: Shop,
    uploads: Sequence[Upload],
    alt: str,
    by: Actor,
    now: datetime,
) -> Added:
    """Add photographs at the end. `alt` says what is to be seen; several are numbered.

    A file that is no picture is refused by its name, the others are kept; one that is there
    already stays once.
    """
    if not alt.strip():
        raise Refused(_("Please say in a few words what is to be seen."), code="alt_missing")
    done, there = Added(), _numbered(product)
    for upload in uploads:
        if there + done.new >= MOST:
            done.refused.append((upload.name, _("An article has at most 12 pictures.")))
            continue
        number = there + done.new + 1
        words = alt.strip() if number == 1 else f"{alt.strip()} ({number})"
        try:
            picture = pictures.store(
                content=upload.content, name=upload.name, alt=words, by=by, now=now
            )
        except Refused as no:
            done.refused.append((upload.name, no.message))
            continue
        done.new += _show(product, shop, picture, by, now)
    return done


def turn(*, shown: ProductPicture, shop: Shop, quarters: int, by: Actor, now: datetime) -> Picture:
    """Turn a picture to the right by so many quarters."""
    return _replace(shown, shop, quarters=quarters, by=by, now=now)


def cut(*, shown: ProductPicture, shop: Shop, box: Box, by: Actor, now: datetime) -> Picture:
    """Leave only this part of a picture: left, top, right, bottom as parts of its sides."""
    left, top, right, bottom = box
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise Refused(
            _("This part does not lie in the picture. Please choose it again."), code="crop"
        )
    return _replace(shown, shop, box=box, by=by, now=now)


def describe(*, shown: ProductPicture, shop: Shop, alt: str, by: Actor, now: datetime) -> None:
    """Say in other words what is to be seen. Where other goods show the same photograph, these get
    a copy of their own: nobody's words change through another's pages."""
    if not alt.strip():
        raise Refused(_("Please say in a few words what is to be seen."), code="alt_missing")
    picture = shown.picture
    others = ProductPicture.objects.filter(picture=picture).exclude(product=shown.product)
    if others.exists():
        picture = _replace(shown, shop, copy_for=f"product:{shown.product_id}", by=by, now=now)
    with transaction.atomic():
        pictures.describe(picture=picture, alt=alt.strip())
        _note("describe", shown.product, shop, picture.pk, by, now)


@transaction.atomic
def move(*, shown: ProductPicture, shop: Shop, earlier: bool, by: Actor, now: datetime) -> None:
    """One place earlier or later. At the end of the row nothing happens."""
    rows = _taken(shown.product)
    place = next((at for at, row in enumerate(rows) if row.pk == shown.pk), None)
    if place is None:
        raise _gone()
    other = place - 1 if earlier else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows):
        if row.position != position:
            ProductPicture.objects.filter(pk=row.pk).update(position=position)
    _note("move", shown.product, shop, shown.picture_id, by, now)


@transaction.atomic
def remove(*, shown: ProductPicture, shop: Shop, by: Actor, now: datetime) -> None:
    """Do not show a picture with this article any more."""
    if ProductPicture.objects.filter(pk=shown.pk).delete()[0]:
        _note("remove", shown.product, shop, shown.picture_id, by, now)


def proposal(product: Product) -> str:
    """Words for a picture's alternative text: what the article is called, and who made it."""
    brand = product.brand.strip()
    if brand and brand.casefold() not in product.title.casefold():
        return f"{product.title}, {brand}"
    return product.title


def _replace(
    shown: ProductPicture,
    shop: Shop,
    *,
    quarters: int = 0,
    box: Box | None = None,
    copy_for: str = "",
    by: Actor,
    now: datetime,
) -> Picture:
    made = pictures.edit(
        picture=shown.picture, quarters=quarters, box=box, copy_for=copy_for, by=by, now=now
    )
    with transaction.atomic():
        same = ProductPicture.objects.filter(product=shown.product, variant=shown.variant_id)
        if same.filter(picture=made).exclude(pk=shown.pk).exists():
            # This very cut is shown already: once is enough.
            ProductPicture.objects.filter(pk=shown.pk).delete()
        # RACE: only the picture that was seen is replaced, so two taps turn it once.
        elif not same.filter(pk=shown.pk, picture=shown.picture_id).update(picture=made):
            raise _gone()
        _note("edit", shown.product, shop, made.pk, by, now)
    return made


@transaction.atomic
def _show(product: Product, shop: Shop, picture: Picture, by: Actor, now: datetime) -> bool:
    rows = ProductPicture.objects.filter(product=product, variant=None)
    last = rows.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    new = catalogue.attach_picture(product=product, picture=picture, position=position)
    if new:
        _note("add", product, shop, picture.pk, by, now)
    return new


def _numbered(product: Product) -> int:
    return ProductPicture.objects.filter(product=product).count()


def _taken(product: Product) -> list[ProductPicture]:
    """The product's general pictures in their order, held by a write (RACE: two who move)."""
    rows = ProductPicture.objects.filter(product=product, variant=None)
    Product.objects.filter(pk=product.pk).update(is_live=F("is_live"))
    return list(rows.order_by("position", "pk"))


def _gone() -> Stale:
    return Stale(_("This picture has changed meanwhile. Please look again."), code="picture")


def _note(what: str, product: Product, shop: Shop, picture: int, by: Actor, now: datetime) -> None:
    history.record(
        verb=f"photo.{what}",
        subject=f"product:{product.pk}",
        scope=f"shop:{shop.pk}",
        by=by,
        now=now,
        data={"picture": picture},
    )
