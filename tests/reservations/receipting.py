"""Money that is taken and goes back, for tests of the documents about it."""

from datetime import datetime
from decimal import Decimal

from marketplace.core.domain.history import Actor
from marketplace.payments.enums import PaymentState, RefundState
from marketplace.payments.gateway.port import RefundSnapshot
from marketplace.payments.models import Refund
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.domain.receipts import issuing, papers
from marketplace.reservations.enums import ReceiptKind
from marketplace.reservations.models import Receipt, Reservation
from shops.enums import TaxClass
from shops.models import Offer, Shop, Variant
from tests import factories, tills
from tests.factories import NOW

BY = Actor.system()
ADDRESS = issuing.Address(
    name="Dr. Lena Koch", street="Schillerstraße 12", postcode="38440", town="Wolfsburg"
)


def shop(name: str = "Laufwerk", *, legal: bool = True, **fields) -> Shop:
    """One that takes payments and says who it is."""
    made = factories.shop(fields.pop("city", None) or factories.city(plate="WOB"), name, **fields)
    factories.branch(made)
    if legal:
        factories.legal(made)
    tills.open_till(made)
    return made


def offer(of: Shop, price: str, *, tax: TaxClass = TaxClass.STANDARD, title: str = "", **fields):
    """At its branch."""
    goods = factories.product(of.city, title) if title else None
    made = factories.offer(of.branches.get(), price=price, product=goods)
    Variant.objects.filter(pk=made.variant_id).update(tax_class=tax, **fields)
    return Offer.objects.select_related("branch__shop__city").get(pk=made.pk)


def paid(*wanted: tuple[Offer, int], now: datetime = NOW, language: str = "de") -> Reservation:
    """Ordered, accepted and paid by a means that takes the money at once."""
    made = factories.reservation(*wanted, pay=True, language=language, now=now)
    tills.say(made, PaymentState.CAPTURED, now=now)
    return made


def collected(reservation: Reservation, taken: dict[int, int] | None = None, *, now=NOW) -> None:
    """Found, ready and handed over."""
    who = {"reservation_id": reservation.pk, "by": BY, "now": now}
    if reservation.state == "REQUESTED":
        lifecycle.accept(**who)
    lifecycle.mark_ready(**who)
    tills.confirm(reservation, now=now)
    lifecycle.hand_over(**who, taken=taken)
    reservation.refresh_from_db()


def goes_back(reservation: Reservation, *, now: datetime = NOW) -> None:
    """The provider reports every refund that was asked for as done."""
    payment = tills.payment_of(reservation)
    seen = tuple(
        RefundSnapshot(
            provider_id=f"re_{each.pk}",
            amount=each.amount,
            state=RefundState.DONE,
            reference=str(each.nonce),
        )
        for each in Refund.objects.filter(payment=payment).order_by("pk")
    )
    tills.say(reservation, PaymentState.CAPTURED, captured=payment.captured, refunds=seen, now=now)


def documents(reservation: Reservation) -> list[tuple[str, Decimal]]:
    rows = Receipt.objects.filter(reservation=reservation).order_by("pk")
    return [(each.kind, each.total) for each in rows]


def receipt(reservation: Reservation, kind: ReceiptKind = ReceiptKind.RECEIPT) -> Receipt:
    return Receipt.objects.get(reservation=reservation, kind=kind)


def words(of: Receipt) -> str:
    """Everything on the paper, as one text."""
    address = getattr(of, "address", None) if of.kind == ReceiptKind.INVOICE else None

    def flat(value) -> list[str]:
        if isinstance(value, dict):
            return [text for each in value.values() for text in flat(each)]
        if isinstance(value, list):
            return [text for each in value for text in flat(each)]
        return [value]

    return "\n".join(flat(papers.data(of, address)))
