"""Keeping goods back for the shop floor: so many of an article are never promised to shoppers."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain import holding, hours, moments
from shops.models import Branch, Offer

#: More is no reserve but a branch that wants to be closed.
MOST = 1_000


@transaction.atomic
def keep(*, offer_id: int, units: int, by: Actor, now: datetime) -> Offer:
    """Keep so many units of an offer for the shop floor. Reservations that stand stay."""
    _sane(units)
    calendar = hours.calendars(holding.branches_of([offer_id]))
    offer = holding.hold(offer_id)
    if offer.buffer == units:
        return offer
    _note("offer.keep", f"offer:{offer_id}", offer.branch, units, by, now)
    return holding.write(offer, calendar, buffer=units)


@transaction.atomic
def keep_everywhere(*, branch: Branch, units: int, follow: bool, by: Actor, now: datetime) -> int:
    """What new articles of a branch keep back. With `follow` also those that keep what it was
    before; returns how many. Their confidence moments are written anew by a task."""
    _sane(units)
    # RACE: a write that changes nothing keeps a second one out until this one is done.
    Branch.objects.filter(pk=branch.pk).update(buffer=F("buffer"))
    old = Branch.objects.values_list("buffer", flat=True).get(pk=branch.pk)
    Branch.objects.filter(pk=branch.pk).update(buffer=units)
    _note("branch.keep", f"branch:{branch.pk}", branch, units, by, now)
    if not follow or old == units:
        return 0
    same = Offer.objects.filter(branch=branch, buffer=old)
    # RACE: taken in primary-key order, as claims are (truth 10).
    list(same.order_by("pk").select_for_update().values_list("pk", flat=True))
    changed = same.update(buffer=units, version=F("version") + 1)
    moments.spoil([branch.pk], now=now)
    return changed


def _sane(units: int) -> None:
    if not 0 <= units <= MOST:
        raise Refused(_("Please enter a number from 0 to 1,000."), code="buffer_out_of_range")


def _note(verb: str, subject: str, branch: Branch, units: int, by: Actor, now: datetime) -> None:
    history.record(
        verb=verb,
        subject=subject,
        scope=f"shop:{branch.shop_id}",
        by=by,
        now=now,
        data={"units": units},
    )
