"""Legal texts in versions: what is in force, a new version, all of them anew from the facts.

A version never changes and is never deleted (law A16); whoever agreed to one finds it again by its
id. A text that says the same again is no new version.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain.legal import imprint, instruction, terms
from shops.domain.legal.written import LANGUAGES, Written
from shops.enums_legal import LegalKind
from shops.models import City, LegalText, OperatorLegal, Shop, ShopLegal
from shops.models.legal import LegalTextQuerySet

HEADING = "## "


def digest(*, title: str, body: str) -> str:
    """SHA-256 by which a version is known again, in hexadecimal."""
    return hashlib.sha256(f"{title}\n\n{body}".encode()).hexdigest()


# Reading ------------------------------------------------------------------------------------------


def current(*, shop: Shop, language: str, on: datetime) -> list[LegalText]:
    """What of a shop is in force at that moment: one text per kind, in the order of `LegalKind`.

    Empty where it has told no facts yet. One query.
    """
    return _in_order(LegalText.objects.of(shop), language, on)


def current_of_operator(*, city: City, language: str, on: datetime) -> list[LegalText]:
    """The same of the marketplace's operator."""
    return _in_order(LegalText.objects.of_operator(city), language, on)


def of_kind(
    *, shop: Shop, kind: LegalKind, language: str, on: datetime, number: int | None = None
) -> LegalText | None:
    """One text of a shop as it is in force, or the version of that number. One query."""
    found = LegalText.objects.of(shop).filter(kind=kind, language=language)
    if number is not None:
        return found.filter(number=number, valid_from__lte=on).first()
    return found.filter(valid_from__lte=on).order_by("-number").first()


def _in_order(texts: LegalTextQuerySet, language: str, on: datetime) -> list[LegalText]:
    known = texts.filter(language=language, valid_from__lte=on)
    same = Q(shop=OuterRef("shop")) | Q(shop=None) & Q(city=OuterRef("city"))
    latest = known.filter(same, kind=OuterRef("kind")).order_by("-number").values("pk")[:1]
    rows = known.annotate(latest=Subquery(latest)).filter(pk=F("latest"))
    order = list(LegalKind.values)
    return sorted(rows, key=lambda row: order.index(row.kind))


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, or a paragraph in lines."""

    is_heading: bool
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def blocks(body: str) -> list[Block]:
    """A body as templates show it (`shops/legal_text.html`)."""
    found = []
    for part in body.replace("\r\n", "\n").split("\n\n"):
        if part.startswith(HEADING):
            found.append(Block(True, (part.removeprefix(HEADING).strip(),)))
        elif part.strip():
            found.append(Block(False, tuple(part.strip().split("\n"))))
    return found


def as_plain(body: str) -> str:
    """A body for the plain part of a mail: headings in capitals, the rest as it is."""
    return "\n\n".join(
        each.text.upper() if each.is_heading else "\n".join(each.lines) for each in blocks(body)
    )


# Writing ------------------------------------------------------------------------------------------


@transaction.atomic
def publish(
    *,
    shop: Shop,
    kind: LegalKind,
    language: str,
    body: str,
    title: str,
    by: Actor,
    now: datetime,
    valid_from: datetime | None = None,
    is_sample: bool = False,
) -> LegalText:
    """A new version of a shop's text, in force from `valid_from` (at once without it).

    Gives back the last version where it says the same. `Refused` for an empty text and for a
    moment that is over: nobody agreed to what was not there.
    """
    # RACE: who writes holds the shop's row; the unique number stands behind it.
    Shop.objects.select_for_update().get(pk=shop.pk)
    written = Written(title, body, is_sample)
    return _publish(shop.city, shop, kind, language, written, by, now, valid_from or now)


@transaction.atomic
def regenerate(*, shop: Shop, by: Actor, now: datetime) -> list[LegalText]:
    """Write what follows from a shop's facts, all kinds in both languages; the new versions.

    Nothing where it has told no facts. Takes one transaction and changes only what differs.
    """
    Shop.objects.select_for_update().get(pk=shop.pk)
    legal = ShopLegal.objects.filter(shop=shop).first()
    if legal is None:
        return []
    found = []
    for (kind, language), written in drafts(legal=legal, shop=shop, city=shop.city).items():
        text = _publish(shop.city, shop, kind, language, written, by, now, now)
        found += [text] if text.created_at == now else []
    return found


@transaction.atomic
def regenerate_operator(*, city: City, by: Actor, now: datetime) -> None:
    """The same for the marketplace's operator: its Impressum and its word on arbitration."""
    City.objects.select_for_update().get(pk=city.pk)
    legal = OperatorLegal.objects.filter(city=city).first()
    if legal is None:
        return
    for language in LANGUAGES:
        said = {
            LegalKind.IMPRINT: imprint.imprint(
                legal, called="", language=language, editor=legal.editor
            ),
            LegalKind.DISPUTE: imprint.dispute(legal, language=language),
        }
        for kind, written in said.items():
            _publish(city, None, kind, language, written, by, now, now)


def drafts(*, legal: ShopLegal, shop: Shop, city: City) -> dict[tuple[LegalKind, str], Written]:
    """What the texts of a shop would say by these facts, kept or not. Pure."""
    base = city.base_url
    found: dict[tuple[LegalKind, str], Written] = {}
    for language in LANGUAGES:
        found |= {
            (LegalKind.IMPRINT, language): imprint.imprint(
                legal, called=shop.name, language=language
            ),
            (LegalKind.TERMS, language): terms.terms(legal, language=language),
            (LegalKind.WITHDRAWAL, language): instruction.withdrawal(
                legal, language=language, base_url=base
            ),
            (LegalKind.FORM, language): instruction.form(legal, language=language),
            (LegalKind.GUARANTEE, language): terms.guarantee(legal, language=language),
            (LegalKind.DISPUTE, language): imprint.dispute(legal, language=language),
        }
    return found


def _publish(
    city: City,
    shop: Shop | None,
    kind: LegalKind,
    language: str,
    written: Written,
    by: Actor,
    now: datetime,
    valid_from: datetime,
) -> LegalText:
    body = written.body.replace("\r\n", "\n").strip()
    if not body or not written.title.strip():
        raise Refused(_("A legal text has a title and a text."), code="empty")
    if valid_from < now:
        raise Refused(_("A text holds from now on at the earliest."), code="too_early")
    told = LegalText.objects.of(shop) if shop else LegalText.objects.of_operator(city)
    last = told.filter(kind=kind, language=language).order_by("-number").first()
    sha = digest(title=written.title, body=body)
    if last is not None and last.sha256 == sha and last.valid_from <= valid_from:
        return last
    text = LegalText.objects.create(
        city=city,
        shop=shop,
        kind=kind,
        language=language,
        number=last.number + 1 if last else 1,
        title=written.title,
        body=body,
        sha256=sha,
        valid_from=valid_from,
        is_sample=written.is_sample,
        created_at=now,
        by_id=by.user_id,
    )
    history.record(
        verb="legal.publish",
        subject=f"text:{text.pk}",
        scope=f"shop:{shop.pk}" if shop else "",
        by=by,
        now=now,
        data={"kind": str(kind), "language": language, "number": text.number},
    )
    return text
