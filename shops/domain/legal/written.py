"""A legal text before it is kept: what every generator gives back. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

GERMAN, ENGLISH = "de", "en"
LANGUAGES = (GERMAN, ENGLISH)
#: Closes each English text.
GOVERNS = "This is a translation. The German version governs."


@dataclass(frozen=True, slots=True)
class Written:
    """Title and body; the body in paragraphs between blank lines, `## ` before a heading."""

    title: str
    body: str
    #: A model of ours that no lawyer has read.
    is_sample: bool = False


def join(parts: Iterable[str]) -> str:
    """Paragraphs as one body; empty ones fall out."""
    return "\n\n".join(part.strip() for part in parts if part.strip())


def lines(*parts: str) -> str:
    """Lines of one paragraph, such as an address; empty ones fall out."""
    return "\n".join(part for part in parts if part)
