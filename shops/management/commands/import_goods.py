"""`manage.py import_goods`: a shop's file onto a branch's shelf; a dry run unless `--apply`."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops.domain.imports import apply, tabular
from shops.domain.imports.receipt import LEFT_OUT, Receipt
from shops.management import which


class Command(BaseCommand):
    help = (
        "Reads a shop's goods file: a German till sheet (CSV or XLSX), an export of Spree, "
        "Shopify, Vendure or Oscar, or Google's local inventory. A dry run unless --apply."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--shop", required=True, metavar="SLUG")
        parser.add_argument("--branch", metavar="SLUG", help="needed when the shop has several")
        parser.add_argument("--city", metavar="SLUG", help="needed when two cities know the shop")
        parser.add_argument(
            "--apply", action="store_true", help="write; otherwise only say what would be"
        )
        parser.add_argument(
            "--sure", action="store_true", help="take rows that look like a mistake as well"
        )
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument("--pictures", type=Path, metavar="DIR", help="pictures by file name")
        parser.add_argument(
            "--as-of",
            metavar="ISO",
            help="when the stock was counted; default: a column of the file, else first arrival",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            receipt = _run(options)
        except (Refused, Stale) as refusal:
            if options["json"]:
                answer = {"error": {"code": refusal.code, "message": str(refusal)}}
                self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            raise CommandError(str(refusal), returncode=1) from None
        if options["json"]:
            self.stdout.write(json.dumps(receipt.as_dict(), ensure_ascii=False, indent=2))
        else:
            for line in _sentences(receipt):
                self.stdout.write(line)


def _run(options: dict[str, Any]) -> Receipt:
    branch = which.branch(options["shop"], options["branch"], options["city"])
    content = _content(options["file"])
    as_of, folder = _moment(options["as_of"]), options["pictures"]
    more = {"now": timezone.now(), "as_of": as_of, "folder": folder, "sure": options["sure"]}
    if not options["apply"]:
        return apply.preview(content=content, branch=branch, **more)
    return apply.take(content=content, branch=branch, by=Actor.system(), **more)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(tabular.MAX_BYTES + 1)
    except OSError:
        raise Refused(_("The file “%s” cannot be read.") % path, code="no_file") from None


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise Refused(_("--as-of is no time. Example: 2026-12-03T14:05"), code="as_of")
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _sentences(receipt: Receipt) -> list[str]:
    figures = receipt.as_dict()
    heads = [
        _("Imported.")
        if receipt.applied
        else _("Dry run: nothing was written. Add --apply to write."),
        _("Read: %(rows)d rows, %(products)d products, %(variants)d variants.") % figures,
        _("Offers: %(created)d new, %(updated)d changed, %(unchanged)d unchanged.") % figures,
    ]
    if receipt.repeated:
        heads.append(_("This very file had been taken before."))
    if receipt.pictures:
        heads.append(_("New pictures: %(pictures)d.") % figures)
    for reason, many in figures["left_out"].items():
        heads.append(
            _("Left out, %(reason)s: %(many)d.") % {"reason": LEFT_OUT[reason], "many": many}
        )
    if figures["rejected"]:
        heads.append(_("Not taken: %d.") % len(figures["rejected"]))
    heads += [f"  {_line(entry)}" for entry in figures["rejected"]]
    if figures["notices"]:
        heads.append(_("Please note:"))
    heads += [f"  {_line(entry)}" for entry in figures["notices"]]
    return heads


def _line(entry: dict[str, Any]) -> str:
    message = str(entry["message"])
    return _("line %d") % entry["line"] + ": " + message if entry["line"] else message
