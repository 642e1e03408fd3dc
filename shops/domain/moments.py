"""Confidence moments follow a branch's calendar: a change of hours queues their rewriting here."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connections, router, transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from marketplace.core.domain import queue
from shops.domain import holding, hours
from shops.domain.confidence import Moments
from shops.models import Branch, Offer

REWRITE = "shops.tasks.rewrite_moments"
#: Offers per transaction: the writers of a shop at work wait no longer than for so many.
BATCH = 200


def spoil(branch_ids: Iterable[int], *, now: datetime) -> None:
    """The moments of these branches' offers no longer fit their calendars; a task mends them."""
    ids = sorted(set(branch_ids))
    Branch.objects.filter(pk__in=ids).update(moments_stale_since=now)
    for branch_id in ids:
        queue.after_commit(REWRITE, branch_id)


def rewrite(*, branch_id: int) -> int:
    """Compute the moments of all counted offers of a branch again; how many have changed.

    Doing it twice does no harm. What somebody claims or counts meanwhile has the new calendar
    already and is left alone.
    """
    branch = Branch.objects.filter(pk=branch_id).first()
    if branch is None:
        return 0
    since, calendar = branch.moments_stale_since, hours.calendar(branch)
    written, last = 0, 0
    # The turnover alone: goods and categories of so many offers cost more than their moments.
    turnover = Coalesce(F("variant__product__category__turnover"), holding.DEFAULT_TURNOVER)
    counted = (
        Offer.objects.filter(branch_id=branch_id)
        .exclude(counted_at=None)
        .annotate(per_hour=turnover)
        .order_by("pk")
    )
    while batch := list(counted.filter(pk__gt=last)[:BATCH]):
        found = [(each, holding.moments(each, calendar, each.per_hour)) for each in batch]
        written += _write([(each, new) for each, new in found if _differ(each, new)])
        last = batch[-1].pk
    # RACE: a calendar that changed meanwhile has another moment here and stays to be done.
    Branch.objects.filter(pk=branch_id, moments_stale_since=since).update(moments_stale_since=None)
    return written


def sweep(*, now: datetime) -> int:
    """Ask again for branches whose task was lost; how many."""
    ids = list(
        Branch.objects.exclude(moments_stale_since=None)
        .filter(moments_stale_since__lte=now - queue.BACKOFF[0])
        .values_list("pk", flat=True)
    )
    for branch_id in ids:
        queue.after_commit(REWRITE, branch_id)
    return len(ids)


def _differ(offer: Offer, found: Moments) -> bool:
    return (found.sure_until, found.likely_until) != (offer.sure_until, offer.likely_until)


def _write(changed: list[tuple[Offer, Moments]]) -> int:
    """One statement for all of them, which SQLite and PostgreSQL prepare once; how many held."""
    if not changed:
        return 0
    connection = connections[router.db_for_write(Offer)]
    moment = connection.ops.adapt_datetimefield_value
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        # RACE: each one only as it was read.
        cursor.executemany(
            "UPDATE shops_offer SET sure_until = %s, likely_until = %s"
            " WHERE id = %s AND version = %s",
            [
                (moment(found.sure_until), moment(found.likely_until), offer.pk, offer.version)
                for offer, found in changed
            ],
        )
        held: int = cursor.rowcount
        return held
