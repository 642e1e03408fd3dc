"""Words of shop files: header names, plain text out of HTML, the language of descriptions."""

import html
import re
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_DROPPED = frozenset({"script", "style", "iframe", "object", "template"})
_GERMAN = frozenset(
    {
        "und",
        "der",
        "die",
        "das",
        "mit",
        "für",
        "aus",
        "ein",
        "eine",
        "ist",
        "im",
        "auf",
        "nicht",
        "zum",
    }
)
_ENGLISH = frozenset(
    {"and", "the", "with", "for", "of", "is", "on", "not", "or", "to", "from", "by", "that", "your"}
)


def header(name: str) -> str:
    """A column name to compare: `Art.-Nr.` and `ArtNr` are one, so are `Größe` and `Groesse`."""
    name = name.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    flat = unicodedata.normalize("NFKD", name)
    return re.sub(r"[^a-z0-9]", "", flat)


def one_line(text: str) -> str:
    """Whitespace, line breaks included, as single spaces."""
    return " ".join(text.split())


def article_number(text: str) -> str:
    """An article number in one piece: exports break lines inside it (`AD-04\\n-blue-OS`).

    Left as it is, the next export without the break would make a second article of it.
    """
    return one_line(re.sub(r"\s*[\r\n]+\s*", "", text))


def clipped(text: str, most: int) -> str:
    """At most so many characters, cut between words and marked."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut).rstrip(" ,;:") + "…"


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.dropping += tag in _DROPPED
        if tag in _BLOCKS:
            self.parts.append("\n– " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.dropping = max(0, self.dropping - (tag in _DROPPED))
        if tag in _BLOCKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.dropping:
            self.parts.append(data)


def plain(text: str) -> str:
    """Running text without markup, paragraphs kept; also from HTML that was escaped once too often.

    SECURITY: the result is text, to be escaped where it is shown like any other.
    """
    if re.search(r"&lt;/?[a-z]", text, re.IGNORECASE):
        text = html.unescape(text)
    if re.search(r"<[a-z/!][^>]*>|&[a-z]+;|&#", text, re.IGNORECASE):
        parser = _Plain()
        parser.feed(text)
        parser.close()
        text = "".join(parser.parts)
    lines = (one_line(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def language(texts: Iterable[str], *, default: str) -> str:
    """`de` or `en`, by the small words of the descriptions; `default` when they do not tell."""
    german = english = 0
    for text in texts:
        for word in re.findall(r"[a-zäöüß]+", text.casefold()):
            german += word in _GERMAN
            english += word in _ENGLISH
    if german == english:
        return default
    return "de" if german > english else "en"


def file_name(address: str) -> str:
    """The bare file name in a URL or path, as a picture folder would have it."""
    bare = address.split("?", 1)[0].split("#", 1)[0].rstrip("/")
    return re.split(r"[/\\]", bare)[-1].strip()


def is_web_address(address: str) -> bool:
    """Whether this may be linked: http or https, a host, nothing that could break out of a link."""
    return len(address) <= 300 and bool(
        re.fullmatch(
            r"https?://[a-z0-9][a-z0-9.\-]*(?::[0-9]+)?(?:[/?#][^\s\"'<>\\]*)?",
            address,
            re.IGNORECASE,
        )
    )
