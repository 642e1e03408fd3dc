"""What an audit finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """A row that breaks a truth: its number in the design, the row, and what is wrong."""

    truth: int
    subject: str
    what: str
