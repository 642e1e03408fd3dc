"""Words and fields for the retailer's templates. Displays only."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms, template
from django.utils.text import get_text_list
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.core.enums import ActorKind
from marketplace.core.models import LogEntry
from marketplace.payments.enums import RefundReason
from marketplace.reservations.enums import Verb
from marketplace.reservations.models import Line
from shops.domain.deliveries import words as deliveries

register = template.Library()

#: So many things a row names before it says "and 3 more".
SHOWN = 3

#: What a line of history says, in the order of a reservation's life.
DEEDS = {
    "reservation.place": _("reserved"),
    "reservation.pay": _("paid, or payment authorised"),
    "reservation.revive": _("paid at the last moment"),
    "reservation.accept": _("confirmed"),
    "reservation.decline": _("declined"),
    "reservation.set_aside": _("set aside, the money is being taken"),
    "reservation.mark_ready": _("set aside"),
    "reservation.hand_over": _("handed over"),
    "reservation.contract_on_paper": _("contract handed over on paper"),
    "reservation.cancel": _("cancelled"),
    "reservation.expire": _("not collected in time"),
    "reservation.reinstate": _("made ready again"),
    "reservation.shelve": _("put back on the shelf"),
    "reservation.undo": _("last act taken back"),
    "reservation.drop": _("missing goods left out"),
    "reservation.move": _("missing goods reserved elsewhere"),
    "payment.begin": _("payment begun"),
    "payment.opened": _("payment page opened"),
    "payment.processing": _("payment on its way"),
    "payment.authorised": _("payment authorised"),
    "payment.capture": _("payment to be taken"),
    "payment.captured": _("paid"),
    "payment.cancel": _("payment no longer wanted"),
    "payment.closed": _("not paid"),
    "payment.capture_failed": _("the money could not be taken"),
    "payment.refund": _("refund asked for"),
    "payment.refunded": _("refunded"),
    "payment.refund_failed": _("a refund did not arrive"),
    "payment.disputed": _("the shopper's bank complains"),
    "payment.dispute_over": _("the bank's complaint is over"),
    "complaint.report": _("complaint written down"),
    "complaint.choose": _("repair or replacement chosen"),
    "complaint.inform": _("information handed over on paper"),
    "complaint.cure": _("repair or replacement begun"),
    "complaint.cured": _("mended or replaced, and given back"),
    "complaint.money": _("closed: money given back"),
    "complaint.refused": _("refused, with the reason"),
    "complaint.dropped": _("closed: no longer pursued"),
}
#: Means of payment as people call them; others as the provider does.
MEANS = {
    "card": _("card"),
    "sepa_debit": _("SEPA direct debit"),
    "klarna": "Klarna",
    "paypal": "PayPal",
    "wero": "Wero",
    "link": "Link",
}
DOERS = {
    ActorKind.SHOPPER: _("shopper"),
    ActorKind.MEMBER: _("a colleague"),
    ActorKind.EDITOR: _("city staff"),
    ActorKind.CLOCK: _("automatically"),
    ActorKind.SYSTEM: _("automatically"),
}
#: What the line with "Undo" says about the act.
DONE = {
    Verb.ACCEPT: _("Confirmed. Now please find the goods."),
    Verb.DECLINE: _("Declined. The shopper is told."),
    Verb.MARK_READY: _("Set aside. The shopper is told."),
    Verb.HAND_OVER: _("Handed over."),
    Verb.CANCEL: _("Cancelled. The shopper is told."),
    Verb.REINSTATE: _("Ready to collect again."),
    Verb.SHELVE: _("Back on the shelf."),
}
TITLES = {
    "REQUESTED": pgettext_lazy("reservation", "Please answer"),
    "CONFIRMED": pgettext_lazy("reservation", "Please find"),
    "READY": pgettext_lazy("reservation", "Ready to collect"),
    "COLLECTED": pgettext_lazy("reservation", "Collected"),
    "DECLINED": pgettext_lazy("reservation", "Declined"),
    "CANCELLED": pgettext_lazy("reservation", "Cancelled"),
    "EXPIRED": pgettext_lazy("reservation", "Not collected"),
}


@register.filter
def deed(entry: LogEntry) -> Any:
    """What happened, in plain words."""
    return DEEDS.get(entry.verb, "")


@register.filter
def moved(entry: LogEntry) -> Decimal | None:
    """How much a line of history is about."""
    amount = entry.data.get("amount")
    return Decimal(amount) if amount else None


@register.filter
def because(entry: LogEntry) -> Any:
    """Why the shop gave money back, where it has noted that."""
    reason = entry.data.get("reason", "")
    return RefundReason(reason).label if reason in RefundReason.values else ""


@register.filter
def means(method: str) -> Any:
    """A means of payment in words."""
    return MEANS.get(method, method)


@register.filter
def doer(entry: LogEntry | None) -> str:
    """Who did it: a colleague's name, else the role."""
    if entry is None:
        return ""
    if entry.actor_kind == ActorKind.MEMBER and entry.actor is not None and entry.actor.name:
        return entry.actor.name
    return str(DOERS[ActorKind(entry.actor_kind)])


@register.filter
def done(verb: str) -> Any:
    """What the last tap has done."""
    return DONE[Verb(verb)]


@register.filter
def state_title(state: str) -> Any:
    """A reservation's state as the head of its page."""
    return TITLES.get(state, "")


@register.filter
def listed(words: Sequence[str]) -> str:
    """`Kettle, toaster and 3 more`: what a row is about, in one line."""
    shown = list(words[:SHOWN]) if len(words) > SHOWN + 1 else list(words)
    more = len(words) - len(shown)
    if more:
        shown.append(gettext("%(n)d more") % {"n": more})
    # Translators: between the last two of a list.
    return get_text_list(shown, pgettext("list", "and"))


@register.filter
def field_of(form: forms.Form, line: Line) -> forms.BoundField | None:
    """The field for the units of one line; None where the line holds nothing any more."""
    name = f"{getattr(form, 'field', '')}_{line.pk}"
    return form[name] if name in form.fields else None


@register.filter("is")
def same(value: object, other: object) -> bool:
    """Whether the two are the same, for an include's argument."""
    return value == other


@register.filter
def till_sentence(code: str) -> str:
    """Why a row of the till was held back or refused."""
    return deliveries.sentence(code)


@register.filter
def named(form: forms.Form, name: str) -> forms.BoundField | None:
    """The field of that name, where the form has one."""
    return form[name] if name in form.fields else None


@register.filter
def has_errors(form: forms.Form, names: Sequence[str]) -> bool:
    """Whether any of these fields was filled in wrongly."""
    return any(name in form.errors for name in names)
