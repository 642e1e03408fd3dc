"""The door to shops' own web shops: counts and sends on, to addresses that shops have stored."""

import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from marketplace.core.http import access
from shops.domain import outward
from shops.domain.outward import Gate
from shops.requests import city_of

#: Machines that say what they are: not people on their way to a shop.
_ROBOT = re.compile(r"bot\b|bot/|crawl|spider|slurp|preview|curl/|wget/|python|headless", re.I)


@access("public", obj="offer")
def to_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """To a page of goods in the shop's own web shop."""
    return _through(request, outward.to_offer(city=city_of(request), offer_id=pk))


@access("public", obj="shop")
def to_shop(request: HttpRequest, pk: int) -> HttpResponse:
    """To the shop's own web shop."""
    return _through(request, outward.to_shop(city=city_of(request), shop_id=pk))


def _through(request: HttpRequest, gate: Gate | None) -> HttpResponse:
    if gate is None:
        raise Http404
    if _is_somebody(request):
        outward.count(gate=gate, now=timezone.now())
    # SECURITY: to the stored address only; nothing of the request is part of it.
    answer = HttpResponseRedirect(gate.online.url)
    answer.status_code = 303
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _is_somebody(request: HttpRequest) -> bool:
    """A person's click, as far as a request tells. LAW: nothing of it is kept."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    ahead = request.META.get("HTTP_SEC_PURPOSE", "") + request.META.get("HTTP_PURPOSE", "")
    return (
        request.method == "GET"
        and bool(agent)
        and not _ROBOT.search(agent)
        and "prefetch" not in ahead
    )
