"""What every page of ours keeps: checked on each HTML answer of the suite (`conftest`)."""

import re
from collections import Counter
from html.parser import HTMLParser

#: Elements that never close.
VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr".split()  # noqa: SIM905
)
#: Of SVG, which closes itself.
SELF = frozenset("path rect circle line g polyline polygon text ellipse use".split())  # noqa: SIM905
LEFTOVER = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}|%\(\w+\)[sd]")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.counts: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.refs: set[str] = set()
        self.problems: list[str] = []
        self.lang = ""
        self.title = ""
        self.levels: list[int] = []
        self.shown: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.counts[tag] += 1
        if tag not in VOID:
            self.open.append(tag)
        if tag == "html":
            self.lang = given.get("lang", "")
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if given.get("id"):
            self.ids[given["id"]] += 1
        for name in ("aria-labelledby", "aria-describedby", "for"):
            self.refs.update(given.get(name, "").split())
        for name in given:
            if name == "style" or name.startswith("on"):
                self.problems.append(f"inline {name}=")
        if tag == "style" or (
            tag == "script" and not given.get("src") and "json" not in given.get("type", "")
        ):
            self.problems.append(f"inline <{tag}>")
        if tag == "img" and "alt" not in given:
            self.problems.append(f"img without alt: {given.get('src')}")
        if tag == "a" and given.get("href", "x").strip() in ("", "#"):
            self.problems.append("link to nowhere")
        if given.get("target") == "_blank":
            self.problems.append("a link opens a window")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self.open[-1] if self.open else 'nothing'}")
            if tag in self.open:
                while self.open.pop() != tag:
                    pass
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "title" and "svg" not in self.open:
            self.title += data
        if not self.open or self.open[-1] not in ("script", "style"):
            self.shown.append(data)


def problems(text: str) -> list[str]:
    """What is wrong with a whole page; empty where nothing is."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    found = list(reader.problems)
    if reader.counts["h1"] != 1:
        found.append(f"{reader.counts['h1']} h1")
    if reader.counts["main"] != 1:
        found.append(f"{reader.counts['main']} main")
    if not reader.title.strip():
        found.append("no title")
    if not reader.lang:
        found.append("no language")
    found += [f"id {name} stands {n} times" for name, n in reader.ids.items() if n > 1]
    missing = reader.refs - set(reader.ids)
    found += [f"nothing has the id {name}" for name in sorted(missing)]
    for above, below in zip(reader.levels, reader.levels[1:], strict=False):
        if below > above + 1:
            found.append(f"h{below} follows h{above}")
    left = LEFTOVER.search(" ".join(reader.shown))
    if left:
        found.append(f"left over: {left[0]}")
    if reader.open:
        found.append(f"never closed: {', '.join(reader.open)}")
    return found


def is_page(content_type: str, text: str) -> bool:
    """Whether this is a whole page of ours, not a part, a mail or Wagtail's desk."""
    return content_type.startswith("text/html") and text.lstrip()[:15].lower() == "<!doctype html>"
