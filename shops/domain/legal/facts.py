"""What a shop says of itself by law: saving it, what is missing, and its VAT id under watch.

LAW: EGBGB Art. 246a § 1 (1) no. 2 and 3 (A6), DDG § 5 (D13), VSBG § 36 (A16), UStG § 25e (D12),
EGBGB Art. 246d § 1 no. 4 (D3).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from stdnum.de import vat

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain.legal import stale, texts
from shops.domain.legal.written import LANGUAGES, Written
from shops.enums_legal import Arbitration, LegalForm, LegalKind, ReturnCosts
from shops.models import City, Shop, ShopLegal, VatCheck
from shops.models.legal import Trader

#: Fields of a trader in the order in which they are asked for.
TRADER = (
    "legal_name", "legal_form", "representative", "street", "postcode", "town", "phone", "email",
    "register_court", "register_number", "vat_id", "w_idnr", "authority", "chamber", "profession",
    "profession_rules", "arbitration", "body_name", "body_address", "body_url", "few_staff",
)  # fmt: skip
SHOP = (
    "return_costs", "return_most", "fetches_returns", "return_address", "terms_de", "terms_en",
    "guarantee_de", "guarantee_en",
)  # fmt: skip
OWN_WORDS = ("terms_de", "terms_en", "guarantee_de", "guarantee_en")
CHECKSUM = "checksum"
#: Bundeszentralamt für Steuern, which confirms VAT ids.
OFFICE = "BZSt"
_W_IDNR = re.compile(r"DE[0-9]{9}-[0-9]{5}")
_POSTCODE = re.compile(r"[0-9]{5}")


def of(shop: Shop) -> ShopLegal | None:
    """What a shop has told, or None."""
    return ShopLegal.objects.filter(shop=shop).first()


def begun(*, shop: Shop) -> ShopLegal:
    """Unsaved facts to begin with: what the shop and its first live branch say already."""
    place = shop.branches.filter(is_live=True).order_by("pk").first()
    return ShopLegal(
        shop=shop,
        email=shop.email or (place.email if place else ""),
        street=place.street if place else "",
        postcode=place.postcode if place else "",
        town=place.town if place else "",
        phone=place.phone if place else "",
    )


# What is missing ----------------------------------------------------------------------------------


def missing(shop: Shop) -> list[Any]:
    """What a seller must say of itself before it may sell at a distance and this shop does not:
    words for people, empty where nothing is missing. Two queries."""
    legal = of(shop)
    lacks = [] if shop.trader_declared_at else [_("the declaration that you are a trader")]
    if legal is None:
        return [*lacks, _("all details of your business")]
    lacks += missing_of_trader(legal)
    if not legal.vat_id:
        lacks.append(_("a valid German VAT ID"))
    elif not _is_checked(shop, legal.vat_id):
        lacks.append(_("a VAT ID that was found valid at the last check"))
    return lacks


def missing_of_trader(trader: Trader) -> list[Any]:
    """The same of anybody's Impressum, without taxes."""
    form = LegalForm(trader.legal_form) if trader.legal_form else LegalForm.OTHER
    asked = (
        (trader.legal_name, _("the full name of the business in law")),
        (trader.legal_form, _("the legal form")),
        (trader.representative or not form.is_represented, _("who represents it")),
        (trader.street and trader.postcode and trader.town, _("an address")),
        (trader.phone, _("a telephone number")),
        (trader.email, _("an e-mail address")),
        (
            (trader.register_court and trader.register_number) or not form.is_registered,
            _("court and number of the register"),
        ),
        (trader.arbitration, _("your choice about consumer arbitration")),
    )
    return [words for said, words in asked if not said]


def last_check(*, shop: Shop, vat_id: str) -> VatCheck | None:
    """What was found of this VAT id of the shop when somebody last looked."""
    return VatCheck.objects.filter(shop=shop, vat_id=vat_id).order_by("-at", "-pk").first()


def _is_checked(shop: Shop, vat_id: str) -> bool:
    last = last_check(shop=shop, vat_id=vat_id)
    return last is not None and last.is_valid


