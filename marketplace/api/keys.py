"""Who a machine is: the key it sends, and how often it may knock."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja.security import HttpBearer

from marketplace.api.problems import Problem
from marketplace.core.domain import limits
from marketplace.core.http import client_ip
from shops.domain.deliveries import tokens
from shops.models import StockToken
from shops.requests import city_of

#: Knocks a minute with one key, and from one address with keys that open nothing.
MOST, MOST_WRONG = 20, 20


class StockKey(HttpBearer):
    """`Authorization: Bearer srk_…`; `request.auth` is the row, with branch, shop and city."""

    def authenticate(self, request: HttpRequest, token: str) -> StockToken | None:
        """The key's row; None (401) for one that opens nothing."""
        now = timezone.now()
        row = tokens.of_secret(whole=token, now=now)
        if row is None:
            _take(f"stock-wrong:{client_ip(request)}", MOST_WRONG)
            return None
        # A key of another city's branch: its address is another one.
        if row.branch.shop.city_id != city_of(request).pk:
            raise Problem(
                403, "other_city", _("This key belongs to a shop of another city's marketplace.")
            )
        _take(f"stock:{row.pk}", MOST)
        return row


def _take(name: str, most: int) -> None:
    if limits.take(name=name, most=most, seconds=60, now=timezone.now()) is None:
        raise Problem(429, "too_many", _("Too many requests. Please try again in a minute."))
