"""Takes a shop's file: reads it, plans it, and, unless it is a dry run, writes it.

Written in batches of whole products, `plan.BATCH` variants to a transaction, each planned inside
the transaction that writes it. An import that stops between two batches is simply started again.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import pictures
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import Picture
from shops.domain import catalogue, counts, naming, registry, search
from shops.domain.gate import refresh as gate
from shops.domain.imports import detect, plan, runs, shelve
from shops.domain.imports.doubts import Doubts
from shops.domain.imports.folder import Folder
from shops.domain.imports.goods import Goods, Group, Notice, of_store
from shops.domain.imports.plan import Planner
from shops.domain.imports.plans import BatchPlan, GroupPlan, Wish
from shops.domain.imports.receipt import Receipt
from shops.domain.imports.runs import Run
from shops.domain.prices import amounts
from shops.domain.sharing import proposals
from shops.enums import Source
from shops.models import Branch, Facts, Offer, Product, Variant

#: Tries of one batch when somebody writes the same goods at the same time.
TRIES = 3


def preview(
    *,
    content: bytes,
    branch: Branch,
    now: datetime,
    as_of: datetime | None = None,
    folder: Path | None = None,
    sure: bool = False,
) -> Receipt:
    """The receipt `take` would write; nothing is changed. `Refused` when the file is no good."""
    run, goods, planner = _prepared(content, branch, now, as_of, folder, sure)
    receipt = Receipt.of(goods, applied=False)
    receipt.repeated = run.repeated
    for groups in plan.batches(goods.groups):
        planner.settle(planner.plan(groups), receipt)
    planner.conclude(receipt)
    return receipt


def take(
    *,
    content: bytes,
    branch: Branch,
    by: Actor,
    now: datetime,
    as_of: datetime | None = None,
    folder: Path | None = None,
    sure: bool = False,
) -> Receipt:
    """Put the goods of a file on a branch's shelf and say what became of each of them.

    `as_of`: when its stock figures were true; a time in the file itself goes before, and without
    either it is when this content first arrived. `folder`: pictures by file name. The same file
    again writes nothing. Rows that look like a mistake are held back (`brake`) unless somebody is
    `sure` of them. `Refused` when the file is no good.
    """
    run, goods, planner = _prepared(content, branch, now, as_of, folder, sure)
    receipt = Receipt.of(goods, applied=True)
    receipt.repeated = run.repeated
    runs.begin(run, by=by, now=now)
    for groups in plan.batches(goods.groups):
        stored = _store_pictures(planner, groups, receipt, by=by, now=now)
        batch = _write_batch(planner, groups, stored, by=by, now=now)
        planner.settle(batch, receipt)
    planner.conclude(receipt)
    naming.ask(shop=branch.shop, names=planner.categories.unknown, now=now)
    runs.finish(run, receipt, by=by, now=now)
    return receipt


def _prepared(
    content: bytes,
    branch: Branch,
    now: datetime,
    as_of: datetime | None,
    folder: Path | None,
    sure: bool,
) -> tuple[Run, Goods, Planner]:
    if as_of is not None and as_of > now:
        raise Refused(_("The time of the count lies in the future."), code="as_of")
    goods = of_store(detect.read(content), branch.slug)
    run = runs.look_up(content=content, branch=branch, as_of=as_of, now=now, sure=sure)
    found = None if folder is None else Folder.at(folder)
    doubts = Doubts.nobody() if sure else Doubts.about(goods, branch)
    return run, goods, Planner(goods=goods, run=run, folder=found, now=now, doubts=doubts)


def _store_pictures(
    planner: Planner, groups: Sequence[Group], receipt: Receipt, *, by: Actor, now: datetime
) -> dict[str, Picture | None]:
    """Take in the pictures a batch will show, before its transaction: this writes files."""
    stored: dict[str, Picture | None] = {}
    if planner.folder is None:
        return stored
    for group in planner.plan(groups).groups:
        for show in group.pictures:
            if show.found.sha256 in stored:
                continue
            name = show.found.path.name
            try:
                stored[show.found.sha256] = pictures.store(
                    content=show.found.path.read_bytes(), name=name, alt=show.alt, by=by, now=now
                )
            except Refused as refusal:
                stored[show.found.sha256] = None
                text = format_lazy("{name}: {reason}", name=name, reason=refusal.message)
                receipt.notices.append(Notice(0, "picture_refused", text))
    return stored


def _write_batch(
    planner: Planner,
    groups: Sequence[Group],
    stored: dict[str, Picture | None],
    *,
    by: Actor,
    now: datetime,
) -> BatchPlan:
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                batch = planner.plan(groups)
                _write(planner, batch, stored, by=by, now=now)
                return batch
        except IntegrityError:
            # RACE: another import created the same GTIN, key or article number; now we see it.
            if not left:
                raise Stale(
                    _("Somebody is changing the same goods. Please start the import again."),
                    code="import_race",
                ) from None
    raise RuntimeError("TRIES is not positive")


def _write(
    planner: Planner,
    batch: BatchPlan,
    stored: dict[str, Picture | None],
    *,
    by: Actor,
    now: datetime,
) -> None:
    searched = [group for group in batch.groups if group.changes_search]
    existing = [
        (wish.offer, wish)
        for group in batch.groups
        for wish in group.wishes
        if wish.offer is not None
    ]
    _hold_pages(batch)
    learned = registry.learn(batch.makers.values(), by=by, now=now)
    for group in batch.groups:
        _reword(group)
    shelve.products(planner, batch.groups)
    shelve.variants(batch.groups)
    shelve.offers(planner, batch.groups, by=by, now=now)
    for group in batch.groups:
        _show_pictures(group, stored)
    for group in searched:
        if group.home is not None:
            search.index(product=group.home)
    touched = {group.home.pk for group in batch.groups if group.home is not None}
    touched |= set(Product.objects.filter(manufacturer__in=learned).values_list("pk", flat=True))
    gate.refresh(products=touched, now=now)
    # RACE: offers shoppers may be claiming are written in primary-key order, as claims are (truth
    # 10). Those created above are nobody's yet.
    for offer, wish in sorted(existing, key=_primary_key):
        _write_offer(offer, wish, by=by, now=now)
    apart = [pair for group in batch.groups for pair in pairwise(group.apart)]
    if apart:
        proposals.open_pairs(shop=planner.run.branch.shop, apart=apart, now=now)


def _hold_pages(batch: BatchPlan) -> None:
    """RACE: products before offers, in primary-key order, as a merge holds them; else one that
    becomes another just now and this import wait for each other for ever."""
    homes = {group.home.pk for group in batch.groups if group.home and group.changes_search}
    if homes:
        rows = Product.objects.select_for_update(no_key=True).filter(pk__in=homes).order_by("pk")
        if len(rows) < len(homes):
            raise IntegrityError("a page became another one since this was planned")


def _reword(group: GroupPlan) -> None:
    """What the file says differently about goods we know."""
    if group.home is not None:
        changes = dict(group.words)
        if group.changes_maker:
            changes["manufacturer"] = group.maker
        catalogue.reword(product=group.home, **changes)
        if group.facts:
            Facts.objects.update_or_create(product=group.home, defaults=group.facts)
    for wish in group.wishes:
        if wish.variant is not None and wish.variant_changes:
            Variant.objects.filter(pk=wish.variant.pk).update(**wish.variant_changes)


def _write_offer(offer: Offer, wish: Wish, *, by: Actor, now: datetime) -> None:
    changes = dict(wish.offer_changes)
    changes.pop("price", None)
    if changes:
        Offer.objects.filter(pk=offer.pk).update(**changes)
    if "price" in wish.offer_changes:
        amounts.set_price(offer=offer, price=wish.item.price, now=now)
    if wish.forget:
        counts.forget(offer_id=offer.pk, by=by, now=now)
    if wish.count is None:
        return
    counted, as_of = wish.count
    # RACE: somebody may have counted by eye since we planned; that is the younger number.
    with suppress(Stale):
        counts.count(
            offer_id=offer.pk, counted=counted, as_of=as_of, source=Source.FILE, by=by, now=now
        )


def _show_pictures(group: GroupPlan, stored: dict[str, Picture | None]) -> None:
    # A picture that was refused, or wished for only since the files were taken in, is not shown.
    group.pictures = [show for show in group.pictures if stored.get(show.found.sha256)]
    for show in group.pictures:
        picture = stored[show.found.sha256]
        variant = show.wish.variant if show.wish else None
        owner = variant.product if variant else group.home
        if picture is not None and owner is not None:
            catalogue.attach_picture(
                product=owner, picture=picture, variant=variant, position=show.position
            )


def _primary_key(pair: tuple[Offer, Wish]) -> int:
    return pair[0].pk