# Saying it ----------------------------------------------------------------------------------------


@transaction.atomic
def save(
    *, shop: Shop, said: Mapping[str, Any], is_trader: bool, by: Actor, now: datetime
) -> ShopLegal:
    """Keep what an owner says and write the texts that follow from it, in one transaction.

    `is_trader` is the shop's own declaration; its moment is kept and it is never taken back here.
    `Refused` for facts that contradict each other.
    """
    # RACE: the shop's row is held, so that texts follow from the facts that stand at the end.
    Shop.objects.select_for_update().get(pk=shop.pk)
    before = of(shop)
    legal = _filled(shop, before, said, now)
    legal.save(force_insert=before is None, force_update=before is not None)
    if is_trader and shop.trader_declared_at is None:
        Shop.objects.filter(pk=shop.pk, trader_declared_at=None).update(trader_declared_at=now)
        shop.refresh_from_db(fields=["trader_declared_at"])
        _record("declare_trader", shop, by, now)
    if legal.vat_id and (before is None or before.vat_id != legal.vat_id):
        check_vat(shop=shop, vat_id=legal.vat_id, now=now)
    _record("facts", shop, by, now)
    texts.regenerate(shop=shop, by=by, now=now)
    return legal


@dataclass(frozen=True, slots=True)
class Draft:
    """A text as it would stand, and whether that is news."""

    kind: LegalKind
    language: str
    written: Written
    is_new: bool


def preview(*, shop: Shop, said: Mapping[str, Any], now: datetime) -> list[Draft]:
    """What the texts would say if this were saved; nothing is written. `Refused` like `save`."""
    legal = _filled(shop, of(shop), said, now)
    known = {
        (text.kind, language): text.sha256
        for language in LANGUAGES
        for text in texts.current(shop=shop, language=language, on=now)
    }
    return [
        Draft(
            kind,
            language,
            written,
            known.get((kind, language)) != texts.digest(title=written.title, body=written.body),
        )
        for (kind, language), written in texts.drafts(
            legal=legal, shop=shop, city=shop.city
        ).items()
    ]


def _filled(
    shop: Shop, before: ShopLegal | None, said: Mapping[str, Any], now: datetime
) -> ShopLegal:
    legal = ShopLegal(shop=shop, pk=before.pk if before else None, saved_at=now)
    for name in (*TRADER, *SHOP):
        setattr(legal, name, said.get(name, getattr(before or legal, name)))
    settle(legal)
    _settle_returns(legal)
    _refuse_stale(legal)
    return legal


def settle(trader: Trader) -> None:
    """Bring what was typed into the form it is kept in; `Refused` where it cannot be."""
    trader.vat_id = compact_vat(trader.vat_id)
    trader.w_idnr = trader.w_idnr.replace(" ", "").upper()
    if trader.w_idnr and not _W_IDNR.fullmatch(trader.w_idnr):
        raise Refused(
            _("A Wirtschafts-Identifikationsnummer looks like DE123456789-00001."), code="w_idnr"
        )
    if trader.postcode and not _POSTCODE.fullmatch(trader.postcode):
        raise Refused(_("A postcode has five digits."), code="postcode")
    if trader.arbitration == Arbitration.SILENT and not trader.few_staff:
        raise Refused(
            _("Only shops with ten people or fewer may say nothing about arbitration."),
            code="silent",
        )
    choice = Arbitration(trader.arbitration) if trader.arbitration else Arbitration.REFUSES
    if choice.names_body:
        if not (trader.body_name and trader.body_address and trader.body_url):
            raise Refused(
                _("Please name the arbitration board with its address and its web page."),
                code="body",
            )
    else:
        trader.body_name = trader.body_address = trader.body_url = ""


