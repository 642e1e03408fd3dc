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
    RETURNED = "RETURNED", _("given back after a withdrawal")


#: The shopper's side of the counter: what went, and what came back.
OVER_THE_COUNTER = (Reason.HAND_OVER, Reason.UNDO, Reason.RETURNED)


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


class Gate(models.TextChoices):
    """How far goods have come through the publish gate; written by `shops.domain.gate` alone."""

    OPEN = "OPEN", _("May be reserved and paid online")
    RESERVE_ONLY = "RESERVE", _("May be reserved, not paid online")
    CLOSED = "CLOSED", _("Not shown")


class Review(models.TextChoices):
    """What the city's desk made of goods whose words sound like goods we do not take (law E4)."""

    NONE = "", _("Nothing to review")
    WAITING = "WAITING", _("Waits for the city")
    RELEASED = "RELEASED", _("Released")
    REFUSED = "REFUSED", _("Refused")


class Rule(models.TextChoices):
    """What goods of a category have to tell (law, section 4)."""

    TITLE = "title", _("Name")
    CATEGORY = "category", _("Category")
    BLOCKED = "blocked", _("Goods that are not offered here")
    REVIEW = "review", _("Review by the city")
    CONTENT = "content", _("Amount of contents")
    SAFETY = "safety", _("Manufacturer and identifiers")
    WARNINGS = "warnings", _("Warnings")
    TEXTILE = "textile", _("Fibre composition")
    ELECTRICAL = "electrical", _("Electrical devices and batteries")
    ENERGY = "energy", _("Energy label")
    FOOD = "food", _("Food in packages")
    LOOSE_FOOD = "loose_food", _("Loose food")
    HUSBANDRY = "husbandry", _("Meat")
    DEPOSIT = "deposit", _("Deposit")
    AGE = "age", _("Minimum age")
    MEDIA = "media", _("Films and games")
    BOOK = "book", _("Books")
    HAZARD = "hazard", _("Hazardous mixtures")
    WITHDRAWAL = "withdrawal", _("Right of withdrawal")


class FoodKind(models.TextChoices):
    """How food is sold: what has to be told depends on it (LMIV Art. 44)."""

    PREPACKED = "PACKED", _("In a package")
    LOOSE = "LOOSE", _("Loose, or packed for this sale only")


class AllergenState(models.TextChoices):
    """What is said of allergens."""

    NONE = "NONE", _("None of the 14 allergens")
    LISTED = "LISTED", _("These allergens")
    IN_SHOP = "IN_SHOP", _("On request, in writing in the shop")


class Allergen(models.TextChoices):
    """The 14 of Regulation (EU) No 1169/2011, annex II, in its order."""

    GLUTEN = "GLUTEN", _("Cereals with gluten")
    CRUSTACEANS = "CRUSTACEANS", _("Crustaceans")
    EGGS = "EGGS", _("Eggs")
    FISH = "FISH", _("Fish")
    PEANUTS = "PEANUTS", _("Peanuts")
    SOYA = "SOYA", _("Soya")
    MILK = "MILK", _("Milk")
    NUTS = "NUTS", _("Nuts")
    CELERY = "CELERY", _("Celery")
    MUSTARD = "MUSTARD", _("Mustard")
    SESAME = "SESAME", _("Sesame")
    SULPHITES = "SULPHITES", _("Sulphur dioxide and sulphites")
    LUPIN = "LUPIN", _("Lupin")
    MOLLUSCS = "MOLLUSCS", _("Molluscs")


class NutritionBasis(models.TextChoices):
    """What nutrition values are told for."""

    G = "100G", _("100 g")
    ML = "100ML", _("100 ml")


class NutritionExempt(models.TextChoices):
    """Why a food needs no nutrition declaration (LMIV Art. 16 (4), annex V)."""

    UNPROCESSED = "UNPROCESSED", _("One single unprocessed ingredient")
    INFUSION = "INFUSION", _("Tea, coffee, herbs, spices, salt, vinegar")
    ALCOHOL = "ALCOHOL", _("More than 1.2 % alcohol")
    SMALL_MAKER = "SMALL_MAKER", _("Handmade in small quantities, sold directly")


class Husbandry(models.TextChoices):
    """How the animals lived, as the mark on fresh pork says it (TierHaltKennzG § 4)."""

    BARN = "BARN", _("Barn")
    BARN_PLUS = "BARN_PLUS", _("Barn with more room")
    FRESH_AIR = "FRESH_AIR", _("Fresh-air barn")
    RUN = "RUN", _("Run or pasture")
    ORGANIC = "ORGANIC", _("Organic")


class Pictogram(models.TextChoices):
    """Hazard pictograms of Regulation (EC) No 1272/2008, annex V."""

    GHS01 = "GHS01", _("Explosive")
    GHS02 = "GHS02", _("Flammable")
    GHS03 = "GHS03", _("Oxidising")
    GHS04 = "GHS04", _("Gas under pressure")
    GHS05 = "GHS05", _("Corrosive")
    GHS06 = "GHS06", _("Toxic")
    GHS07 = "GHS07", _("Harmful or irritating")
    GHS08 = "GHS08", _("Serious health hazard")
    GHS09 = "GHS09", _("Hazardous to the environment")


class SignalWord(models.TextChoices):
    """The word beside the pictograms."""

    WARNING = "WARNING", _("Warning")
    DANGER = "DANGER", _("Danger")


class MediaRating(models.TextChoices):
    """Age rating of films (FSK) and games (USK); JuSchG § 14."""

    R0 = "0", _("No age restriction")
    R6 = "6", _("From 6 years")
    R12 = "12", _("From 12 years")
    R16 = "16", _("From 16 years")
    R18 = "18", _("From 18 years")
    UNRATED = "NONE", _("Not rated")


class Condition(models.TextChoices):
    """Whether somebody had it before."""

    NEW = "NEW", _("New")
    USED = "USED", _("Used")
    DEFECT = "DEFECT", _("Defective copy")


class Withdrawal(models.TextChoices):
    """Whether what was paid online may be given back without a reason (BGB § 312g (2))."""

    UNTOLD = "", _("Not told yet")
    NONE = "NONE", _("Can be withdrawn from for 14 days")
    CUSTOM = "CUSTOM", _("Made to the shopper's wishes")
    PERISHABLE = "PERISHABLE", _("Spoils quickly")
    HYGIENE_SEAL = "HYGIENE", _("Sealed for hygiene")
    MEDIA_SEAL = "MEDIA", _("Sealed film, music or software")
    MIXED = "MIXED", _("Mixed inseparably with other goods")
    NEWSPAPER = "NEWSPAPER", _("Newspaper or magazine")


class EnergyRange(models.TextChoices):
    """The classes that goods of this kind can have."""

    A_G = "A-G", "A–G"
    A_F = "A-F", "A–F"
    A_E = "A-E", "A–E"
    A_D = "A-D", "A–D"
