"""Which rule stops what: one table for both modes, and what a category asks of its goods. Pure.

LAW: several duties attach to distance *sale* (food particulars, Regulation (EU) 2023/988 Art. 19,
withdrawal): missing ones stop paying online, and are a word to the shopper where goods are only
reserved. Price, energy, textile, deposit and register duties attach to the *offer* and stop both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shops.enums import Rule
from shops.models import Category


class Severity(StrEnum):
    """What becomes of goods that do not keep a rule."""

    NOTHING = "nothing"
    #: A word to the shop.
    WARN = "warn"
    #: A word to the shopper, too: particulars are told in the shop.
    BADGE = "badge"
    BLOCK = "block"
    #: Nothing that the shop can add mends it.
    FORBIDDEN = "forbidden"


#: What is not passed.
STOPS = frozenset({Severity.BLOCK, Severity.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class Weight:
    """A rule's severity for goods that are reserved, and for goods that are paid online."""

    reserve: Severity
    pay: Severity


_BOTH = Weight(Severity.BLOCK, Severity.BLOCK)
_TOLD_IN_SHOP = Weight(Severity.BADGE, Severity.BLOCK)
_FORBIDDEN = Weight(Severity.FORBIDDEN, Severity.FORBIDDEN)

TABLE: Mapping[Rule, Weight] = {
    Rule.TITLE: _BOTH,
    # Without a category nobody knows what these goods would have to tell.
    Rule.CATEGORY: Weight(Severity.WARN, Severity.BLOCK),
    Rule.BLOCKED: _FORBIDDEN,
    Rule.REVIEW: _FORBIDDEN,
    Rule.CONTENT: _BOTH,
    Rule.SAFETY: _TOLD_IN_SHOP,
    Rule.WARNINGS: _TOLD_IN_SHOP,
    Rule.TEXTILE: _BOTH,
    Rule.ELECTRICAL: _BOTH,
    Rule.ENERGY: _BOTH,
    Rule.FOOD: _TOLD_IN_SHOP,
    Rule.LOOSE_FOOD: _TOLD_IN_SHOP,
    Rule.HUSBANDRY: Weight(Severity.WARN, Severity.WARN),
    Rule.DEPOSIT: _BOTH,
    Rule.AGE: _BOTH,
    Rule.MEDIA: _BOTH,
    Rule.BOOK: _BOTH,
    Rule.HAZARD: Weight(Severity.WARN, Severity.BLOCK),
    Rule.WITHDRAWAL: Weight(Severity.NOTHING, Severity.BLOCK),
}
#: From a day on, in the town's time. LAW: TierHaltKennzG, transitional rule; Regulation (EU)
#: 2024/2865 as postponed (W37).
FROM: Mapping[Rule, tuple[date, Weight]] = {
    Rule.HUSBANDRY: (date(2027, 1, 1), _TOLD_IN_SHOP),
    Rule.HAZARD: (date(2028, 1, 1), _BOTH),
}
#: What a category may ask for; the others concern all goods.
ASKED = frozenset(Rule) - {Rule.TITLE, Rule.CATEGORY, Rule.BLOCKED, Rule.REVIEW, Rule.AGE}
#: What a shop may say does not concern an article: juice without a deposit, a belt among shirts.
EXEMPTIBLE = (
    Rule.CONTENT,
    Rule.WARNINGS,
    Rule.TEXTILE,
    Rule.ELECTRICAL,
    Rule.ENERGY,
    Rule.DEPOSIT,
    Rule.HUSBANDRY,
    Rule.HAZARD,
)


def weight(rule: Rule, day: date) -> Weight:
    """How much a rule weighs on that day."""
    since = FROM.get(rule)
    return since[1] if since and day >= since[0] else TABLE[rule]


def newest_change(day: date) -> date:
    """The last day until then on which a rule began to weigh more."""
    past = [since for since, _weight in FROM.values() if since <= day]
    return max(past, default=date.min)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a category asks, with all above it."""

    rules: frozenset[Rule]
    min_age: int = 0
    blocked: str = ""
    is_known: bool = True


#: Goods without a category are taken for the kind that most new goods are.
UNKNOWN = Ruling(frozenset({Rule.SAFETY}), is_known=False)


def rulings(tree: Iterable[Category]) -> dict[int, Ruling]:
    """Of every category by id. A tree that bites its tail ends where it does."""
    by_id = {each.pk: each for each in tree}
    return {pk: _ruling(each, by_id) for pk, each in by_id.items()}


def _ruling(category: Category, by_id: Mapping[int, Category]) -> Ruling:
    chain: list[Category] = []
    here: Category | None = category
    while here is not None and here not in chain:
        chain.append(here)
        here = by_id.get(here.parent_id or 0)
    asked: set[str] = set()
    for each in reversed(chain):
        asked |= {name for name in each.rules if not name.startswith("-")}
        asked -= {name[1:] for name in each.rules if name.startswith("-")}
    blocked = next((each.blocked for each in chain if each.blocked), "")
    age = max(each.min_age for each in chain)
    return Ruling(frozenset(Rule(name) for name in asked), age, blocked)
