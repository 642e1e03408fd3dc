"""The caretaker's round: everything that time does. Safe to run twice at once."""

from dataclasses import asdict
from datetime import datetime

from cms.domain import schedule, versions
from marketplace.core.domain import notices, queue, statistics
from marketplace.operations.domain import health
from marketplace.payments.domain import accounts
from marketplace.reservations.domain import tick as reservations
from marketplace.reservations.domain.receipts import papers
from shops.domain import hours, moments
from shops.domain.deliveries import drop
from shops.domain.gate import refresh as gate
from shops.domain.legal import facts
from shops.domain.prices import reductions


def run(*, now: datetime) -> dict[str, int]:
    """One round; returns what it did, by name. Each part commits on its own."""
    did = asdict(reservations.run(now=now))
    did["calendars"] = hours.mend()
    did["vat_ids"] = facts.recheck(now=now)
    did["accounts"] = accounts.sweep(now=now)
    did["reductions"] = reductions.end_due(now=now)
    did["gate"] = gate.renew(now=now)
    did["moments"] = moments.sweep(now=now)
    did["deliveries"] = drop.sweep(now=now)
    did |= {f"pages_{name}": number for name, number in asdict(schedule.run(now=now)).items()}
    did["papers"] = papers.sweep(now=now)
    did["wordings"] = versions.catch_up(now=now)
    did["notices"] = notices.sweep(now=now)
    did |= {f"tasks_{name}": number for name, number in asdict(queue.reap(now=now)).items()}
    did["statistics"] = int(statistics.refresh(now=now))
    health.beat(name="tick", now=now)
    return did
