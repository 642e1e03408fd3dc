"""What the provider still wants to know, in words. Pure.

Its codes name hundreds of fields (`representative.dob.day`, `person_1abc.verification.document`);
people need to know which papers to have at hand. What is unknown here is still said.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

#: The first pattern that fits a code names its group; groups are told in this order.
_GROUPS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (
        re.compile(r".*(verification\.(additional_)?document|proof_of_liveness|^documents\.).*"),
        _("Documents: a photo of an identity card, or papers of the business"),
    ),
    (
        re.compile(r"(external_account|bank_account)(\..*)?"),
        _("Bank account: the IBAN to which your money is paid out"),
    ),
    (re.compile(r"tos_acceptance(\..*)?"), _("Terms: your consent to those of Stripe")),
    (
        re.compile(
            r"(individual|representative|person_\w+|owners|directors|executives|relationship)"
            r"(\..*)?|company\.\w+_provided"
        ),
        _("Persons: name, birthday and address of those who run or own the business"),
    ),
    (
        re.compile(r"(business_profile|business_type|company)(\..*)?"),
        _("Business: its form, address, tax number and what it sells"),
    ),
)
_OTHER = _("Something else, which Stripe names on its own pages")


def in_words(codes: Iterable[str]) -> list[Any]:
    """Each group once, however many of its fields are missing; none where nothing is."""
    found = {_place(code) for code in codes}
    words = [group[1] for group in _GROUPS] + [_OTHER]
    return [words[place] for place in sorted(found)]


def _place(code: str) -> int:
    for place, (pattern, _words) in enumerate(_GROUPS):
        if pattern.fullmatch(code[:200]):
            return place
    return len(_GROUPS)
