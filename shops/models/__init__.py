from .branch import Branch
from .catalogue import Category, Product, ProductPicture, Variant
from .city import City, CityHost
from .deliveries import Delivery, HeldRow, StockToken
from .facts import Facts
from .hours import Closure, OpeningHours, Season, Slot, SpecialHours
from .legal import LegalText, OperatorLegal, ShopLegal, VatCheck
from .manufacturer import Manufacturer, ManufacturerNote, ManufacturerVersion
from .naming import CategoryAlias
from .offer import Movement, Offer
from .outward import OutwardClicks
from .prices import PriceChange, Reduction, Sale
from .scan import Scan, ScanLine, ScanSession, Shelving
from .search import SearchDocument
from .sharing import Correction, Merge, MergeProposal
from .shop import Member, Shop
from .sunday import SundayOpening, SundayShop, Zone

__all__ = [
    "Branch",
    "Category",
    "CategoryAlias",
    "City",
    "CityHost",
    "Closure",
    "Correction",
    "Delivery",
    "Facts",
    "HeldRow",
    "LegalText",
    "Manufacturer",
    "ManufacturerNote",
    "ManufacturerVersion",
    "Member",
    "Merge",
    "MergeProposal",
    "Movement",
    "Offer",
    "OpeningHours",
    "OperatorLegal",
    "OutwardClicks",
    "PriceChange",
    "Product",
    "ProductPicture",
    "Reduction",
    "Sale",
    "Scan",
    "ScanLine",
    "ScanSession",
    "SearchDocument",
    "Season",
    "Shelving",
    "Shop",
    "ShopLegal",
    "Slot",
    "SpecialHours",
    "StockToken",
    "SundayOpening",
    "SundayShop",
    "Variant",
    "VatCheck",
    "Zone",
]
