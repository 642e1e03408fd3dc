"""What the machine may not decide: opened here, closed by a person in `casework`."""

from datetime import datetime

from marketplace.payments.enums import CaseKind
from marketplace.payments.models import Case


def open_case(
    *, kind: CaseKind, about: str, detail: str, shop_id: int | None, now: datetime
) -> Case:
    """Open a case in the caller's transaction; one that is open already is returned as it is."""
    # RACE: the unique constraint decides; get_or_create reads the winner's row.
    case, _is_new = Case.objects.get_or_create(
        kind=kind,
        about=about,
        closed_at=None,
        defaults={"detail": detail[:120], "shop_id": shop_id, "opened_at": now},
    )
    return case
