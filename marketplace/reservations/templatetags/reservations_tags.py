"""What templates and mails of reservations show. Formats and sums up; looks nothing up."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _

from marketplace.reservations.domain.queries import BasketGroup, Placed
from marketplace.reservations.domain.queries.withdrawals import Told
from marketplace.reservations.enums import Mode, State
from marketplace.reservations.models import Line, Reservation
from shops.domain import withdrawals
from shops.domain.legal import texts
from shops.enums import TaxClass
from shops.models import City
from shops.templatetags.shops_tags import place_name

register = template.Library()

register.filter("agreed_plain", texts.as_plain)


@register.filter
def place(reservation: Reservation) -> str:
    """Where it is collected: shop and branch."""
    return place_name(reservation.shop, reservation.branch)


@register.filter
def units(line: Line) -> int:
    """How many of a line are still meant: what was asked for less what was not found and what was
    withdrawn from before it was collected."""
    return line.quantity - line.missing - line.given_up


@register.filter
def line_total(line: Line) -> Decimal:
    """Price of those units, gross."""
    return line.price * units(line)


@register.filter
def total(lines: Iterable[Line]) -> Decimal:
    """Price of all lines, gross."""
    return sum((line_total(line) for line in lines), Decimal(0))


@register.filter
def deposit(line: Line) -> Decimal:
    """Deposit of those units; nought for goods without."""
    return (line.deposit_amount or Decimal(0)) * units(line)


@register.filter
def agreed_total(line: Line) -> Decimal:
    """Price of all units that were ordered, gross, whatever became of them."""
    return line.price * line.quantity


@register.filter
def agreed_deposit(line: Line) -> Decimal:
    """Deposit of all units that were ordered."""
    return (line.deposit_amount or Decimal(0)) * line.quantity


@register.filter
def agreed_sum(lines: Iterable[Line]) -> Decimal:
    """Price of all that was ordered, gross."""
    return sum((agreed_total(line) for line in lines), Decimal(0))


@register.filter
def has_tax(line: Line) -> bool:
    """Whether VAT is in its price."""
    return line.tax_class != TaxClass.EXEMPT


@register.filter
def tax_percent(line: Line) -> str:
    """`19 %` or `19%`, as the language writes it."""
    # Translators: a percentage; German puts a no-break space before the sign.
    return _("%(number)s%%") % {"number": formats.localize(line.tax_rate.normalize())}


@register.filter
def shows_tax(lines: Iterable[Line]) -> bool:
    """False for goods of a small business (UStG § 19)."""
    return all(line.tax_class != TaxClass.EXEMPT for line in lines)


@register.filter
def all_show_tax(groups: Iterable[BasketGroup]) -> bool:
    """Whether no shop among these is a small business."""
    return all(group.shows_tax for group in groups)


@register.filter
def all_confirmed(reservations: Iterable[Reservation]) -> bool:
    """Whether no shop has to answer any more."""
    return all(each.state != State.REQUESTED for each in reservations)


@register.filter
def all_paid(placed: Iterable[Placed]) -> bool:
    """Whether all of it is paid online, so that one may call it an order."""
    return all(each.reservation.mode == Mode.PAY for each in placed)


@register.simple_tag
def city_address(city: City, name: str, *args: object) -> str:
    """The absolute address of a page, for mails: from the city, never from a request."""
    return city.base_url.rstrip("/") + reverse(name, args=args)


@register.simple_tag
def chosen_window(windows: Mapping[int, datetime] | None, branch_id: int) -> datetime | None:
    """The beginning of the window somebody has chosen at that branch."""
    return (windows or {}).get(branch_id)


@register.simple_tag
def contract_languages() -> str:
    """LAW: the languages in which one can order, in the language of the page (law A4)."""
    names = [get_language_info(code)["name_translated"] for code, _name in settings.LANGUAGES]
    return get_text_list([str(name) for name in names], _("and"))


@register.filter
def least_age(lines: Iterable[Line]) -> int:
    """Years one must have to be given all of these; 0 where anybody may."""
    return max((line.min_age for line in lines), default=0)


@register.filter
def withdrawal_note(line: Line) -> Any:
    """How the right of withdrawal is excluded or lost for these goods; empty where it is not."""
    facts = getattr(line.offer.variant.product, "facts", None)
    return withdrawals.sentence(facts.withdrawal) if facts else ""


@register.filter
def to_the_second(moment: datetime) -> str:
    """`22.11.2026, 14:05:31 Uhr`: as exactly as the law wants a receipt (law A9)."""
    # Translators: a date and a time to the second, see Django's `date` filter.
    return date_format(timezone.localtime(moment), pgettext("to the second", "j F Y, H:i:s"))


@register.filter
def last_day_before(midnight: datetime | None) -> date | None:
    """The day that ends at that midnight."""
    return timezone.localdate(midnight - timedelta(seconds=1)) if midnight else None


@register.filter
def is_overdue(told: Told, now: datetime) -> bool:
    """The money of a withdrawal should be back already, and somebody has to see to it."""
    return told.is_late(now)