def _refuse_stale(legal: ShopLegal) -> None:
    """LAW: a dead platform or a repealed act in a shop's own words misleads (law A16)."""
    for name in OWN_WORDS:
        old = stale.found(getattr(legal, name))
        if old is None:
            continue
        words, new = old
        if new:
            sentence = _("“%(words)s” is no longer in force; it is %(new)s now.")
        else:
            sentence = _("“%(words)s”: this platform is closed. Please remove the reference to it.")
        raise Refused(sentence % {"words": words, "new": new}, code=f"stale_{name}")


def _settle_returns(legal: ShopLegal) -> None:
    if legal.fetches_returns:
        legal.return_costs, legal.return_address = ReturnCosts.SHOP, ""
    if legal.return_costs == ReturnCosts.SHOP:
        legal.return_most = None


# The VAT id ---------------------------------------------------------------------------------------


def compact_vat(text: str) -> str:
    """A German VAT id as it is kept; empty stays empty, anything else is `Refused`."""
    typed = text.strip()
    if not typed:
        return ""
    if not vat.is_valid(typed):
        raise Refused(
            _("This is not a German VAT ID. Please check the digits; it looks like DE136695976."),
            code="vat_id",
        )
    return f"DE{vat.compact(typed)}"


@transaction.atomic
def check_vat(*, shop: Shop, vat_id: str, now: datetime) -> VatCheck:
    """Look at a VAT id by its check digit, and keep when and how (law D12).

    Whether an office knows the number only the office can say: `confirm_vat`.
    """
    return VatCheck.objects.create(
        shop=shop,
        vat_id=vat_id,
        at=now,
        method=CHECKSUM,
        is_valid=vat.is_valid(vat_id),
        evidence=f"python-stdnum {version('python-stdnum')}, stdnum.de.vat",
    )


#: A VAT id is looked at again after so long (law D12).
RECHECK = timedelta(days=30)


def recheck(*, now: datetime) -> int:
    """Look again at VAT ids nobody has looked at for a month; returns how many. One at a time, each
    on its own: what the office said of an id stays until the office says otherwise."""
    rows = _with_last_look(ShopLegal.objects.exclude(vat_id=""))
    due = Q(checked_at=None) | Q(checked_at__lte=now - RECHECK, found=True)
    looked = list(rows.filter(due).select_related("shop").order_by("pk"))
    for legal in looked:
        check_vat(shop=legal.shop, vat_id=legal.vat_id, now=now)
    return len(looked)


def vat_rows(*, city: City) -> list[ShopLegal]:
    """A city's shops with their VAT ids; each row carries the last look at it (`checked_at`,
    `found`, `method`, `evidence`). One query."""
    rows = _with_last_look(ShopLegal.objects.filter(shop__city=city)).select_related("shop")
    return list(rows.order_by("shop__sort_name", "pk"))


def _with_last_look(rows: "QuerySet[ShopLegal]") -> "QuerySet[ShopLegal]":
    looks = VatCheck.objects.filter(shop=OuterRef("shop"), vat_id=OuterRef("vat_id"))
    last = looks.order_by("-at", "-pk")
    return rows.annotate(
        checked_at=Subquery(last.values("at")[:1]),
        found=Subquery(last.values("is_valid")[:1]),
        method=Subquery(last.values("method")[:1]),
        evidence=Subquery(last.values("evidence")[:1]),
    )


@transaction.atomic
def confirm_vat(
    *, shop: Shop, is_valid: bool, office: str, reference: str, by: Actor, now: datetime
) -> VatCheck:
    """The operator has asked the tax office: its answer with its reference. `Refused` without an id
    to speak of."""
    legal = of(shop)
    if legal is None or not legal.vat_id:
        raise Refused(_("This shop has told no VAT ID."), code="no_vat_id")
    _record("confirm_vat", shop, by, now)
    return VatCheck.objects.create(
        shop=shop,
        vat_id=legal.vat_id,
        at=now,
        method=office[:20],
        is_valid=is_valid,
        evidence=reference[:120],
    )


def _record(verb: str, shop: Shop, by: Actor, now: datetime) -> None:
    history.record(
        verb=f"legal.{verb}", subject=f"shop:{shop.pk}", scope=f"shop:{shop.pk}", by=by, now=now
    )
