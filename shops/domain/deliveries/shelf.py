"""A branch's offers as a delivery meets them: found by number, with what was handed over lately.

Two queries for a whole branch, or for those of its offers that have moved meanwhile.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Coalesce

from shops.domain import holding
from shops.domain.deliveries import sets
from shops.domain.deliveries.reading import Row
from shops.domain.imports import numbers
from shops.enums import OVER_THE_COUNTER, HeldState, Reason
from shops.models import Branch, HeldRow, Movement, Offer


class Known(NamedTuple):
    """One offer's numbers as they were read; `per_hour` is its category's turnover."""

    pk: int
    version: int
    price: Decimal
    on_hand: int | None
    reserved: int
    buffer: int
    counted_at: datetime | None
    sold_units: int
    observed_minutes: int
    per_hour: float


class Handed(NamedTuple):
    """Units that went over the counter; `is_undo` when they came back."""

    at: datetime
    units: int
    is_undo: bool


#: A number that several offers of the branch have.
_SEVERAL = -1


class Shelf:
    """What a branch has, and which of it a row means."""

    def __init__(self, branch: Branch, *, since: datetime) -> None:
        """`since`: hand-overs from then on are known, and those since each offer's last count."""
        self.branch = branch
        self.since = since
        self.offers: dict[int, Known] = {}
        self.handed: dict[int, list[Handed]] = {}
        self._by_sku: dict[str, int] = {}
        self._by_code: dict[str, int] = {}
        names = ("sku", "variant__gtin", "variant__barcode")
        for *values, sku, gtin, barcode in _known(branch, names):
            known = Known(*values)
            self.offers[known.pk] = known
            if sku:
                self._by_sku[sku] = known.pk
            for code in {_plain(gtin or ""), _plain(barcode)} - {""}:
                self._by_code[code] = _SEVERAL if code in self._by_code else known.pk
        self._hand_overs(None)
        #: Offers that somebody is being asked about.
        self.asked = set(
            HeldRow.objects.filter(offer__branch=branch, state=HeldState.OPEN).values_list(
                "offer_id", flat=True
            )
        )

    def renew(self, ids: Collection[int]) -> None:
        """Read these offers again."""
        for values in _known(self.branch, (), ids):
            known = Known(*values)
            self.offers[known.pk] = known
        for pk in ids:
            self.handed.pop(pk, None)
        self._hand_overs(ids)

    def find(self, row: Row) -> int | str:
        """The offer a row means, or the code of why none: "" where we do not know the goods."""
        here = self._by_sku.get(row.sku) if row.sku else None
        there = self._coded(row.barcode) if row.barcode else None
        if here is not None:
            return "two_goods" if there not in (None, _SEVERAL, here) else here
        if there is None:
            return ""
        return "ambiguous" if there == _SEVERAL else there

    @property
    def in_stock(self) -> int:
        """Offers with something left."""
        return sum(1 for known in self.offers.values() if known.on_hand)

    def _coded(self, barcode: str) -> int | None:
        found = self._by_code.get(_plain(barcode))
        if found is None:
            mark = numbers.gtin(barcode)
            found = self._by_code.get(mark.gtin or _plain(mark.barcode))
        return found

    def _hand_overs(self, ids: Collection[int] | None) -> None:
        rows = Movement.objects.filter(reason__in=OVER_THE_COUNTER)
        if ids is None:
            rows = rows.filter(offer__branch=self.branch)
        else:
            rows = rows.filter(offer__in=list(ids))
        late = rows.filter(Q(at__gte=self.since) | Q(at__gt=F("offer__counted_at")))
        found = defaultdict(list)
        for pk, at, units, reason in late.values_list("offer_id", "at", "units", "reason"):
            found[pk].append(Handed(at, units, reason != Reason.HAND_OVER))
        self.handed.update(found)


def _known(
    branch: Branch, more: Iterable[str], ids: Collection[int] | None = None
) -> Iterable[list[Any]]:
    offers = Offer.objects.filter(branch=branch)
    if ids is not None:
        offers = offers.filter(pk__in=list(ids))
    per_hour = Coalesce(F("variant__product__category__turnover"), holding.DEFAULT_TURNOVER)
    # An expression, so that SQLite's driver does not read the same few times in every row anew.
    counted = Coalesce(F("counted_at"), Value(None, DateTimeField()))
    listed = offers.annotate(per_hour=per_hour, counted=counted).order_by("pk")
    names = ["counted" if name == "counted_at" else name for name in Known._fields]
    return sets.read(listed.values_list(*names, *more))


def _plain(code: str) -> str:
    """Digits as GTIN-14, so that EAN, UPC and their zero-filled forms are one."""
    return code.zfill(14) if code.isascii() and code.isdigit() else code
