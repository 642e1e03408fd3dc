"""Lists that a till puts into a folder: taken once, then moved aside with a receipt beside them.

    <DROP_DIR>/<shop>/<branch>/*.csv    →    …/done/ or …/failed/, and the same name with .txt

The content is the name of the delivery, so a list that was taken and could not be moved any more,
or that two processes find at once, is taken once. When its numbers were true is when the file was
written.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops.domain.deliveries import reading, receipts, taking
from shops.domain.deliveries.taking import Sender
from shops.enums import Channel
from shops.models import Branch, Delivery

log = structlog.get_logger("drop")

#: A file younger than this may still be written.
SETTLED = timedelta(seconds=5)
#: Lists taken in one round at most: whatever else the round does waits. The next one goes on.
MOST = 5
DONE, FAILED = "done", "failed"


def sweep(*, now: datetime) -> int:
    """Take what lies in the folder; how many lists. Twice at once does no harm."""
    done = 0
    for path in _waiting(Path(settings.DROP_DIR), now):
        if done == MOST:
            break
        done += _take(path, now)
    return done


def _waiting(root: Path, now: datetime) -> Iterator[Path]:
    """Settled lists, the oldest first. SECURITY: no links: they could lead out of the folder."""
    found = []
    for path in root.glob("*/*/*.csv"):
        with suppress(FileNotFoundError):
            if path.is_symlink() or not path.is_file():
                continue
            written = _written(path)
            if written <= now - SETTLED:
                found.append((written, path))
    return (path for _written_at, path in sorted(found))


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _take(path: Path, now: datetime) -> bool:
    try:
        with path.open("rb") as file:
            content = file.read(reading.MAX_BYTES + 1)
        written = _written(path)
    except FileNotFoundError:  # RACE: another round has it
        return False
    with translation.override(settings.LANGUAGE_CODE):
        try:
            delivery = _delivery(path, content, written, now)
        except (Refused, Stale) as no:
            _move(path, FAILED, str(no.message), now)
        except DatabaseError:
            raise  # the list is fine; the next round takes it
        except Exception:
            # One list that we stumble over must not stop the round for ever.
            log.exception("dropped_list")
            _move(path, FAILED, _("This list could not be taken. The mistake is ours."), now)
        else:
            _move(path, DONE, "\n".join(sentences(delivery)), now)
    return True


def _delivery(path: Path, content: bytes, written: datetime, now: datetime) -> Delivery:
    mark = taking.fingerprint(content, None)
    return taking.take(
        branch=_branch(path),
        number=f"file-{mark[:40]}",
        mark=mark,
        listing=reading.from_table(content),
        as_of=written,
        sender=Sender(channel=Channel.DROP, by=Actor.system()),
        now=now,
    )


def _branch(path: Path) -> Branch:
    """The one branch that the folders name."""
    named = Branch.objects.filter(shop__slug=path.parts[-3], slug=path.parts[-2])
    found = list(named.select_related("shop")[:2])
    if len(found) != 1:
        raise Refused(
            gettext_lazy("These folders name no branch of ours, or several."), code="no_branch"
        )
    return found[0]


def sentences(delivery: Delivery) -> list[str]:
    """The receipt as text, in the active language."""
    lines = [
        _("Rows: %d") % delivery.rows,
        _("Quantity or price changed: %d") % delivery.accepted,
        _("Confirmed, the count is fresh again: %d") % delivery.unchanged,
        _("Goods we do not know: %d") % delivery.unknown,
        _("Held back until somebody has looked: %d") % delivery.held,
        _("Could not be taken: %d") % delivery.refused,
    ]
    line = _("line %d")
    lines += [f"  {line % each.line}: {each.message}" for each in receipts.refusals(delivery)]
    unknown = _("goods we do not know")
    lines += [
        f"  {line % each.line}: {unknown} ({each.mark})" for each in receipts.unknowns(delivery)
    ]
    return lines


def _move(path: Path, to: str, text: str, now: datetime) -> None:
    """Aside under a name that nothing else has; the receipt first, so that it is never missing."""
    folder = path.parent / to
    folder.mkdir(exist_ok=True)
    target = folder / f"{now:%Y%m%d-%H%M%S}-{path.name}"
    target.with_suffix(".txt").write_text(f"{text}\n", encoding="utf-8")
    with suppress(FileNotFoundError):  # RACE: another round was faster
        os.replace(path, target)
