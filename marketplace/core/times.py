"""Moments in words, relative to a given now. Times are the town's (TIME_ZONE)."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext


def age(moment: datetime, *, now: datetime) -> str:
    """How old a count is: minutes below one hour, hours below twelve, then day and time, then days.

    `look.md`, availability line. Both times aware; a moment in the future counts as just now.
    """
    minutes = max(int((now - moment).total_seconds() // 60), 0)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if minutes < 12 * 60:
        hours = minutes // 60
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    days = (timezone.localdate(now) - timezone.localdate(moment)).days
    if days < 2:
        return when(moment, now=now)
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


def clock(moment: datetime) -> str:
    """`14:05` in the town's time."""
    return timezone.localtime(moment).strftime("%H:%M")


def when(moment: datetime, *, now: datetime) -> str:
    """`today 14:35`, `tomorrow 10:00`, `Sat 5 December, 18:00`."""
    local = timezone.localtime(moment)
    days = (local.date() - timezone.localdate(now)).days
    names = {-1: _("yesterday"), 0: pgettext("day", "today"), 1: _("tomorrow")}
    if days in names:
        return f"{names[days]} {clock(moment)}"
    # Translators: patterns of a date, see Django's `date` filter.
    pattern = pgettext("date", "D j F") if abs(days) < 180 else pgettext("date", "D j F Y")
    # Translators: a date and a time of day.
    return _("%(date)s, %(time)s") % {"date": date_format(local, pattern), "time": clock(moment)}
