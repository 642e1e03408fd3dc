"""The two ways a domain function says no. Their text may be shown to people."""

from typing import Any


class Refused(Exception):
    """A rule says no. `message` is a translatable sentence, `code` a stable word for machines."""

    def __init__(self, message: Any, *, code: str) -> None:
        super().__init__(message, code)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return str(self.message)


class Stale(Exception):
    """The world changed since the person looked. Looking again helps."""

    def __init__(self, message: Any, *, code: str) -> None:
        super().__init__(message, code)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return str(self.message)
