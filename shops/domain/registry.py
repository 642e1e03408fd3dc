"""The registry of manufacturers that all shops of the installation share (law E9).

One row is one maker, found by its folded name; an edit is seen on every article that names it. A
shop edits what it uses alone; what others use as well is the city desk's, and the shop leaves it a
note. Each edit is a version with its author.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.core.text import fold
from shops.domain import particulars
from shops.domain.gate import refresh as gate
from shops.domain.particulars import Maker
from shops.models import (
    Manufacturer,
    ManufacturerNote,
    ManufacturerVersion,
    Offer,
    Product,
    Shop,
)

COLUMNS = (
    "name", "address", "email", "outside_eu", "responsible_name", "responsible_address",
    "responsible_email", "weee_number", "gtin_prefixes",
)  # fmt: skip
FOUND = 8


def key_of(name: str) -> str:
    """What makes two spellings one manufacturer."""
    return fold(name)[:120]


def known(names: Iterable[str]) -> dict[str, Manufacturer]:
    """Those of these names that stand in the registry, by key; one query."""
    keys = {key_of(name) for name in names} - {""}
    if not keys:
        return {}
    return {row.key: row for row in Manufacturer.objects.filter(key__in=keys)}


def search(text: str) -> list[Manufacturer]:
    """A few makers whose name holds these words, those that begin with them first."""
    words = fold(text[:100]).split()
    if not words:
        return []
    rows = Manufacturer.objects.all()
    for word in words:
        rows = rows.filter(key__contains=word)
    listed = list(rows.order_by("key")[: FOUND * 4])
    return sorted(listed, key=lambda row: not row.key.startswith(words[0]))[:FOUND]


def hint(gtin: str) -> Manufacturer | None:
    """Whose barcodes begin like this one, where a single maker's do."""
    bare = gtin.lstrip("0")
    if len(bare) < 8:
        return None
    rows = Manufacturer.objects.exclude(gtin_prefixes="").only("pk", "gtin_prefixes")
    fits = [row.pk for row in rows if any(map(bare.startswith, row.gtin_prefixes.split()))]
    return Manufacturer.objects.get(pk=fits[0]) if len(fits) == 1 else None


def likely(*, product: Product) -> list[Manufacturer]:
    """Who may make it: a maker called like the brand, or whose barcodes begin alike."""
    found = list(known([product.brand]).values()) if product.brand else []
    for gtin in product.variants.exclude(gtin=None).values_list("gtin", flat=True)[:1]:
        by_number = hint(gtin or "")
        found += [by_number] if by_number and by_number not in found else []
    return found


def used_elsewhere(ids: Iterable[int], *, shop: Shop) -> set[int]:
    """Those of these that another shop's goods name as well; one query."""
    offers = Offer.objects.filter(variant__product=OuterRef("pk")).exclude(branch__shop=shop)
    others = Q(shop__isnull=False) & ~Q(shop=shop) | Q(shop=None) & Exists(offers)
    rows = Product.objects.filter(others, manufacturer__in=list(ids))
    return {pk for pk in rows.values_list("manufacturer_id", flat=True).distinct() if pk}


@dataclass(frozen=True, slots=True)
class Planned:
    """A maker as the registry will have it; without an id it is new."""

    row: Manufacturer
    changes: bool


def plan(makers: Iterable[Maker], *, shop: Shop) -> dict[str, Planned]:
    """What the registry would say after a shop's file named these makers, by key; nothing is
    written. Where others use a maker only what is empty is filled. Two queries."""
    said: dict[str, Maker] = {}
    for maker in makers:
        if key := key_of(maker.name):
            said[key] = said.get(key, Maker()).corrected(maker, leads=False)
    rows = known(maker.name for maker in said.values())
    shared = used_elsewhere([row.pk for row in rows.values()], shop=shop) if rows else set()
    found = {}
    for key, maker in said.items():
        row = rows.get(key) or Manufacturer(name=maker.name, key=key)
        leads, changes = row.pk not in shared, row.pk is None
        for name in ("address", "email"):
            value, was = getattr(maker, name), getattr(row, name)
            if value and value != was and (leads or not was):
                setattr(row, name, value)
                changes = True
        found[key] = Planned(row, changes)
    return found


def learn(planned: Iterable[Planned], *, by: Actor, now: datetime) -> list[int]:
    """Write what `plan` found, in the caller's transaction; ids of known makers that changed.

    `IntegrityError` when somebody wrote the same name meanwhile: plan again.
    """
    rows = [each.row for each in planned if each.changes]
    new = [row for row in rows if row.pk is None]
    edited = [row for row in rows if row.pk is not None]
    Manufacturer.objects.bulk_create(new)
    for row in edited:
        row.version += 1
    Manufacturer.objects.bulk_update(edited, ["address", "email", "version"])
    _keep(new + edited, by, now)
    return [row.pk for row in edited]


