"""How long each kind of row is kept, and why: the one table (law C5, G6).

`docs/retention.md` shows the same; a test holds them equal and fails for a model that is not here.
Periods are defaults for a lawyer to confirm. LAW: AO § 147, HGB § 257, UStG §§ 14b, 22f.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.apps import apps


@dataclass(frozen=True, slots=True)
class Rule:
    """One class of rows."""

    #: How long, counted from when, in words.
    kept: str
    basis: str
    #: Whether people can be named in such rows.
    personal: bool = False


class Keep(Enum):
    """What is kept for how long."""

    VOUCHER = Rule("8 years from the end of the year", "AO § 147 (3), UStG § 14b")
    INVOICE_ADDRESS = Rule(
        "8 years from the end of the year, then deleted", "UStG § 14b (1)", personal=True
    )
    TAX_RECORD = Rule("10 years from the end of the year, then deleted", "UStG § 22f (4)")
    LETTER = Rule("6 years from the end of the year", "HGB § 257 (1) no. 3, AO § 147", True)
    CONTRACT = Rule(
        "no longer than its voucher; states, times and goods only", "AO § 147 (1) no. 5"
    )
    CONTACT = Rule(
        "reserve: 30 days after collection, 14 days after lapsing; pay: end of the third year "
        "after the order's",
        "GDPR Art. 6 (1) (b), BGB §§ 195, 199, 438",
        personal=True,
    )
    HISTORY = Rule("8 years from the end of the year; ids only", "AO § 147, GDPR Art. 5 (2)")
    LEGAL_TEXT = Rule(
        "as long as a contract under it, then 6 years", "HGB § 257 (1) no. 2, BGB § 312f"
    )
    TRADER = Rule(
        "while the shop is here, then 6 months", "DSA Art. 30 (5), DDG § 33", personal=True
    )
    ACCOUNT = Rule("until 27 months without a login", "GDPR Art. 5 (1) (e)", personal=True)
    DECLARATION = Rule(
        "3 years from the end of the year", "proof; BGB §§ 195, 199, 356a", personal=True
    )
    COMPLAINT = Rule(
        "end of the third year after the order's, or the limitation where that ends later",
        "BGB §§ 195, 199, 438, 475e",
        personal=True,
    )
    NOTICE = Rule("3 years from the end of the year", "DSA Art. 16, 17", personal=True)
    PRICES = Rule("while the shop is here; 30 days at least", "PAngV § 11")
    STOCK = Rule("while the shop is here", "in the shop's interest")
    SESSION = Rule("14 days without a visit", "TDDDG § 25", personal=True)
    PUBLIC = Rule("until the city or the shop takes it away", "published by them")
    MACHINE = Rule("until it is done, then 30 days", "running the installation")


#: "app.Model" -> class, app by app.
CLASSES: dict[str, Keep] = {
    "core.LogEntry": Keep.HISTORY,
    "core.Notice": Keep.LETTER,
    "core.Picture": Keep.PUBLIC,
    "core.RetentionPass": Keep.MACHINE,
    "core.User": Keep.ACCOUNT,
    "shops.City": Keep.PUBLIC,
    "shops.CityHost": Keep.PUBLIC,
    "shops.Shop": Keep.PUBLIC,
    "shops.Member": Keep.ACCOUNT,
    "shops.Branch": Keep.PUBLIC,
    "shops.Facts": Keep.PUBLIC,
    "shops.Category": Keep.PUBLIC,
    "shops.CategoryAlias": Keep.STOCK,
    "shops.Product": Keep.PUBLIC,
    "shops.Variant": Keep.PUBLIC,
    "shops.ProductPicture": Keep.PUBLIC,
    "shops.Manufacturer": Keep.PUBLIC,
    "shops.ManufacturerVersion": Keep.PUBLIC,
    "shops.ManufacturerNote": Keep.STOCK,
    "shops.SearchDocument": Keep.PUBLIC,
    "shops.MergeProposal": Keep.STOCK,
    "shops.Correction": Keep.STOCK,
    "shops.Merge": Keep.STOCK,
    "shops.Season": Keep.PUBLIC,
    "shops.OpeningHours": Keep.PUBLIC,
    "shops.SpecialHours": Keep.PUBLIC,
    "shops.Closure": Keep.PUBLIC,
    "shops.Slot": Keep.CONTRACT,
    "shops.Zone": Keep.PUBLIC,
    "shops.SundayOpening": Keep.PUBLIC,
    "shops.SundayShop": Keep.PUBLIC,
    "shops.Offer": Keep.STOCK,
    "shops.Movement": Keep.HISTORY,
    "shops.OutwardClicks": Keep.STOCK,
    "shops.PriceChange": Keep.PRICES,
    "shops.Sale": Keep.PRICES,
    "shops.Reduction": Keep.PRICES,
    "shops.StockToken": Keep.STOCK,
    "shops.Delivery": Keep.MACHINE,
    "shops.HeldRow": Keep.MACHINE,
    "shops.Shelving": Keep.STOCK,
    "shops.ScanSession": Keep.STOCK,
    "shops.ScanLine": Keep.STOCK,
    "shops.Scan": Keep.STOCK,
    "shops.ShopLegal": Keep.TRADER,
    "shops.OperatorLegal": Keep.PUBLIC,
    "shops.VatCheck": Keep.TAX_RECORD,
    "shops.LegalText": Keep.LEGAL_TEXT,
    "payments.ProviderAccount": Keep.VOUCHER,
    "payments.Payment": Keep.VOUCHER,
    "payments.Refund": Keep.VOUCHER,
    "payments.Dispute": Keep.VOUCHER,
    "payments.Case": Keep.VOUCHER,
    "payments.Cursor": Keep.MACHINE,
    "payments.Operation": Keep.VOUCHER,
    "payments.ProviderEvent": Keep.MACHINE,
    "reservations.Basket": Keep.SESSION,
    "reservations.BasketLine": Keep.SESSION,
    "reservations.Contact": Keep.CONTACT,
    "reservations.Checkout": Keep.CONTRACT,
    "reservations.Reservation": Keep.CONTRACT,
    "reservations.Line": Keep.CONTRACT,
    "reservations.Tap": Keep.HISTORY,
    "reservations.AgreedText": Keep.LEGAL_TEXT,
    "reservations.WithdrawalDeclaration": Keep.DECLARATION,
    "reservations.Withdrawal": Keep.DECLARATION,
    "reservations.WithdrawalLine": Keep.DECLARATION,
    "reservations.Complaint": Keep.COMPLAINT,
    "reservations.Series": Keep.VOUCHER,
    "reservations.Receipt": Keep.VOUCHER,
    "reservations.InvoiceAddress": Keep.INVOICE_ADDRESS,
    "reservations.Paper": Keep.VOUCHER,
    "operations.Heartbeat": Keep.MACHINE,
    "cms.HomePage": Keep.PUBLIC,
    "cms.ContentPage": Keep.PUBLIC,
    "cms.GuidePage": Keep.PUBLIC,
    "cms.CampaignIndex": Keep.PUBLIC,
    "cms.CampaignPage": Keep.PUBLIC,
    "cms.EasyPage": Keep.PUBLIC,
    "cms.SignPage": Keep.PUBLIC,
    "cms.CityImage": Keep.PUBLIC,
    "cms.CityRendition": Keep.PUBLIC,
    "cms.Report": Keep.NOTICE,
    "cms.PageVersion": Keep.LEGAL_TEXT,
}


def retention_class(model: type[Any]) -> Keep:
    """How long rows of a model of ours are kept. KeyError where nobody has decided."""
    return CLASSES[model._meta.label]


def ours() -> list[type[Any]]:
    """Every model of this project."""
    return [
        model
        for config in apps.get_app_configs()
        if config.name.partition(".")[0] in ("marketplace", "shops", "cms")
        for model in config.get_models()
    ]


def table() -> str:
    """The classes with their models, as `docs/retention.md` shows them."""
    rows = ["| class | kept | basis | people | models |", "| --- | --- | --- | --- | --- |"]
    for keep in Keep:
        models = ", ".join(f"`{name}`" for name, kept in CLASSES.items() if kept == keep)
        rule = keep.value
        people = "yes" if rule.personal else "no"
        rows.append(f"| {keep.name} | {rule.kept} | {rule.basis} | {people} | {models} |")
    return "\n".join(rows)
