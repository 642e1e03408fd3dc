"""Until when claims about a defect do not lapse. Pure; days in the town's time.

LAW: two years from the hand-over (BGB § 438 (1) no. 3, (2)), once twelve months more after a
repair (BGB § 475e (5)), not before four months after the defect first showed (§ 475e (3)) nor two
months after the mended or replaced goods were given back (§ 475e (4)). Months end as BGB § 188 (2)
and (3) say. We name the earliest day a claim can lapse, and never one that is too early.
"""

import calendar
from datetime import date

YEARS = 2
REPAIRED_MONTHS = 12
SHOWN_MONTHS = 4
BACK_MONTHS = 2
#: So long it is presumed that the defect was there from the beginning (BGB § 477 (1)).
PRESUMED_MONTHS = 12


def months_later(day: date, months: int) -> date:
    """The day with the same number; the last of its month where there is none (BGB § 188)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def until(
    *, handed_over: date, shown: date, repaired: bool = False, given_back: date | None = None
) -> date:
    """The day with whose end claims can lapse at the earliest.

    `shown`: when the defect showed, or was told of at the latest; `repaired`: mended in this or an
    earlier complaint, however often; `given_back`: the last day the shopper got the goods back.
    """
    period = YEARS * 12 + (REPAIRED_MONTHS if repaired else 0)
    ends = [months_later(handed_over, period)]
    if shown <= ends[0]:
        ends.append(months_later(shown, SHOWN_MONTHS))
        if given_back is not None:
            ends.append(months_later(given_back, BACK_MONTHS))
    return max(ends)


def is_presumed(*, handed_over: date, shown: date) -> bool:
    """Whether the law presumes that the defect was there at the hand-over (BGB § 477)."""
    return shown <= months_later(handed_over, PRESUMED_MONTHS)
