"""Closed sets of a reservation's life, and the one table of its transitions (design section 5)."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    """Fixed at birth (law A1): a reserve is no contract, a pay is a distance contract."""

    RESERVE = "RESERVE", _("Reserve without obligation")
    PAY = "PAY", _("Pay online")


class State(models.TextChoices):
    """Where a reservation stands."""

    PENDING = "PENDING", _("not paid yet")
    REQUESTED = "REQUESTED", _("requested")
    CONFIRMED = "CONFIRMED", _("reserved")
    READY = "READY", _("ready to collect")
    COLLECTED = "COLLECTED", _("collected")
    DECLINED = "DECLINED", _("declined")
    CANCELLED = "CANCELLED", _("cancelled")
    EXPIRED = "EXPIRED", _("not collected")


#: States in which the shop holds goods for the shopper, or is asked to.
OPEN = frozenset({State.REQUESTED, State.CONFIRMED, State.READY})
#: Goods are claimed; the shop knows nothing of those that wait for their payment.
LIVE = OPEN | {State.PENDING}
ENDED = frozenset(State) - LIVE


class Verb(models.TextChoices):
    """What can happen to a reservation."""

    ACCEPT = "ACCEPT", _("confirmed")
    DECLINE = "DECLINE", _("declined")
    MARK_READY = "MARK_READY", _("ready")
    HAND_OVER = "HAND_OVER", _("handed over")
    CANCEL = "CANCEL", _("cancelled")
    EXPIRE = "EXPIRE", _("expired")
    REINSTATE = "REINSTATE", _("reinstated")
    SHELVE = "SHELVE", _("put back")
    FOLLOW = "FOLLOW", _("moved, the shop's hours have changed")
    PAY = "PAY", _("paid, or payment promised")
    REVIVE = "REVIVE", _("paid at the last moment")
    SET_ASIDE = "SET_ASIDE", _("set aside, the money is being taken")
    WITHDRAW = "WITHDRAW", _("withdrawn from, whole or in part")
    TAKE_OUT = "TAKE_OUT", _("taken out of the compartment, withdrawn from")


#: verb -> states it may start from; `FROM_PAID` narrows it where the mode is `PAY`.
FROM: Mapping[Verb, frozenset[State]] = MappingProxyType(
    {
        Verb.ACCEPT: frozenset({State.REQUESTED}),
        Verb.DECLINE: frozenset({State.REQUESTED}),
        Verb.MARK_READY: frozenset({State.CONFIRMED}),
        Verb.HAND_OVER: OPEN,
        Verb.CANCEL: OPEN,
        Verb.EXPIRE: frozenset({State.CONFIRMED, State.READY}),
        Verb.REINSTATE: frozenset({State.EXPIRED}),
        Verb.SHELVE: ENDED,
        Verb.FOLLOW: OPEN,
    }
)
#: LAW: what has been paid is handed over only when its money is booked, and never ends by the
#: clock: EXPIRE is for holds that nobody has paid (law A1, design 5).
FROM_PAID: Mapping[Verb, frozenset[State]] = MappingProxyType(
    {
        **FROM,
        Verb.HAND_OVER: frozenset({State.READY}),
        Verb.EXPIRE: frozenset({State.PENDING}),
        Verb.REINSTATE: frozenset(),
        Verb.PAY: frozenset({State.PENDING}),
        Verb.REVIVE: frozenset({State.EXPIRED}),
        Verb.SET_ASIDE: frozenset({State.CONFIRMED}),
        # LAW: a contract can be withdrawn from before and after the goods were collected (BGB
        # § 355); the whole of it before is a CANCEL.
        Verb.WITHDRAW: OPEN | {State.COLLECTED},
        Verb.TAKE_OUT: frozenset({State.CONFIRMED, State.READY}),
    }
)


def allowed(verb: Verb, mode: str) -> frozenset[State]:
    """The states from which a verb may start in this mode; none where the mode does not know it."""
    table = FROM_PAID if mode == Mode.PAY else FROM
    return table.get(verb, frozenset())


#: verb -> state it leads to; the others leave the reservation where it is.
TO: Mapping[Verb, State] = MappingProxyType(
    {
        Verb.ACCEPT: State.CONFIRMED,
        Verb.DECLINE: State.DECLINED,
        Verb.MARK_READY: State.READY,
        Verb.HAND_OVER: State.COLLECTED,
        Verb.CANCEL: State.CANCELLED,
        Verb.EXPIRE: State.EXPIRED,
        Verb.REINSTATE: State.READY,
        Verb.PAY: State.REQUESTED,
        Verb.REVIVE: State.REQUESTED,
    }
)

#: Taps a member may take back within a minute.
UNDOABLE = frozenset(
    {Verb.ACCEPT, Verb.DECLINE, Verb.MARK_READY, Verb.HAND_OVER, Verb.SHELVE, Verb.REINSTATE}
)


class LineState(models.TextChoices):
    """Where a line's goods are."""

    CLAIMED = "CLAIMED", _("on the shelf, reserved")
    PICKED = "PICKED", _("set aside")
    CONSUMED = "CONSUMED", _("collected")
    NOT_FOUND = "NOT_FOUND", _("not found")
    PUT_BACK = "PUT_BACK", _("to be put back")
    RELEASED = "RELEASED", _("back on the shelf")


