from .branch import Branch
from .catalogue import Category, Product, ProductPicture, Variant
from .city import City, CityHost
from .deliveries import Delivery, HeldRow, StockToken
from .hours import Closure, OpeningHours, Season, Slot, SpecialHours
from .offer import Movement, Offer
from .prices import PriceChange, Reduction, Sale
from .scan import Scan, ScanLine, ScanSession, Shelving
from .search import SearchDocument
from .shop import Member, Shop
from .sunday import SundayOpening, SundayShop, Zone

__all__ = [
    "Branch",
    "Category",
    "City",
    "CityHost",
    "Closure",
    "Delivery",
    "HeldRow",
    "Member",
    "Movement",
    "Offer",
    "OpeningHours",
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
    "Slot",
    "SpecialHours",
    "StockToken",
    "SundayOpening",
    "SundayShop",
    "Variant",
    "Zone",
]
