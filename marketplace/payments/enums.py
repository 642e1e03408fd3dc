"""Closed sets of the money machine. Where order counts, the order of the members is the order."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountState(models.TextChoices):
    """How far a shop has come with the provider."""

    ASKED = "ASKED", _("being set up")
    INCOMPLETE = "INCOMPLETE", _("details are missing")
    CHECKING = "CHECKING", _("being checked by the provider")
    READY = "READY", _("ready to take payments")
    BLOCKED = "BLOCKED", _("blocked by the provider")


class PaymentState(models.TextChoices):
    """Where a payment stands, in the order in which the provider can report it.

    A report never leads backwards: of two the later member is true. CAPTURED is last, because money
    that has moved is a fact whatever else was said.
    """

    BEGUN = "BEGUN", _("being prepared")
    OPEN = "OPEN", _("waiting for the shopper")
    PROCESSING = "PROCESSING", _("on its way")
    AUTHORISED = "AUTHORISED", _("authorised")
    EXPIRED = "EXPIRED", _("not paid in time")
    FAILED = "FAILED", _("failed")
    CANCELLED = "CANCELLED", _("cancelled")
    CAPTURED = "CAPTURED", _("paid")

    @property
    def rank(self) -> int:
        return list(PaymentState).index(self)


#: Nothing has been taken yet and something still could be.
LIVE = frozenset(
    {
        PaymentState.BEGUN,
        PaymentState.OPEN,
        PaymentState.PROCESSING,
        PaymentState.AUTHORISED,
    }
)
#: No money was taken and none can come any more.
CLOSED = frozenset({PaymentState.EXPIRED, PaymentState.FAILED, PaymentState.CANCELLED})


class CaptureMode(models.TextChoices):
    """When the money is taken; the method decides (stack 5.3)."""

    LATER = "LATER", _("when the goods are ready")
    AT_ONCE = "AT_ONCE", _("at once")


class RefundState(models.TextChoices):
    """Where a refund stands, in the order in which the provider can report it.

    A refund that had succeeded may still come back from the shopper's bank: FAILED is later. What
    has failed, or was refused before anything happened, is still owed.
    """

    ASKED = "ASKED", _("asked for")
    PENDING = "PENDING", _("on its way")
    DONE = "DONE", _("refunded")
    FAILED = "FAILED", _("did not arrive")

    @property
    def rank(self) -> int:
        return list(RefundState).index(self)


class DisputeState(models.TextChoices):
    """Where a shopper's bank stands with its complaint, in order of report."""

    INQUIRY = "INQUIRY", _("inquiry")
    INQUIRY_OVER = "INQUIRY_OVER", _("inquiry closed")
    OPEN = "OPEN", _("open")
    WON = "WON", _("won")
    LOST = "LOST", _("lost")

    @property
    def rank(self) -> int:
        return list(DisputeState).index(self)


#: While one of these stands no refund goes out, or the shopper would be paid twice.
DISPUTED = frozenset({DisputeState.INQUIRY, DisputeState.OPEN})


class RefundReason(models.TextChoices):
    """Why a shop gives money back: for its own record, in a word."""

    RETURNED = "RETURNED", _("the goods came back")
    FAULTY = "FAULTY", _("the goods were faulty")
    MISSING = "MISSING", _("something was missing")
    CHEAPER = "CHEAPER", _("the price was reduced")
    GOODWILL = "GOODWILL", _("goodwill")


class Standing(models.TextChoices):
    """How a payment stands for the shop, in one word; the first that is true."""

    DISPUTED = "DISPUTED", _("the shopper's bank complains")
    OWED = "OWED", _("still owed back")
    REFUNDED = "REFUNDED", _("refunded")
    PARTLY = "PARTLY", _("partly refunded")
    PAID = "PAID", _("paid")
    AUTHORISED = "AUTHORISED", _("authorised, not taken yet")
    CLOSED = "CLOSED", _("not paid")
    WAITING = "WAITING", _("waiting for the shopper")


class OperationKind(models.TextChoices):
    """What we can want of the provider."""

    OPEN_CHECKOUT = "OPEN_CHECKOUT", _("open the payment page")
    CLOSE = "CLOSE", _("close the payment path")
    CAPTURE = "CAPTURE", _("take the money")
    REFUND = "REFUND", _("refund")
    CREATE_ACCOUNT = "CREATE_ACCOUNT", _("set up an account")
    LOOK = "LOOK", _("ask where it stands")


class Lane(models.TextChoices):
    """Work that must not wait for other work has a lane of its own (reliability B3)."""

    SHOPPER = "SHOPPER", _("somebody waits for it")
    MONEY = "MONEY", _("money")
    OFFICE = "OFFICE", _("accounts")


LANE_OF = {
    OperationKind.OPEN_CHECKOUT: Lane.SHOPPER,
    OperationKind.CLOSE: Lane.MONEY,
    OperationKind.CAPTURE: Lane.MONEY,
    OperationKind.REFUND: Lane.MONEY,
    OperationKind.LOOK: Lane.MONEY,
    OperationKind.CREATE_ACCOUNT: Lane.OFFICE,
}


class WorkState(models.TextChoices):
    """Of an operation or an event that is to be worked on."""

    DUE = "DUE", _("to be done")
    DONE = "DONE", _("done")
    #: No longer wanted, or never ours.
    VOID = "VOID", _("dropped")
    #: Given up; a person has to look.
    DEAD = "DEAD", _("given up")


class CaseKind(models.TextChoices):
    """What a person has to look at."""

    CONTRADICTION = "CONTRADICTION", _("The provider reports another payment than ours.")
    REFUND_FAILED = "REFUND_FAILED", _("A refund came back.")
    REFUND_REFUSED = "REFUND_REFUSED", _("The provider refused a refund.")
    CAPTURE_FAILED = "CAPTURE_FAILED", _("The money could not be taken.")
    DISPUTE = "DISPUTE", _("The shopper's bank complains.")
    GIVEN_UP = "GIVEN_UP", _("The provider could not be reached for too long.")
    UNKNOWN_MONEY = "UNKNOWN_MONEY", _("The provider knows a payment that we do not know.")


class OutcomeKind(models.TextChoices):
    """What payments tells whoever has asked for the money."""

    OPENED = "OPENED", _("the payment page is open")
    PROCESSING = "PROCESSING", _("on its way")
    AUTHORISED = "AUTHORISED", _("authorised")
    CAPTURED = "CAPTURED", _("paid")
    CLOSED = "CLOSED", _("not paid, and no longer possible")
    CAPTURE_FAILED = "CAPTURE_FAILED", _("the money could not be taken")
    REFUNDED = "REFUNDED", _("refunded")
    REFUND_FAILED = "REFUND_FAILED", _("a refund did not arrive")
    DISPUTED = "DISPUTED", _("disputed")
    DISPUTE_OVER = "DISPUTE_OVER", _("the dispute is over")
