"""Collection codes: short enough to say, too many to guess."""

import secrets

from django.db.models import Q

from marketplace.reservations.enums import LIVE
from marketplace.reservations.models import Reservation

#: 28 characters nobody mixes up by ear or by hand: of 0/O, 1/I, 5/S, 2/Z, 8/B at most one each.
ALPHABET = "ACDEFGHJKLMNPQRTUVWXY2346789"
LENGTH = 6
#: So many are typed at the counter while they are unique there.
SPOKEN = 4
#: What the QR holds before the code.
PREFIX = "SR1:"


def new_code(*, shop_id: int) -> str:
    """A code the shop has not used, its first four free among the open ones where possible."""
    rows = Reservation.objects.filter(shop_id=shop_id)
    code = ""
    for _attempt in range(100):
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        alike = Q(code=code) | Q(state__in=LIVE, code__startswith=code[:SPOKEN])
        if not rows.filter(alike).exists():
            break
    # RACE: two placements may still draw the same; the constraint lets one of them try again.
    return code


def normalise(text: str) -> str:
    """What a person typed or a QR held, as stored: `sr1:k7m4 xp` becomes `K7M4XP`."""
    code = text.strip().upper().removeprefix(PREFIX)
    return "".join(character for character in code if character.isalnum())[: LENGTH + 2]
