"""A manufacturer's promise that an article lasts longer than the law asks. Pure.

LAW: told near the picture only where the manufacturer promises more than two years, for the whole
article and free of charge, and who promises is named (Regulation (EU) 2025/1960; law A14).
"""

from dataclasses import dataclass

from shops.models import Facts, Product

#: Years for which the seller answers anyway (BGB § 438).
STATUTORY = 2


@dataclass(frozen=True, slots=True)
class Promise:
    """What stands beside the picture."""

    years: int
    guarantor: str
    #: Where the terms stand, or empty.
    proof: str


def promised(product: Product) -> Promise | None:
    """None where nothing is promised beyond the law, or nobody is named. Needs the product's facts
    and manufacturer."""
    facts: Facts | None = getattr(product, "facts", None)
    if facts is None or (facts.guarantee_years or 0) <= STATUTORY:
        return None
    guarantor = facts.guarantor or (product.manufacturer.name if product.manufacturer else "")
    if not guarantor:
        return None
    return Promise(facts.guarantee_years or 0, guarantor, facts.guarantee_proof)
