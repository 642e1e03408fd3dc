"""Two pages become one: variants and offers move, the old address leads to the new one.

Offers keep their rows, so that reservations, counts and prices of the past stay with them. Where
one branch offers the same thing on both pages, one of its two offers stays on the shelf: the one
with reservations, else the one counted last, else the older. The other is taken down and its count
forgotten; it keeps its history on a variant of its own. With reservations on both sides nothing is
merged: the shop hands over or cancels one of them first.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops.domain import article, catalogue, counts, holding, hours
from shops.domain.imports import numbers
from shops.domain.sharing import holds
from shops.models import Facts, Merge, MergeProposal, Offer, Product, ProductPicture, Variant

#: So long a merge may be taken back, if nothing was settled between two offers.
UNDO = timedelta(days=14)
#: Words that a page without them takes over from the one that goes.
_WORDS = ("text", "brand", "category_id", "weee_number", "source_category", "manufacturer_id")
_KEYS = ("id", "product")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def merge(*, keep_id: int, fold_id: int, by: Actor, now: datetime) -> Product:
    """Fold one product into a shared one of the same city.

    `Refused` where the two cannot be one: another city, an own product that has kinds without
    GTIN, reservations on both offers of one branch. `Stale` when one of them is gone.
    """
    return holds.settled(lambda: merge_held(keep_id=keep_id, fold_id=fold_id, by=by, now=now))


def merge_held(*, keep_id: int, fold_id: int, by: Actor, now: datetime) -> Product:
    """The same within the caller's transaction, which `holds.settled` began."""
    rows = holds.products([keep_id, fold_id])
    if len(rows) < 2:
        raise Refused(_("A page cannot be joined with itself."), code="same_page")
    keep, fold = rows[keep_id], rows[fold_id]
    if keep.city_id != fold.city_id or keep.shop_id is not None:
        raise Refused(_("Goods can only be joined on a shared page of the city."), code="not_here")
    twins = _twins(keep, fold)
    moved: dict[str, Any] = {
        "variants": list(fold.variants.order_by("pk").values_list("pk", flat=True)),
        "pictures": list(fold.pictures.order_by("pk").values_list("pk", flat=True)),
        "became": {str(own): shared for own, shared in twins.items()},
    }
    offers = _hold_offers([*moved["variants"], *twins.values()])
    moved["settled"] = _settle(twins, offers, by, now)
    _move_variants(keep, fold, twins)
    _rewrite_moments(offer for offer in offers if offer.variant_id in moved["variants"])
    _move_pictures(keep, fold, twins)
    _take_over_words(keep, fold, now)
    _note(keep, fold, moved, by, now)
    _propose_again(keep, fold, now)
    fold.delete()
    _finish(Product.objects.get(pk=keep.pk), now)
    return keep


def undo(*, merge_id: int, by: Actor, now: datetime) -> Product:
    """Two pages again, as far as nothing followed: same addresses, variants and pictures.

    `Refused` after `UNDO`, or where offers were settled: their counts are gone.
    """

    def act() -> Product:
        done = Merge.objects.select_for_update().filter(pk=merge_id).first()
        if done is None:
            raise Stale(_("This has been taken back already."), code="undone")
        if now > done.at + UNDO:
            raise Refused(
                format_lazy(_("After {days} days this stays as it is."), days=UNDO.days),
                code="too_late",
            )
        variants = Variant.objects.filter(pk__in=done.moved["variants"], product=done.product_id)
        is_followed = done.product_id != done.into or variants.count() != len(
            done.moved["variants"]
        )
        if is_followed or done.moved["settled"] or done.moved["became"]:
            raise Refused(
                _("Offers were joined here, or something followed. This cannot be taken back."),
                code="not_undoable",
            )
        keep = holds.products([done.product_id])[done.product_id]
        facts = done.was.pop("facts", {})
        back = Product.objects.create(pk=done.number, city_id=done.city_id, **done.was)
        Facts.objects.create(product=back, **facts)
        offers = _hold_offers(done.moved["variants"])
        freed = {"gtin": None} if back.shop_id is not None else {}
        variants.update(product=back, **freed)
        ProductPicture.objects.filter(pk__in=done.moved["pictures"]).update(product=back)
        _rewrite_moments(offers)
        done.delete()
        for product in (keep, back):
            _finish(product, now)
        history.record(
            verb="product.part",
            subject=f"product:{keep.pk}",
            scope=f"city:{keep.city_id}",
            by=by,
            now=now,
            data={"number": back.pk},
        )
        return back

    return holds.settled(act)


