"""Closed sets of the shops package."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A person's place in a shop."""

    OWNER = "OWNER", _("Owner")
    STAFF = "STAFF", _("Counter staff")


class Trade(models.TextChoices):
    """What the shop-closing law makes of a branch (NLöffVZG §§ 3, 4; law F1)."""

    RETAIL = "RETAIL", _("Shop: closed on Sundays and public holidays")
    BAKERY = "BAKERY", _("Bakery or pastry shop: three hours on Sundays and public holidays")
    FLOWERS = "FLOWERS", _("Flower shop: three hours on Sundays and public holidays")
    FREE = "FREE", _("Not bound: pharmacy, petrol station, station shop, café, museum")

    @property
    def rests(self) -> bool:
        """Closed on every Sunday and public holiday that the city has not opened."""
        return self == Trade.RETAIL

    @property
    def rest_day_hours(self) -> int | None:
        """Hours it may open on a Sunday or public holiday; None: as many as it likes."""
        return {"RETAIL": 0, "BAKERY": 3, "FLOWERS": 3}.get(self.value)


class HoursFor(models.TextChoices):
    """What weekly hours are hours of."""

    SHOP = "SHOP", _("Shop")
    PICKUP = "PICKUP", _("Hand-over of reserved goods")


class SundayStatus(models.TextChoices):
    """How far a Sunday opening has come; only permitted ones open doors."""

    PLANNED = "PLANNED", _("Planned")
    PERMITTED = "PERMITTED", _("Permitted")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class WindowRule(models.TextChoices):
    """Goods that may be handed over on certain days only."""

    NONE = "", _("Any day")
    FIREWORKS_F2 = "FIREWORKS_F2", _("Fireworks: 29 to 31 December (1. SprengV § 22)")


class TaxClass(models.TextChoices):
    """VAT class of a variant (UStG § 12); the rate is looked up, never typed."""

    STANDARD = "STANDARD", _("19 %")
    REDUCED = "REDUCED", _("7 %")
    ZERO = "ZERO", _("0 %")
    #: Never a variant's: what lines of a small business (UStG § 19) are copied with.
    EXEMPT = "EXEMPT", _("no VAT (UStG § 19)")

    @classmethod
    def of_goods(cls) -> list["TaxClass"]:
        """Classes a variant can have; being exempt is a matter of the shop."""
        return [each for each in cls if each != cls.EXEMPT]


class NoBasePrice(models.TextChoices):
    """Why goods with a content show no base price (PAngV § 4 (2), (3))."""

    SET = "SET", _("Set of different goods")
    COLOURING = "COLOURING", _("Cosmetics that only colour or make up")
    PERFUME = "PERFUME", _("Perfume with 3 % of oil and more")
    SMALL_SHOP = "SMALL_SHOP", _("Small shop that serves its customers")


class Unbound(models.TextChoices):
    """Why a book has no bound price (BuchPrG §§ 2, 7, 8)."""

    LIFTED = "LIFTED", _("The publisher has lifted the binding")
    DEFECT = "DEFECT", _("Damaged copy, marked as such")
    USED = "USED", _("Second-hand")
    FOREIGN = "FOREIGN", _("In a foreign language, not made for sale here")


class Cut(models.TextChoices):
    """What kind of reduction a shop announces (PAngV § 11)."""

    SALE = "SALE", _("Reduced")
    PERISHING = "PERISHING", _("Reduced, best eaten soon")


class Drawing(models.TextChoices):
    """Line drawings of `components/tile.html`, one per branch of trade."""

    BREAD = "BREAD", _("Loaf of bread")
    BOOK = "BOOK", _("Book")
    CUP = "CUP", _("Cup")
    PLANT = "PLANT", _("Plant")
    SHIRT = "SHIRT", _("Shirt")
    TOY = "TOY", _("Building blocks")
    CARE = "CARE", _("Bottle")
    BALL = "BALL", _("Ball")
    DEVICE = "DEVICE", _("Plug")
    WATCH = "WATCH", _("Watch")


class Unit(models.TextChoices):
    """What base prices are told in (PAngV § 5)."""

    KG = "KG", _("kg")
    L = "L", _("l")
    M = "M", _("m")
    M2 = "M2", _("m²")


class Deposit(models.TextChoices):
    """What becomes of a container that has a deposit; German words, as the law has them."""

    EINWEG = "EINWEG", "EINWEG"
    MEHRWEG = "MEHRWEG", "MEHRWEG"
    #: Starter batteries of vehicles (BattDG § 19): no word that has to stand beside it.
    BATTERY = "BATTERY", _("Battery deposit")


class EnergyClass(models.TextChoices):
    """Energy efficiency class of a product model on the scale of Regulation (EU) 2017/1369."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"
    E = "E", "E"
    F = "F", "F"
    G = "G", "G"


class Source(models.TextChoices):
    """Who said the last number of an offer."""

    EYE = "EYE", _("counted in the shop")
    FILE = "FILE", _("from the shop's file")
    TILL = "TILL", _("from the shop's till")


class Channel(models.TextChoices):
    """Which way a delivery of the till came."""

    API = "API", _("sent by the till")
    DROP = "DROP", _("put into the folder")
    HAND = "HAND", _("uploaded by hand")


class HeldState(models.TextChoices):
    """What became of a row that was held back."""

    OPEN = "OPEN", _("held back")
    TAKEN = "TAKEN", _("taken over")
    LEFT = "LEFT", _("left as it was")
    OVERTAKEN = "OVERTAKEN", _("overtaken by a younger word")


class Reason(models.TextChoices):
    """Why an offer's number changed: one per Movement."""

    COUNT = "COUNT", _("counted")
    HAND_OVER = "HAND_OVER", _("handed over")
    NOT_FOUND = "NOT_FOUND", _("not found")
    ADJUST = "ADJUST", _("corrected by hand")
    UNDO = "UNDO", _("taken back")
    UNKNOWN = "UNKNOWN", _("no longer counted")


class ScanMode(models.TextChoices):
    """What a row of scans says."""

    COUNT = "COUNT", _("Count what is there")
    ADD = "ADD", _("Goods came in")


class ScanOutcome(models.TextChoices):
    """What became of a line of a finished scan session."""

    DONE = "DONE", _("taken over")
    UNKNOWN = "UNKNOWN", _("to be described")
    OLDER = "OLDER", _("counted again since")
    UNCOUNTED = "UNCOUNTED", _("to be counted first")
    DROPPED = "DROPPED", _("left out")


class Code(models.TextChoices):
    """What an Availability says (design section 7)."""

    THERE = "THERE", _("In stock")
    PROBABLY = "PROBABLY", _("Probably in stock")
    ASK = "ASK", _("Availability on request")
    GONE = "GONE", _("Currently not in stock")


class Way(models.TextChoices):
    """What a link to a shop's own web shop leads to."""

    OFFER = "OFFER", _("page of goods")
    SHOP = "SHOP", _("the web shop itself")


class Correctable(models.TextChoices):
    """What a shop may propose to change on a page it shares."""

    TITLE = "title", _("Title")
    TEXT = "text", _("Description")
    BRAND = "brand", _("Brand")
    CATEGORY = "category", _("Category")
    PICTURE = "picture", _("Picture")


class Verdict(models.TextChoices):
    """What became of a proposal."""

    ACCEPTED = "ACCEPTED", _("accepted")
    REJECTED = "REJECTED", _("rejected")
    STALE = "STALE", _("overtaken: it was changed meanwhile")
