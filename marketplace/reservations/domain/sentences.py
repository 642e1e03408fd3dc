"""Where a reservation's money is, in words: the same on every page and in every mail (law A3)."""

from django.utils.translation import gettext as _

from marketplace.core.money import format_price
from marketplace.payments.enums import CLOSED, PaymentState
from marketplace.reservations.domain.money import Money
from marketplace.reservations.enums import ENDED, Mode, State
from marketplace.reservations.models import Reservation


def of_money(reservation: Reservation, money: Money | None) -> str:
    """One or more sentences; empty where it is not paid online. In the active language."""
    if reservation.mode != Mode.PAY:
        return ""
    if money is None:
        return _("Nothing was paid.")
    words = _taken(money) if money.captured else [_promised(reservation, money)]
    if money.disputed:
        words.append(
            _("Your bank is looking into this payment. Until it has decided, no money moves.")
        )
    return " ".join(words)


def _promised(reservation: Reservation, money: Money) -> str:
    amount = {"amount": format_price(money.authorised)}
    over = reservation.state in ENDED
    if money.state == PaymentState.AUTHORISED:
        if over:
            return _("Nothing was taken. The %(amount)s you had authorised are released.") % amount
        if reservation.set_aside_at is not None:
            return _("Your goods are set aside, and your payment is being taken.")
        return _("You have authorised %(amount)s. It is taken when your goods are ready.") % amount
    if over and money.authorised and money.state in CLOSED:
        return (
            _("Nothing was taken. The %(amount)s you had authorised have been released.") % amount
        )
    if money.state == PaymentState.PROCESSING and not over:
        return _("Your payment is on its way; your bank has not confirmed it yet.")
    if reservation.state == State.PENDING:
        return _("You have not paid yet.")
    return _("Nothing was paid.")


def _taken(money: Money) -> list[str]:
    """Paid, and what of it goes or went back."""
    words = [_("You have paid %(amount)s.") % {"amount": format_price(money.captured)}]
    if money.refunded == money.captured:
        words.append(_("You have got all of it back."))
        return words
    if money.owed_back:
        amount = {"amount": format_price(money.owed_back)}
        words.append(_("%(amount)s of it are on their way back to you.") % amount)
    if money.refunded:
        amount = {"amount": format_price(money.refunded)}
        words.append(_("%(amount)s of it have been refunded.") % amount)
    return words