def may_undo(done: Merge, *, now: datetime) -> bool:
    """Whether it is worth trying: `undo` itself looks at what followed."""
    is_plain = not done.moved["settled"] and not done.moved["became"]
    return is_plain and now <= done.at + UNDO and done.product_id == done.into


def moved_to(*, city_id: int, number: int) -> Product | None:
    """Where a product went that is one with another now."""
    row = Merge.objects.filter(city_id=city_id, number=number).select_related("product").first()
    return row.product if row else None


# Inside ---------------------------------------------------------------------------------------


def _twins(keep: Product, fold: Product) -> dict[int, int]:
    """Own variants that are the same thing as one of `keep`, by GTIN: id -> id.

    Two shared pages have none: a GTIN stands once in a city.
    """
    if fold.shop_id is None:
        return {}
    by_gtin = dict(keep.variants.exclude(gtin=None).values_list("gtin", "pk"))
    twins, seen = {}, set()
    for variant in fold.variants.order_by("pk"):
        number = numbers.gtin(variant.barcode).gtin
        if not number:
            raise Refused(
                _("Each kind of these goods needs its own valid GTIN first."), code="no_gtin"
            )
        if number in seen:
            raise Refused(_("Two kinds of these goods have the same GTIN."), code="gtin_twice")
        seen.add(number)
        if number in by_gtin:
            twins[variant.pk] = by_gtin[number]
        elif Variant.objects.filter(city_id=keep.city_id, gtin=number).exists():
            raise Refused(
                _("One of these numbers stands on another page. Join the two pages first."),
                code="gtin_elsewhere",
            )
        else:
            Variant.objects.filter(pk=variant.pk).update(gtin=number)
    return twins


def _hold_offers(variant_ids: Iterable[int]) -> list[Offer]:
    """RACE: held by writing, in primary-key order, before anything is read off them."""
    ids = Offer.objects.filter(variant_id__in=list(variant_ids)).order_by("pk")
    return [holding.hold(pk) for pk in ids.values_list("pk", flat=True)]


def _settle(twins: dict[int, int], offers: list[Offer], by: Actor, now: datetime) -> list[int]:
    """Put the offers of twins under the shared variant; returns those that gave way."""
    at: dict[int, dict[int, Offer]] = defaultdict(dict)
    for offer in offers:
        at[offer.variant_id][offer.branch_id] = offer
    gave_way = []
    for own, shared in twins.items():
        for branch_id, offer in at[own].items():
            rival = at[shared].get(branch_id)
            if rival is None:
                Offer.objects.filter(pk=offer.pk).update(variant=shared)
                continue
            gave_way.append(_choose(offer, rival, shared, by, now).pk)
    return gave_way


def _choose(offer: Offer, rival: Offer, shared: int, by: Actor, now: datetime) -> Offer:
    """One of a branch's two offers of the same thing stays; returns the other."""
    if offer.reserved and rival.reserved:
        raise Refused(
            _("A branch has reservations on both pages. Hand over or cancel one of them first."),
            code="reserved_twice",
        )
    stays, goes = sorted((offer, rival), key=_stays_first)
    # A number names one thing per branch: it goes with the one that stays.
    kept: dict[str, Any] = {
        "sku": stays.sku or goes.sku,
        "online_url": stays.online_url or goes.online_url,
    }
    counts.forget(offer_id=goes.pk, by=by, now=now)
    Offer.objects.filter(pk=goes.pk).update(is_live=False, sku="")
    if goes.pk == rival.pk:
        grave = _grave(shared)
        Offer.objects.filter(pk=rival.pk).update(variant=grave)
        kept["variant_id"] = shared
    Offer.objects.filter(pk=stays.pk).update(**kept)
    return goes


def _stays_first(offer: Offer) -> tuple[bool, float, int]:
    counted = offer.counted_at or _LONG_AGO
    return (offer.reserved == 0, -counted.timestamp() if offer.counted_at else 0.0, offer.pk)


