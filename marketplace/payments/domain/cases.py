"""What the machine may not decide: opened here, closed by a person."""

from datetime import datetime

from django.db import transaction

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
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


@transaction.atomic
def close_case(*, case_id: int, by: Actor, now: datetime) -> bool:
    """A person has dealt with it; False where somebody else already had."""
    if not Case.objects.filter(pk=case_id, closed_at__isnull=True).update(closed_at=now):
        return False
    history.record(verb="case.close", subject=f"case:{case_id}", scope="", by=by, now=now)
    return True