#: Line states whose `held` units count in `offer.reserved` (truth 2).
HOLDING = frozenset({LineState.CLAIMED, LineState.PICKED, LineState.PUT_BACK})
#: Line states whose `held` units count in `offer.set_aside`.
ASIDE = frozenset({LineState.PICKED, LineState.PUT_BACK})


class EndReason(models.TextChoices):
    """Why a reservation ended without a hand-over; shown to the shopper."""

    SHOPPER = "SHOPPER", _("You cancelled.")
    NOT_THERE = "NOT_THERE", _("The shop looked and could not find the goods.")
    DAMAGED = "DAMAGED", _("The goods are damaged.")
    CLOSED = "CLOSED", _("The shop cannot hold goods at the moment.")
    SILENT = "SILENT", _("The shop did not answer in time.")
    NOT_COLLECTED = "NOT_COLLECTED", _("The goods were not collected in time.")
    UNPAID = "UNPAID", _("The payment was not completed.")
    WITHDRAWN = "WITHDRAWN", _("You have withdrawn from the contract.")


#: Reasons a shop can give by hand.
SHOP_REASONS = (EndReason.NOT_THERE, EndReason.DAMAGED, EndReason.CLOSED)


class Choice(models.TextChoices):
    """What the shopper made of a line that was not found."""

    OPEN = "OPEN", _("not decided yet")
    DROPPED = "DROPPED", _("left out")
    MOVED = "MOVED", _("reserved in another shop")


class WithdrawalState(models.TextChoices):
    """How far a withdrawal has come (law, section 3)."""

    RECEIVED = "RECEIVED", _("received")
    MATCHED = "MATCHED", _("assigned to an order")
    RETURNED = "RETURNED", _("goods are back")
    NOT_COLLECTED = "NOT_COLLECTED", _("not collected")
    REFUNDED = "REFUNDED", _("refunded")
    REJECTED = "REJECTED", _("rejected, with reasons")


#: Somebody has to do something about it.
WITHDRAWALS_TO_DO = frozenset({WithdrawalState.RECEIVED, WithdrawalState.MATCHED})
#: It stands, and its money is on the way back.
WITHDRAWALS_TO_REFUND = frozenset({WithdrawalState.RETURNED, WithdrawalState.NOT_COLLECTED})


class Seal(models.TextChoices):
    """What the shop saw of a seal when sealed goods came back (law A8)."""

    INTACT = "INTACT", _("Seal unbroken")
    BROKEN = "BROKEN", _("Seal broken")


class ReceiptKind(models.TextChoices):
    """What a document of a shop is. LAW: never called a Gutschrift, which is another thing."""

    RECEIPT = "RECEIPT", _("Receipt")
    INVOICE = "INVOICE", _("Invoice")
    CORRECTION = "CORRECTION", _("Correction of an invoice")


class ComplaintState(models.TextChoices):
    """How far a complaint about a defect has come (law A15)."""

    REPORTED = "REPORTED", _("reported")
    CURE = "CURE", _("being repaired or replaced")
    CURED = "CURED", _("repaired or replaced")
    MONEY = "MONEY", _("money given back")
    REFUSED = "REFUSED", _("refused")
    DROPPED = "DROPPED", _("no longer pursued")


#: The shop still has something to do.
COMPLAINT_OPEN = frozenset({ComplaintState.REPORTED, ComplaintState.CURE})
COMPLAINT_ENDED = frozenset(ComplaintState) - COMPLAINT_OPEN
#: What a cure leads through.
COMPLAINT_CURING = frozenset({ComplaintState.CURE, ComplaintState.CURED})


class Cure(models.TextChoices):
    """What is done about a defect; the shopper chooses (BGB § 439 (1))."""

    REPAIR = "REPAIR", _("Repair")
    REPLACEMENT = "REPLACE", _("Replacement")


class Informed(models.TextChoices):
    """How the shopper was told of their choice before the cure (BGB § 475 (4))."""

    MAIL = "MAIL", _("by e-mail")
    PAPER = "PAPER", _("on paper, in the shop")