def _grave(shared: int) -> Variant:
    """A variant that only holds offers which gave way to others."""
    of = Variant.objects.get(pk=shared)
    return Variant.objects.create(
        product_id=of.product_id,
        city_id=of.city_id,
        options=of.options,
        label=of.label,
        tax_class=of.tax_class,
        position=of.position,
        became=of,
    )


def _finish(product: Product, now: datetime) -> None:
    """What search and shelves read of it."""
    catalogue.finish_product(product=product, now=now)
    catalogue.sort_offers(product=product)


def _move_variants(keep: Product, fold: Product, twins: dict[int, int]) -> None:
    last = keep.variants.aggregate(last=Max("position"))["last"] or 0
    for place, variant in enumerate(fold.variants.order_by("position", "pk"), start=last + 1):
        twin = twins.get(variant.pk)
        if twin is not None:
            ProductPicture.objects.filter(variant=variant).exclude(
                picture__in=ProductPicture.objects.filter(variant=twin).values("picture")
            ).update(variant=twin)
            if not variant.offers.exists():
                variant.delete()
                continue
        Variant.objects.filter(pk=variant.pk).update(product=keep, position=place, became=twin)


def _rewrite_moments(offers: Iterable[Offer]) -> None:
    """How long a count is believed follows the category, which may be another one now."""
    ids = [offer.pk for offer in offers]
    calendars = hours.calendars(holding.branches_of(ids))
    for pk in ids:
        holding.write(holding.read(pk), calendars)


def _move_pictures(keep: Product, fold: Product, twins: dict[int, int]) -> None:
    shown = ProductPicture.objects.filter(product=keep, variant=None).values("picture")
    last = keep.pictures.aggregate(last=Max("position"))["last"] or 0
    rows = fold.pictures.exclude(variant=None, picture__in=shown)
    for place, row in enumerate(rows.order_by("position", "pk"), start=last + 1):
        ProductPicture.objects.filter(pk=row.pk).update(product=keep, position=place)


def _take_over_words(keep: Product, fold: Product, now: datetime) -> None:
    words = {
        name: getattr(fold, name)
        for name in _WORDS
        if getattr(fold, name) and not getattr(keep, name)
    }
    catalogue.update_product(product=keep, now=now, **words)
    known = Facts.objects.filter(product=keep).first() or Facts(product=keep)
    for name, value in article.merged(known, _facts_of(fold), leads=False).items():
        setattr(known, name, value)
    known.save()


def _facts_of(product: Product) -> dict[str, Any]:
    """What is told of it, by column."""
    told = Facts.objects.filter(product=product).first()
    if told is None:
        return {}
    columns = [field for field in Facts._meta.concrete_fields if field.name not in _KEYS]
    return {field.name: field.value_from_object(told) for field in columns}


def _note(keep: Product, fold: Product, moved: dict[str, Any], by: Actor, now: datetime) -> None:
    was = {
        field.attname: field.value_from_object(fold)
        for field in Product._meta.concrete_fields
        if field.name not in ("id", "city")
    }
    was["facts"] = _facts_of(fold)
    # What was merged into it before leads on.
    Merge.objects.filter(product=fold).update(product=keep)
    Merge.objects.create(
        city_id=keep.city_id,
        number=fold.pk,
        product=keep,
        into=keep.pk,
        was=was,
        moved=moved,
        at=now,
        by_id=by.user_id,
    )
    history.record(
        verb="product.merge",
        subject=f"product:{keep.pk}",
        scope=f"city:{keep.city_id}",
        by=by,
        now=now,
        data={"number": fold.pk, **moved},
    )


def _propose_again(keep: Product, fold: Product, now: datetime) -> None:
    """What still waits to be joined with the page that goes waits for the one that stays."""
    for row in MergeProposal.objects.filter(verdict="", first=fold) | (
        MergeProposal.objects.filter(verdict="", second=fold)
    ):
        other = row.second_id if row.first_id == fold.pk else row.first_id
        if other == keep.pk:
            continue
        first, second = sorted((keep.pk, other))
        MergeProposal.objects.bulk_create(
            [
                MergeProposal(
                    city_id=keep.city_id,
                    first_id=first,
                    second_id=second,
                    shop_id=row.shop_id,
                    proposed_at=row.proposed_at,
                )
            ],
            ignore_conflicts=True,
        )
