"""What the public pages of shops and goods read, each with a constant number of queries.

Writes nothing. Pages get dataclasses with everything loaded, so that a template only shows.
"""

from .goods import Choice, ProductPage, alternatives, count_goods, gone, moved, product
from .places import (
    BranchView,
    Filters,
    Letter,
    Place,
    ShopList,
    ShopPage,
    ShopView,
    Sought,
    Trade,
    all_views,
    places,
    shop,
    shops,
    views_of,
)
from .results import COUNTED, PER_PAGE, Order, Part, Results, Shelf, near, search

__all__ = [
    "COUNTED",
    "PER_PAGE",
    "BranchView",
    "Choice",
    "Filters",
    "Letter",
    "Order",
    "Part",
    "Place",
    "ProductPage",
    "Results",
    "Shelf",
    "ShopList",
    "ShopPage",
    "ShopView",
    "Sought",
    "Trade",
    "all_views",
    "alternatives",
    "count_goods",
    "gone",
    "moved",
    "near",
    "places",
    "product",
    "search",
    "shop",
    "shops",
    "views_of",
]
