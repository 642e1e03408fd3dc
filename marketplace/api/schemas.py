"""What the doors for machines take and give, as OpenAPI has it."""

from datetime import datetime
from decimal import Decimal

from ninja import Field, Schema


class UnknownRow(Schema):
    line: int
    number: str = Field(description="SKU or barcode as it was sent.")


class RefusedRow(Schema):
    line: int
    code: str
    message: str = Field(description="A sentence for people, in the language asked for.")


class HeldRow(RefusedRow):
    decision: str = Field(description="open, taken, left or overtaken")


class Receipt(Schema):
    """accepted + unchanged + unknown + held + refused + waiting = rows, always."""

    delivery: str
    state: str = Field(description="done; or open: interrupted, please send it again as it was")
    as_of: datetime
    received_at: datetime
    finished_at: datetime | None
    rows: int
    accepted: int = Field(description="Quantity or price has changed.")
    unchanged: int = Field(description="Known already; the count is fresh again.")
    unknown: int = Field(description="No goods of this branch have this number.")
    held: int = Field(description="Looked like a mistake; somebody in the shop is asked.")
    refused: int = Field(description="Could not be taken; refused_rows says why.")
    waiting: int = Field(description="Not looked at yet; 0 when the state is done.")
    unknown_rows: list[UnknownRow] = Field(description="The first 100.")
    held_rows: list[HeldRow] = Field(description="The first 100.")
    refused_rows: list[RefusedRow] = Field(description="The first 100.")


class ProblemBody(Schema):
    """RFC 9457, application/problem+json."""

    type: str
    status: int
    code: str = Field(description="A stable word to act on.")
    detail: str = Field(description="A sentence for people, in the language asked for.")


class PushRow(Schema):
    """One article: a barcode or a SKU, and a quantity or a price."""

    barcode: str | None = Field(
        None, description="EAN, UPC, GTIN or ISBN.", examples=["4006381333931"]
    )
    sku: str | None = Field(None, description="The shop's own number.", examples=["L-1001"])
    quantity: int | None = Field(
        None, ge=0, le=999_999, description="Everything in the house, set-aside goods included."
    )
    price: Decimal | None = Field(None, description="Gross, EUR. A number, or text as 12,90.")
    as_of: datetime | None = Field(None, description="When this row was true.")


class Push(Schema):
    """The whole body as JSON."""

    delivery: str | None = Field(
        None, max_length=100, description="Its name; instead of the header Idempotency-Key."
    )
    as_of: datetime | None = Field(
        None, description="When the numbers were true: the till's own time. Else the arrival."
    )
    rows: list[PushRow] = Field(max_length=50_000)
