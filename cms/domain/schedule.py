"""Pages that come and go by the clock: Wagtail's `publish_scheduled`, safe in two ticks at once."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from wagtail.models import Page, Revision

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """What one run did."""

    unpublished: int
    published: int


def run(*, now: datetime) -> Done:
    """Take back pages whose time is over, then publish what an editor scheduled until `now`.

    Each page is a transaction of its own. Wagtail looks at its own clock too: for a `now` that has
    not come yet, a page stays scheduled.
    """
    over = Page.objects.filter(live=True, expire_at__lte=now).order_by("expire_at", "pk")
    gone = _each(over.values_list("pk", flat=True), lambda pk: _unpublish(pk, now))
    due = Revision.objects.filter(approved_go_live_at__lte=now)
    order = due.order_by("approved_go_live_at", "pk").values_list("pk", flat=True)
    return Done(unpublished=gone, published=_each(order, lambda pk: _publish(pk, now)))


def _each(ids: Iterable[int], verb: Callable[[int], bool]) -> int:
    done = 0
    for pk in list(ids):
        try:
            with transaction.atomic():
                done += verb(pk)
        except Exception:  # one broken page must not keep the others, nor the tick, from going on
            logger.exception("scheduled page failed", extra={"row": pk})
    return done


def _unpublish(pk: int, now: datetime) -> bool:
    # RACE: of two ticks the second finds it gone; an editor may have moved its time meanwhile.
    still = Page.objects.select_for_update().filter(pk=pk, live=True, expire_at__lte=now)
    page = still.first()
    if page is None:
        return False
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return True


def _publish(pk: int, now: datetime) -> bool:
    # RACE: as above; publishing clears the moment, so each revision goes live once.
    still = Revision.objects.select_for_update().filter(pk=pk, approved_go_live_at__lte=now)
    revision = still.first()
    if revision is None:
        return False
    revision.publish(log_action="wagtail.publish.scheduled")
    revision.refresh_from_db(fields=["approved_go_live_at"])
    return revision.approved_go_live_at is None