@transaction.atomic
def create(*, said: Mapping[str, object], by: Actor, now: datetime) -> Manufacturer:
    """A maker nobody has named before. `Refused` where the name is taken or it is not whole."""
    row = Manufacturer(key=key_of(str(said.get("name", ""))))
    _fill(row, said)
    if Manufacturer.objects.filter(key=row.key).exists():
        raise Refused(
            _("This manufacturer is known already. Please search for the name."), code="known"
        )
    Manufacturer.objects.bulk_create([row])
    _keep([row], by, now)
    _record("create", row, by, now)
    return row


@transaction.atomic
def edit(
    *,
    manufacturer_id: int,
    said: Mapping[str, object],
    shop: Shop | None,
    by: Actor,
    now: datetime,
) -> Manufacturer:
    """Correct a maker for all its goods. `shop` None is the city's desk; a shop edits what it uses
    alone, else `Refused`. What the gate says of the goods follows at once."""
    # RACE: the row is held, so two edits are two versions.
    row = Manufacturer.objects.select_for_update().get(pk=manufacturer_id)
    if shop is not None and used_elsewhere([row.pk], shop=shop):
        raise Refused(
            _("Other shops have goods of this manufacturer, too. Please leave the city a note."),
            code="shared_manufacturer",
        )
    was = _said(row)
    _fill(row, said)
    if _said(row) == was:
        return row
    if Manufacturer.objects.filter(key=row.key).exclude(pk=row.pk).exists():
        raise Refused(
            _("This manufacturer is known already. Please search for the name."), code="known"
        )
    row.version += 1
    columns = {name: getattr(row, name) for name in (*COLUMNS, "key", "version")}
    Manufacturer.objects.filter(pk=row.pk).update(**columns)
    _keep([row], by, now)
    _record("edit", row, by, now, shop=shop)
    goods = Product.objects.filter(manufacturer=row).values_list("pk", flat=True)
    gate.refresh(products=goods, now=now)
    return row


@transaction.atomic
def note(
    *, manufacturer: Manufacturer, shop: Shop, text: str, by: Actor, now: datetime
) -> ManufacturerNote:
    """A shop tells the desk what is wrong about a maker that others use as well."""
    if not text.strip():
        raise Refused(_("Please write what is wrong."), code="empty")
    made = ManufacturerNote.objects.create(
        manufacturer=manufacturer, shop=shop, text=text.strip()[:500], at=now
    )
    _record("note", manufacturer, by, now, shop=shop)
    return made


def settle_note(*, note_id: int, by: Actor, now: datetime) -> bool:
    """The desk has seen to a note; returns whether it was open."""
    open_ones = ManufacturerNote.objects.filter(pk=note_id, done_at__isnull=True)
    return bool(open_ones.update(done_at=now))


def open_notes(*, city_id: int) -> "QuerySet[ManufacturerNote]":
    """Notes of a city's shops that nobody has seen to, oldest first."""
    rows = ManufacturerNote.objects.filter(done_at__isnull=True, shop__city=city_id)
    return rows.select_related("manufacturer", "shop").order_by("at", "pk")


def _fill(row: Manufacturer, said: Mapping[str, object]) -> None:
    for name, value in said.items():
        if name not in COLUMNS:
            raise ValueError(f"not a column of the registry: {name}")
        setattr(row, name, value)
    row.key = key_of(row.name)
    if not row.key:
        raise Refused(_("Please enter the name of the manufacturer."), code="unnamed")
    if row.weee_number and particulars.read_weee_number(row.weee_number) != row.weee_number:
        raise Refused(_("A WEEE number is DE and eight digits."), code="weee_number")
    person = (row.responsible_name, row.responsible_address, row.responsible_email)
    if row.outside_eu and not all(person):
        raise Refused(
            _(
                "A manufacturer outside the European Union needs a responsible person in it: name,"
                " address and e-mail."
            ),
            code="responsible_person",
        )


def _said(row: Manufacturer) -> dict[str, object]:
    return {name: getattr(row, name) for name in COLUMNS}


def _keep(rows: list[Manufacturer], by: Actor, now: datetime) -> None:
    ManufacturerVersion.objects.bulk_create(
        ManufacturerVersion(
            manufacturer=row, version=row.version, said=_said(row), at=now, by_id=by.user_id
        )
        for row in rows
    )


def _record(
    verb: str, row: Manufacturer, by: Actor, now: datetime, *, shop: Shop | None = None
) -> None:
    history.record(
        verb=f"manufacturer.{verb}",
        subject=f"manufacturer:{row.pk}",
        scope=f"shop:{shop.pk}" if shop else "",
        by=by,
        now=now,
        data={"version": row.version},
    )
