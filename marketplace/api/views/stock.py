"""The stock contract: a till sends numbers and prices, and reads what became of them."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router

from marketplace.api.problems import Problem
from marketplace.api.schemas import ProblemBody, Push, Receipt
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain.deliveries import reading, receipts, taking
from shops.domain.deliveries.reading import Listing
from shops.domain.deliveries.taking import Sender
from shops.domain.queries import deliveries
from shops.enums import Channel
from shops.models import StockToken

router = Router(tags=["stock"])

#: What is told as 413; all other refusals of a list are 422.
TOO_LARGE = frozenset({"too_large", "too_many_rows"})
_JSON, _CSV = "application/json", "text/csv"
_EXAMPLE = "EAN;Artikelnummer;Bestand;VK\n4006381333931;L-1001;12;2,95\n;L-1002;0;14,90\n"
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            _JSON: {"schema": {"$ref": "#/components/schemas/Push"}},
            _CSV: {"schema": {"type": "string"}, "example": _EXAMPLE},
        },
    },
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "maxLength": 100},
            "description": "The delivery's name. Needed unless the JSON body has it.",
        },
        {
            "name": "as_of",
            "in": "query",
            "required": False,
            "schema": {"type": "string", "format": "date-time"},
            "description": "When the numbers were true, for CSV.",
        },
    ],
}
_PROBLEMS = dict.fromkeys((401, 403, 409, 413, 415, 422, 429), ProblemBody)


@router.post(
    "",
    url_name="push",
    response={200: Receipt} | _PROBLEMS,
    openapi_extra=_BODY,
    summary="Send quantities and prices",
)
def push(request: HttpRequest) -> Any:
    """Takes up to 50,000 rows. The same delivery sent again changes nothing and gives the same
    receipt; one that was interrupted goes on where it stopped."""
    token = _key(request)
    content = _body(request)
    listing = _listing(request, content)
    said = reading.moment(request.GET.get("as_of"))
    delivery = taking.take(
        branch=token.branch,
        number=_number(request, listing),
        mark=taking.fingerprint(content, said),
        listing=listing,
        as_of=said,
        sender=Sender(channel=Channel.API, by=Actor.system(), token_id=token.pk),
        now=timezone.now(),
    )
    return receipts.as_dict(delivery)


@router.get(
    "/deliveries/{number}",
    url_name="delivery",
    response={200: Receipt} | dict.fromkeys((401, 403, 404, 429), ProblemBody),
    summary="Read a receipt again",
)
def delivery(request: HttpRequest, number: str) -> Any:
    """The receipt of a delivery of this branch; rows that were held back with the decision."""
    found = deliveries.of_number(branch=_key(request).branch, number=number)
    if found is None:
        raise Problem(404, "no_such_delivery", _("There is no delivery of this name."))
    return receipts.as_dict(found)


def _key(request: HttpRequest) -> StockToken:
    key: StockToken = request.auth  # type: ignore[attr-defined]
    return key


def _body(request: HttpRequest) -> bytes:
    """All that was sent, and no more than may be."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    if said.isdigit() and int(said) > reading.MAX_BYTES:
        raise Refused(reading.LIMITS.too_large, code="too_large")
    # Never more than one byte too many, whatever the sender says of its length.
    content: bytes = request.read(reading.MAX_BYTES + 1)
    return content


def _listing(request: HttpRequest, content: bytes) -> Listing:
    kind = request.content_type
    if kind == _JSON:
        return reading.from_json(content)
    if kind == _CSV:
        return reading.from_table(content)
    raise Problem(415, "media_type", _("Please send application/json or text/csv."))


def _number(request: HttpRequest, listing: Listing) -> str:
    header = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if header and listing.number and header != listing.number:
        raise Problem(
            422, "two_names", _("The header Idempotency-Key and “delivery” name two deliveries.")
        )
    return header or listing.number


#: For OpenAPI only: the body is read by the domain, since one bad row spoils no other.
BODY = Push
