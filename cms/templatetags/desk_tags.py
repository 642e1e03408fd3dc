"""Starts of the desk's widgets in Wagtail's own templates."""

import json
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from marketplace.core.models import LogEntry
from marketplace.payments.enums import CaseKind

register = template.Library()

#: What to do about a case, in one sentence.
ADVICE = {
    CaseKind.CONTRADICTION: _(
        "Nothing was booked. Compare this payment with the provider's own page, and tell the"
        " operator of this installation if they differ."
    ),
    CaseKind.REFUND_FAILED: _(
        "The money came back to the shop. Ask the shop to try the refund again on the payment's"
        " page."
    ),
    CaseKind.REFUND_REFUSED: _(
        "Ask the shop to look at its account with the provider, whose balance is often too low, and"
        " to try the refund again."
    ),
    CaseKind.CAPTURE_FAILED: _(
        "The shop has not got the money. Ask the shop to speak with the shopper before it hands"
        " over the goods."
    ),
    CaseKind.DISPUTE: _(
        "The shop has to answer on the provider's page before the date given there; until it is"
        " over, no refund is possible."
    ),
    CaseKind.GIVEN_UP: _(
        "Once the provider works again, open this case and let what was given up be tried again."
    ),
    CaseKind.UNKNOWN_MONEY: _(
        "Look this payment up at the provider. If it belongs to no reservation, ask the shop to"
        " give the money back there."
    ),
}
#: What a case is about, in the desk's language; the number is for whoever looks it up.
SUBJECTS = {
    "payment": _("payment no. %s"),
    "refund": _("refund no. %s"),
    "account": _("account no. %s"),
    "operation": _("call no. %s to the provider"),
    "event": _("message no. %s of the provider"),
    "provider": _("%s at the provider"),
}
#: What people did about a case.
DEEDS = {
    "case.close": _("closed"),
    "case.ask": _("asked the provider"),
    "case.revive": _("had it tried again"),
}


@register.filter
def advice(kind: str) -> Any:
    """What to do about a case of this kind."""
    return ADVICE[CaseKind(kind)]


@register.filter
def case_subject(about: str) -> str:
    """A case's `about` in words."""
    kind, _colon, number = about.partition(":")
    return str(SUBJECTS[kind]) % number if kind in SUBJECTS else about


@register.filter
def case_deed(entry: LogEntry) -> Any:
    """What somebody did about a case."""
    return DEEDS.get(entry.verb, entry.verb)


@register.inclusion_tag("cms/start.html")
def desk_start(name: str, *arguments: Any) -> dict[str, Any]:
    """The start of a widget by one call of `name`."""
    return {"start": {"name": name, "new": name[:1].isupper(), "arguments": list(arguments)}}


@register.filter
def from_json(text: str) -> Any:
    """Wagtail hands its options over as text."""
    return json.loads(str(text))


#: What each colour that follows from the city's is for.
USES = {
    "city": _("head of every page"),
    "city-deep": _("foot of every page"),
    "city-night": _("foot in the dark"),
    "on-city": _("writing on the head"),
    "on-deep": _("writing at the foot"),
    "on-deep-2": _("small writing at the foot"),
    "city-text": _("links and words that stand out"),
    "city-soft": _("calm areas"),
    "city-line": _("fine lines"),
    "city-button": _("buttons"),
    "city-button-ink": _("writing on buttons"),
}


@register.filter
def colour_use(name: str) -> Any:
    """Where a colour of the city's family is used, in words."""
    return USES[name]
