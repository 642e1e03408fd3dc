"""What the gate says of an article: findings, and what they come to. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from shops.domain.gate import checks
from shops.domain.gate.checks import Goods
from shops.domain.gate.rules import STOPS, Severity, weight
from shops.enums import Condition, Gate, Rule, Unbound


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is not kept yet, and where it is mended."""

    rule: Rule
    reserve: Severity
    pay: Severity
    #: A field of the article's page.
    field: str
    sentence: str | Promise

    @property
    def closes(self) -> bool:
        return self.reserve in STOPS

    @property
    def stops_pay(self) -> bool:
        return self.pay in STOPS


@dataclass(frozen=True, slots=True)
class Verdict:
    """As a variant keeps it."""

    gate: Gate
    badge: bool
    #: Rules not kept, those that close first.
    reasons: list[str]
    min_age: int
    #: Why a book's price is not bound, where its condition says so.
    unbound: str = ""

    @property
    def columns(self) -> dict[str, object]:
        return {
            "gate": self.gate,
            "gate_badge": self.badge,
            "gate_reasons": self.reasons,
            "min_age": self.min_age,
            "unbound": self.unbound,
        }


def findings(goods: Goods, day: date) -> list[Finding]:
    """Every rule that is not kept on that day, what closes first."""
    missing = list(checks.for_all(goods))
    for rule, check in checks.CHECKS.items():
        if goods.applies(rule):
            missing += [(rule, each) for each in check(goods)]
    found = []
    for rule, (field, sentence) in missing:
        weighs = weight(rule, day)
        found.append(Finding(rule, weighs.reserve, weighs.pay, field, sentence))
    return sorted(found, key=lambda each: (not each.closes, not each.stops_pay))


def verdict(goods: Goods, day: date) -> Verdict:
    """What the findings come to."""
    return of_findings(findings(goods, day), goods.min_age, _unbound(goods))


def _unbound(goods: Goods) -> str:
    """LAW: used and damaged books have no bound price (BuchPrG §§ 3, 7); a lifted binding stays."""
    told = {Condition.USED: Unbound.USED, Condition.DEFECT: Unbound.DEFECT}
    if goods.facts.condition in told:
        return told[Condition(goods.facts.condition)]
    known = goods.variant.unbound
    return known if known in (Unbound.LIFTED, Unbound.FOREIGN) else ""


def of_findings(found: Iterable[Finding], min_age: int, unbound: str = "") -> Verdict:
    listed = list(found)
    gate = Gate.OPEN
    if any(each.closes for each in listed):
        gate = Gate.CLOSED
    elif any(each.stops_pay for each in listed):
        gate = Gate.RESERVE_ONLY
    return Verdict(
        gate=gate,
        badge=any(each.reserve == Severity.BADGE for each in listed),
        reasons=list(dict.fromkeys(each.rule.value for each in listed)),
        min_age=min_age,
        unbound=unbound,
    )
