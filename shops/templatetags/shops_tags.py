"""What templates of shops and reservations show: names by language, moments in full, doors.

Formats only. Where a moment is told relative to now, the view's `now` is handed over.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from marketplace.core import times
from shops.domain import categories, guarantee, opening, telling, withdrawals
from shops.domain.calendar import Calendar
from shops.domain.facets import Tick
from shops.domain.legal import texts
from shops.enums import Allergen, Pictogram
from shops.models import Branch, Facts, Shop

#: LMIV annex XIV.
KJ_PER_KCAL = Decimal("4.184")

register = template.Library()


register.filter(categories.name_of)
register.filter("durability", guarantee.promised)
register.filter("emphasised", telling.emphasised)
register.filter("withdrawal_sentence", withdrawals.sentence)
register.filter("blocks", texts.blocks)


@register.filter
def words_of(codes: str, kind: str) -> list[Any]:
    """Labels of a set that is kept as words with spaces: `"MILK NUTS"|words_of:"allergen"`."""
    labels = {"allergen": Allergen, "pictogram": Pictogram}[kind]
    return [labels(code).label for code in codes.split()]


@register.filter
def nutrition_rows(facts: Facts) -> list[tuple[Any, str]]:
    """The seven values as the law orders them (LMIV annex XV): kJ, grams."""
    if facts.energy_kj is None:
        return []
    kcal = facts.energy_kj / KJ_PER_KCAL
    rows = [(_("Energy"), f"{facts.energy_kj:.0f} kJ / {kcal:.0f} kcal")]
    names = {
        "fat": _("Fat"),
        "saturates": _("of which saturates"),
        "carbohydrate": _("Carbohydrate"),
        "sugars": _("of which sugars"),
        "protein": _("Protein"),
        "salt": _("Salt"),
    }
    for name, label in names.items():
        grams = getattr(facts, name).normalize()
        rows.append((label, f"{number_format(f'{grams:f}')}\u00a0g"))
    return rows


@register.filter
def full(moment: datetime | None) -> str:
    """`Saturday 5 December, 18:00`: for mails and slips, which are read on another day."""
    if moment is None:
        return ""
    # Translators: Django's date format of a day with its weekday; German "l, j. F".
    date = date_format(timezone.localtime(moment), _("l j F"))
    # Translators: date and time of day, each whole.
    return _("%(date)s, %(time)s") % {"date": date, "time": times.clock(moment)}


@register.filter
def door(calendar: Calendar, now: datetime) -> opening.Opening:
    """What one finds at the door of a branch at that instant."""
    return opening.line(calendar, now)


@register.simple_tag(takes_context=True)
def toggled(context: Any, tick: Tick) -> str:
    """This page's query with that filter set where it is not, and the other way round.

    A quarter takes the place of another, options come together.
    """
    query = context["request"].GET.copy()
    query.pop("page", None)
    values = [each for each in query.getlist(tick.param) if each != tick.value]
    if tick.param != "wahl":
        values = []
    if not tick.is_chosen and tick.value:
        values.append(tick.value)
    query.setlist(tick.param, values)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def unfiltered(context: Any) -> str:
    """This page's query with words and category only."""
    query = context["request"].GET
    kept = query.copy()
    for name in query:
        if name not in ("q", "kategorie"):
            del kept[name]
    return f"?{kept.urlencode()}"


@register.simple_tag(takes_context=True)
def searched_for(context: Any, word: str) -> str:
    """This page's query with other words."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    query["q"] = word
    return f"?{query.urlencode()}"


@register.filter
def full_name(branch: Branch) -> str:
    """`Laufwerk` where shop and branch are called the same, else `Laufwerk, Vorsfelde`."""
    return place_name(branch.shop, branch)


def place_name(shop: Shop, branch: Branch) -> str:
    """The same, where shop and branch are loaded apart."""
    return shop.name if branch.name in ("", shop.name) else f"{shop.name}, {branch.name}"
