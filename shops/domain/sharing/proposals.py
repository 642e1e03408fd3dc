"""Proposals to join two shared pages: opened by imports, decided by the city.

A file that holds goods of two pages for one product says that the pages may be one; it does not
decide that. A shop that alone offers both may decide it itself.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops.domain.sharing import holds, merging
from shops.enums import Verdict
from shops.models import MergeProposal, Product, Shop, Variant


def open_pairs(*, shop: Shop, apart: Iterable[tuple[int, int]], now: datetime) -> None:
    """Propose pairs of products. Idempotent: a pair waits once, and a rejected one stays rejected.

    RACE: the unique pair decides, so two imports at once leave one proposal.
    """
    pairs = {tuple(sorted(pair)) for pair in apart if pair[0] != pair[1]}
    firsts = [first for first, _second in pairs]
    known = MergeProposal.objects.filter(first__in=firsts).values_list("first", "second")
    pairs -= set(known)
    MergeProposal.objects.bulk_create(
        [
            MergeProposal(
                city_id=shop.city_id, first_id=first, second_id=second, shop=shop, proposed_at=now
            )
            for first, second in sorted(pairs)
        ],
        ignore_conflicts=True,
    )


def open_for(*, shop: Shop, gtins: Iterable[str], now: datetime) -> None:
    """Propose to join the pages that these numbers of one product stand on."""
    rows = Variant.objects.filter(city_id=shop.city_id, gtin__in=list(gtins))
    pages = sorted(set(rows.values_list("product_id", flat=True)))
    open_pairs(shop=shop, apart=pairwise(pages), now=now)


def accept(*, proposal_id: int, keep_id: int, note: str = "", by: Actor, now: datetime) -> Product:
    """Join the two, on the page named. `Stale` where somebody decided it meanwhile."""

    def act() -> Product:
        row = MergeProposal.objects.select_for_update().filter(pk=proposal_id, verdict="").first()
        if row is None:
            raise _decided()
        if keep_id not in (row.first_id, row.second_id):
            raise Refused(_("Please choose the page that stays."), code="which_page")
        fold_id = row.second_id if keep_id == row.first_id else row.first_id
        _record(row, Verdict.ACCEPTED, by, now)
        return merging.merge_held(keep_id=keep_id, fold_id=fold_id, by=by, now=now)

    return holds.settled(act)


def reject(*, proposal_id: int, note: str, by: Actor, now: datetime) -> MergeProposal:
    """They are two things. `Refused` without a reason, `Stale` where it is decided already."""
    if not note.strip():
        raise Refused(_("Please say why."), code="no_reason")

    def act() -> MergeProposal:
        # RACE: the empty verdict is the condition, so of two editors one decides.
        done = MergeProposal.objects.filter(pk=proposal_id, verdict="").update(
            verdict=Verdict.REJECTED, note=note.strip(), decided_at=now, decided_by=by.user_id
        )
        if not done:
            raise _decided()
        row = MergeProposal.objects.get(pk=proposal_id)
        _record(row, Verdict.REJECTED, by, now)
        return row

    return holds.settled(act)


def _decided() -> Stale:
    return Stale(_("Somebody has decided this meanwhile. Nothing was changed."), code="decided")


def _record(row: MergeProposal, verdict: Verdict, by: Actor, now: datetime) -> None:
    history.record(
        verb="merge.decide",
        subject=f"merge_proposal:{row.pk}",
        scope=f"city:{row.city_id}",
        by=by,
        now=now,
        data={"verdict": str(verdict), "first": row.first_id, "second": row.second_id},
    )
