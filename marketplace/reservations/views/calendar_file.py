"""The time to collect, as a file for the phone's calendar (RFC 5545)."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core.http import access
from marketplace.reservations.domain import links
from marketplace.reservations.models import Checkout, Reservation
from marketplace.reservations.views.status import WITH_CODE, reservation_of, with_checkout

#: Octets in one line of the file (RFC 5545 section 3.1).
WIDTH = 75


@access("shopper", obj="reservation")
@with_checkout
def termin(request: HttpRequest, checkout: Checkout, pk: int) -> HttpResponse:
    """From ready until the goods go back; reminds three hours before that."""
    reservation = reservation_of(checkout, pk)
    if reservation.state not in WITH_CODE:
        raise Http404
    body = "".join(folded(line) + "\r\n" for line in event(checkout, reservation, timezone.now()))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="termin.ics"'
    return response


def event(checkout: Checkout, reservation: Reservation, now: datetime) -> Iterable[str]:
    """Lines of the file, not yet folded. Takes no time away in the calendar: it is a window."""
    branch, host = reservation.branch, urlsplit(checkout.city.base_url).hostname or "localhost"
    starts = reservation.ready_at or reservation.ready_by or now
    ends = reservation.collect_by or starts
    title = _("Collect at %(shop)s, code %(code)s") % {
        "shop": reservation.shop.name,
        "code": reservation.spoken_code,
    }
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//Stadtregal//Reservation//EN"
    yield "CALSCALE:GREGORIAN"
    yield "METHOD:PUBLISH"
    yield "BEGIN:VEVENT"
    yield f"UID:reservation-{reservation.pk}@{host}"
    yield f"SEQUENCE:{reservation.version}"
    yield f"DTSTAMP:{instant(now)}"
    yield f"DTSTART:{instant(min(starts, ends))}"
    yield f"DTEND:{instant(ends)}"
    yield f"SUMMARY:{escaped(title)}"
    yield f"LOCATION:{escaped(f'{branch.street}, {branch.postcode} {branch.town}')}"
    if branch.latitude is not None and branch.longitude is not None:
        yield f"GEO:{branch.latitude:.6f};{branch.longitude:.6f}"
    yield f"URL:{links.address(checkout)}"
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{escaped(title)}"
    yield "TRIGGER;RELATED=END:-PT3H"
    yield "END:VALARM"
    yield "END:VEVENT"
    yield "END:VCALENDAR"


def instant(moment: datetime) -> str:
    """UTC, so that no calendar program needs to know Berlin's clock changes."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """A TEXT value (section 3.3.11): no control characters, comma, semicolon, backslash escaped."""
    plain = "".join(
        each if each == "\n" or unicodedata.category(each) != "Cc" else " "
        for each in text.replace("\r\n", "\n")
    )
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, "\\" + sign)
    return plain.replace("\n", "\\n")


def folded(line: str) -> str:
    """At most 75 octets a line, never cutting a character in two (section 3.1)."""
    lines, room = [""], WIDTH
    for letter in line:
        size = len(letter.encode())
        if size > room:
            lines.append(" ")
            room = WIDTH - 1
        lines[-1] += letter
        room -= size
    return "\r\n".join(lines)
