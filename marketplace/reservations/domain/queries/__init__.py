"""What pages, mails and the counter read, each in a constant number of queries. Writes nothing."""

from .baskets import (
    BasketGroup,
    BasketRow,
    BasketView,
    basket_lines,
    basket_view,
    seen_token,
    was_seen,
)
from .checkouts import Placed, elsewhere, placed, with_lines
from .desks import (
    UNCLAIMED_AFTER,
    Desk,
    Found,
    desk,
    find_by_code,
    holding_lines,
    is_unclaimed,
    next_opening,
)

__all__ = [
    "UNCLAIMED_AFTER",
    "BasketGroup",
    "BasketRow",
    "BasketView",
    "Desk",
    "Found",
    "Placed",
    "basket_lines",
    "basket_view",
    "desk",
    "elsewhere",
    "find_by_code",
    "holding_lines",
    "is_unclaimed",
    "next_opening",
    "placed",
    "seen_token",
    "was_seen",
    "with_lines",
]
