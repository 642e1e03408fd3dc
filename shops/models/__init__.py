from .branch import Branch, Closure, OpeningHours
from .catalogue import Category, Product, ProductPicture, Variant
from .city import City, CityHost
from .offer import Movement, Offer, PriceChange
from .search import SearchDocument
from .shop import Member, Shop

__all__ = [
    "Branch",
    "Category",
    "City",
    "CityHost",
    "Closure",
    "Member",
    "Movement",
    "Offer",
    "OpeningHours",
    "PriceChange",
    "Product",
    "ProductPicture",
    "SearchDocument",
    "Shop",
    "Variant",
]
