"""Whether what was paid online may be given back without a reason, in a sentence per article.

LAW: BGB § 312g (2), EGBGB Art. 246a § 1 (3): exclusions and how the right is lost are told before
ordering (law A8). Pure.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from shops.enums import Withdrawal

_SENTENCES = {
    Withdrawal.CUSTOM: _("Made to your wishes: no right of withdrawal."),
    Withdrawal.PERISHABLE: _("Spoils quickly: no right of withdrawal."),
    Withdrawal.NEWSPAPER: _("Newspapers and magazines: no right of withdrawal."),
    Withdrawal.HYGIENE_SEAL: _(
        "Sealed for hygiene: the right of withdrawal ends when you break the seal."
    ),
    Withdrawal.MEDIA_SEAL: _("Sealed: the right of withdrawal ends when you break the seal."),
    Withdrawal.MIXED: _(
        "The right of withdrawal ends when it is mixed with other goods and cannot be parted."
    ),
}


#: Goods that cannot be given back without a reason at all; a seal that is whole takes nothing away.
_NEVER = frozenset({Withdrawal.CUSTOM, Withdrawal.PERISHABLE, Withdrawal.NEWSPAPER})


def has_right(choice: str) -> bool:
    """Whether there is a right of withdrawal to begin with (BGB § 312g (2) no. 1, 2, 7)."""
    return choice not in _NEVER


def sentence(choice: str) -> Any:
    """What shoppers read; empty where the ordinary 14 days hold."""
    known = choice in Withdrawal.values
    return _SENTENCES.get(Withdrawal(choice), "") if known else ""
