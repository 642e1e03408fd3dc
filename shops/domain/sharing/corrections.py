"""Words and pictures of a shared page: changed by a shop that is alone with it, else proposed.

What a shop proposes, the owner of another shop that offers the goods decides, or the city. Nobody
decides about words that are no longer the ones it was about.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops import access
from shops.domain import catalogue
from shops.domain.sharing import holds
from shops.enums import Correctable, Verdict
from shops.models import Category, Correction, Product, Shop

#: Proposals of one shop that may wait at a time.
MOST_OPEN = 100
#: Characters, as the columns hold them.
LONGEST = {Correctable.TITLE: 200, Correctable.BRAND: 120, Correctable.TEXT: 20_000}


class Outcome(StrEnum):
    """What became of the wish to change something."""

    CHANGED = "changed"
    PROPOSED = "proposed"


def value_of(product: Product, field: str) -> str:
    """What stands there now: text, or the slug of the category. Pictures see `shown`."""
    if field == Correctable.CATEGORY:
        return product.category.slug if product.category else ""
    return str(getattr(product, field))


def propose(
    *,
    shop: Shop,
    product_id: int,
    field: Correctable,
    old: str,
    new: str,
    reason: str,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Change `old` to `new`, or propose it where other shops offer these goods too.

    For a picture `old` is its id and `new` empty: it is no longer to be shown. `Stale` where the
    page says something else than `old` meanwhile; `Refused` for what changes nothing, is too long,
    or was proposed already.
    """
    old, new = _tidy(field, old), _tidy(field, new)
    if old == new:
        raise Refused(_("This is what the page says already."), code="no_change")
    _check(field, new)
    with transaction.atomic():
        product = holds.products([product_id])[product_id]
        if not _stands(product, field, old):
            raise _overtaken()
        if access.arranged_products(shop).filter(pk=product_id).exists():
            _apply(product, field, old, new, now)
            _record("product.correct", product, field, by, now)
            return Outcome.CHANGED
        if not reason.strip():
            raise Refused(_("Please say why: the other shops read it."), code="no_reason")
        mine = Correction.objects.filter(shop=shop, verdict="")
        if mine.count() >= MOST_OPEN:
            raise Refused(_("Too many of your proposals still wait."), code="too_many")
        try:
            with transaction.atomic():
                Correction.objects.create(
                    product=product,
                    shop=shop,
                    field=field,
                    old=old,
                    new=new,
                    reason=reason.strip(),
                    proposed_at=now,
                    proposed_by_id=by.user_id,
                )
        except IntegrityError:
            raise Refused(
                _("A proposal of yours for this already waits for an answer."), code="waits"
            ) from None
        _record("correction.propose", product, field, by, now)
    return Outcome.PROPOSED


def decide(*, correction_id: int, accepts: bool, note: str, by: Actor, now: datetime) -> Correction:
    """Take a correction over, or not; returns it with its verdict.

    The verdict is `STALE` where the page changed meanwhile: then nothing else happens. `Refused`
    for a no without a reason, `Stale` where somebody else has decided.
    """
    if not accepts and not note.strip():
        raise Refused(_("Please say why."), code="no_reason")
    with transaction.atomic():
        row = Correction.objects.filter(pk=correction_id, verdict="").first()
        if row is None:
            raise _decided()
        product = holds.products([row.product_id])[row.product_id]
        verdict = Verdict.REJECTED
        if accepts:
            stands = _stands(product, row.field, row.old)
            verdict = Verdict.ACCEPTED if stands else Verdict.STALE
        # RACE: the empty verdict is the condition, so of two people one decides.
        done = Correction.objects.filter(pk=row.pk, verdict="").update(
            verdict=verdict, note=note.strip(), decided_at=now, decided_by=by.user_id
        )
        if not done:
            raise _decided()
        if verdict == Verdict.ACCEPTED:
            _apply(product, Correctable(row.field), row.old, row.new, now)
        _record(f"correction.{verdict.lower()}", product, row.field, by, now)
        row.refresh_from_db()
        return row


def overtaken(rows: Iterable[Correction]) -> set[int]:
    """Those whose page says something else by now. Needs their products with category."""
    return {row.pk for row in rows if not _stands(row.product, row.field, row.old)}


def _stands(product: Product, field: str, old: str) -> bool:
    if field == Correctable.PICTURE:
        return any(str(each.picture_id) == old for each in product.pictures.all())
    return _tidy(field, value_of(product, field)) == old


def _apply(product: Product, field: Correctable, old: str, new: str, now: datetime) -> None:
    if field == Correctable.PICTURE:
        product.pictures.filter(picture_id=int(old)).delete()
        return
    value: object = new
    if field == Correctable.CATEGORY:
        value = Category.objects.filter(slug=new).first()
    catalogue.update_product(product=product, now=now, **{str(field): value})
    catalogue.finish_product(product=product, now=now)


def _check(field: Correctable, new: str) -> None:
    if field == Correctable.TITLE and not new:
        raise Refused(_("Goods need a title."), code="no_title")
    if len(new) > LONGEST.get(field, 80):
        raise Refused(_("This is too long."), code="too_long")
    if field == Correctable.CATEGORY and new and not Category.objects.filter(slug=new).exists():
        raise Refused(_("There is no such category."), code="no_category")
    if field == Correctable.PICTURE and new:
        raise Refused(_("A picture can only be taken away here."), code="picture")


def _tidy(field: str, text: str) -> str:
    """Line ends as browsers send them are no difference."""
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    return text if field == Correctable.TEXT else " ".join(text.split())


def _overtaken() -> Stale:
    return Stale(_("The page was changed meanwhile. Please look at it again."), code="page_changed")


def _decided() -> Stale:
    return Stale(_("Somebody has decided this meanwhile. Nothing was changed."), code="decided")


def _record(verb: str, product: Product, field: str, by: Actor, now: datetime) -> None:
    history.record(
        verb=verb,
        subject=f"product:{product.pk}",
        scope=f"city:{product.city_id}",
        by=by,
        now=now,
        data={"field": str(field)},
    )
