"""What workers do for shops. Thin: call the domain."""

from marketplace.core.tasks import job
from shops.domain import moments


@job(attempts=3, idempotent=True)
def rewrite_moments(branch_id: int) -> int:
    """A branch's calendar has changed: compute until when its goods are there again."""
    return moments.rewrite(branch_id=branch_id)
