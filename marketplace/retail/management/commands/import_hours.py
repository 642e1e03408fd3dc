"""`manage.py import_hours`: closures of a calendar file, or opening hours as a value, for a branch.

A dry run unless `--apply`. Not in `shops`: running reservations follow the new hours.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.retail.domain import hours_files
from shops.domain.calendar import Closed
from shops.domain.exchange import ics, osm
from shops.management import which
from shops.models import Branch


class Command(BaseCommand):
    help = (
        "Reads closures from a calendar file (.ics), or opening hours as OpenStreetMap writes "
        "them. A dry run unless --apply."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE.ics")
        parser.add_argument("--osm", metavar="VALUE", help='"Mo-Fr 09:00-18:00; PH off"')
        parser.add_argument("--shop", required=True, metavar="SLUG")
        parser.add_argument("--branch", metavar="SLUG", help="needed when the shop has several")
        parser.add_argument("--city", metavar="SLUG", help="needed when two cities know the shop")
        parser.add_argument(
            "--apply", action="store_true", help="write; otherwise only say what would be"
        )
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer, lines = _run(options)
        except (Refused, Stale) as refusal:
            if options["json"]:
                error = {"error": {"code": refusal.code, "message": str(refusal)}}
                self.stdout.write(json.dumps(error, ensure_ascii=False, indent=2))
            raise CommandError(str(refusal), returncode=1) from None
        if options["json"]:
            answer = {"applied": options["apply"]} | answer
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for line in (_head(options["apply"]), *lines):
            self.stdout.write(line)


def _run(options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The answer for machines, and for people."""
    if (options["file"] is None) == (options["osm"] is None):
        raise Refused(_("Please name a calendar file, or --osm with a value."), code="which_source")
    branch = which.branch(options["shop"], options["branch"], options["city"])
    now, is_real = timezone.now(), options["apply"]
    if options["osm"] is not None:
        preview = _value(branch, options["osm"], now, is_real=is_real)
        return _as_dict(preview), _sentences(preview)
    receipt = _closures(branch, _content(options["file"]), now, is_real=is_real)
    return receipt.as_dict(), _receipt(receipt)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(ics.MAX_BYTES + 1)
    except OSError:
        raise Refused(_("The file “%s” cannot be read.") % path, code="no_file") from None


def _closures(branch: Branch, data: bytes, now: datetime, *, is_real: bool) -> ics.Receipt:
    events = hours_files.events(branch=branch, data=data, now=now)
    if not is_real:
        return ics.plan(branch, events, now)
    return hours_files.take_closures(branch=branch, events=events, by=Actor.system(), now=now)


def _value(branch: Branch, text: str, now: datetime, *, is_real: bool) -> hours_files.Preview:
    words = text.replace("\0", "").strip()
    if not words or len(words) > osm.LONGEST:
        raise Refused(_("--osm needs opening hours: Mo-Fr 09:00-18:00; PH off"), code="no_value")
    preview = hours_files.preview(branch=branch, text=words, now=now)
    with transaction.atomic():  # a dry run is refused where the real one would be
        hours_files.take_value(branch=branch, text=words, by=Actor.system(), now=now)
        transaction.set_rollback(not is_real)
    return preview


# For machines and people --------------------------------------------------------------------------


def _as_dict(preview: hours_files.Preview) -> dict[str, Any]:
    return {
        "week": [
            {"weekday": number, "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
            for number, day in enumerate(preview.week)
            for opens, closes in day.spans
        ],
        "different": [
            {
                "first": f"{days.first}",
                "last": f"{days.last}",
                "spans": [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in days.spans],
            }
            for days in preview.different
        ],
        "words": preview.words,
        "rest_days_left_out": preview.is_rested,
    }


def _head(is_real: bool) -> str:
    return _("Imported.") if is_real else _("Dry run: nothing was written. Add --apply to write.")


def _receipt(receipt: ics.Receipt) -> list[str]:
    kinds = (
        (_("New closures"), receipt.created),
        (_("Changed closures"), receipt.updated),
        (_("Closures taken back"), receipt.removed),
        (_("Known already"), receipt.unchanged),
    )
    lines = []
    for title, rows in kinds:
        lines += [f"{title}: {len(rows)}", *(f"  {_days(row)}" for row in rows)]
    lines.append(f"{_('Left out')}: {len(receipt.left_out)}")
    return lines + [f"  {what}: {reason}" for what, reason in receipt.left_out]


def _days(row: Closed) -> str:
    days = [row.first] if row.first == row.last else [row.first, row.last]
    said = " – ".join(date_format(day, "DATE_FORMAT") for day in days)
    return f"{said}: {row.reason}" if row.reason else said


def _sentences(preview: hours_files.Preview) -> list[str]:
    if preview.words:
        return [_("We cannot read hours from this."), f"  {preview.words}"]
    lines = [f"{day.name}: {_spans(day.spans)}" for day in preview.week]
    lines += [
        f"{_days(Closed(days.first, days.last))}: {_spans(days.spans)}"
        for days in preview.different
    ]
    if preview.is_rested:
        lines.append(
            _(
                "On Sundays and public holidays your shop stays closed by law: "
                "those hours are left out."
            )
        )
    return lines


def _spans(spans: Any) -> str:
    said = (f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans)
    return ", ".join(said) or _("closed")
