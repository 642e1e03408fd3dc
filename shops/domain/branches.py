"""Facts about a branch that higher packages tell downwards, and what a shop says about it."""

from django.db.models import F

from shops.models import Branch


def tell_preparing(*, branch_id: int, change: int) -> None:
    """One more or one less confirmed reservation to get ready; told by `reservations`."""
    Branch.objects.filter(pk=branch_id).update(preparing=F("preparing") + change)
