"""Which goods may be handed over today: days on which the law lets them go, and goods that are no
longer offered here at all.

What was reserved before the city forbade it stays a reservation: its shop hands over the rest and
leaves these out, or cancels; who paid online gets the money for them back by itself (ADR 13).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from marketplace.reservations.models import Line
from shops.domain import restdays, windows
from shops.enums import Review, Rule

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

#: What `Line`s are read with, for `hindrance`.
GOODS = "offer__variant__product__category"


def hindrance(line: Line, day: date) -> "StrOrPromise":
    """Why a line's goods may not be handed over on that day (the town's); empty where they may.
    Needs `GOODS`. Pure."""
    if is_forbidden(line):
        return _(
            "“%(title)s” is no longer offered here and must not be handed over. Please leave it"
            " out, or cancel."
        ) % {"title": line.title}
    if not restdays.may_hand_over(windows.rule_of(line.offer), day):
        # LAW: 1. SprengV § 22 (1).
        return _(
            "“%(title)s” may be handed over from 29 to 31 December only, and on the 28th where one"
            " of these days is a Sunday."
        ) % {"title": line.title}
    return ""


def is_forbidden(line: Line) -> bool:
    """LAW: goods of a category that is not offered here (law E4), or that the city has refused."""
    variant = line.offer.variant
    return Rule.BLOCKED in variant.gate_reasons or variant.product.review == Review.REFUSED


def refuse(lines: Iterable[Line], counts: Mapping[int, int], *, now: datetime) -> None:
    """`Refused` where one of the units that are handed over may not be. One query."""
    wanted = [line.pk for line in lines if counts[line.pk]]
    day = timezone.localdate(now)
    for line in Line.objects.filter(pk__in=wanted).select_related(GOODS).order_by("pk"):
        sentence = hindrance(line, day)
        if sentence:
            raise Refused(sentence, code="forbidden" if is_forbidden(line) else "wrong_day")


def refuse_forbidden(lines: Iterable[Line], counts: Mapping[int, int]) -> None:
    """`Refused` where goods that are no longer offered would be set aside, and their money taken.
    One query."""
    wanted = [line.pk for line in lines if counts[line.pk]]
    for line in Line.objects.filter(pk__in=wanted).select_related(GOODS).order_by("pk"):
        if is_forbidden(line):
            raise Refused(
                _(
                    "“%(title)s” is no longer offered here. Please enter 0 for it, or cancel: who"
                    " paid gets the money back by itself."
                )
                % {"title": line.title},
                code="forbidden",
            )
