"""The product's own catalogue, for tests of words that German law wants or forbids."""

from collections.abc import Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import trans_real

from marketplace.settings import LOCALE_PATHS


def speak(settings: Any) -> Iterator[None]:
    """While it runs, German pages and mails say what a reader of the product reads."""
    settings.LOCALE_PATHS = LOCALE_PATHS
    _forget()
    yield
    settings.LOCALE_PATHS = []
    _forget()


def _forget() -> None:
    # Catalogues are kept by language in the process; nothing public lets go of them.
    trans_real._translations.clear()
    trans_real._default = None
    current = translation.get_language()
    translation.deactivate()
    if current:
        translation.activate(current)
