"""Templates parse, are used, say what they pass on, and carry nothing the policy would block."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import TemplateDoesNotExist, engines
from django.template.loaders.app_directories import get_app_template_dirs

from tests.architecture import source

HEADER = re.compile(r"\A\s*({#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%})", re.DOTALL)
INLINE = {
    "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*\btype=[\"']application/(?:ld\+)?json[\"'])",
    "inline style": r"<style\b|\sstyle\s*=",
    "inline handler": r"<[^>]*\son[a-z]+\s*=",
    "javascript: link": r"[\"']\s*javascript:",
    "unescaped output": r"\|\s*safe\b|{%\s*autoescape off",
}
MAIL_FOLDERS = {"email", "emails"}  # mail programs know no style sheets
#: Django and our error handlers look these up by status.
BY_STATUS = re.compile(r"\d{3}(?:_csrf)?\.html")


def names(root: Path = source.ROOT) -> list[str]:
    return [name for name, _ in source.templates(root)]


def without_comments(text: str) -> str:
    """The text with comments blanked, line numbers kept."""
    pattern = r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}"
    return re.sub(pattern, lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)


# --- parse ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", names())
def test_parses(name: str) -> None:
    engines["django"].engine.get_template(name)


# --- used -----------------------------------------------------------------------------------------


def _patterns(root: Path) -> Iterator[str]:
    """Regular expressions of every template name that Python or a template mentions."""
    for _, path in source.python_files(root):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(part.value) if isinstance(part, ast.Constant) else r"[^/]+"
                    for part in node.values
                ]
                if len(parts) > 1 and re.search(r"\.\w+$|/", "".join(parts)):
                    if parts[1].startswith("/"):  # f"{folder}/body.html"
                        parts[0] = ".+"
                    yield "".join(parts)
    for _, path in source.templates(root):
        text = without_comments(path.read_text())
        yield from (re.escape(m[1]) for m in re.finditer(r"""["']([\w./-]+\.\w+)["']""", text))


def _overrides(name: str) -> bool:
    """Does a package that we use look for a template of this name?"""
    return any(
        (Path(folder) / name).exists()
        for folder in get_app_template_dirs("templates")
        if source.ROOT not in Path(folder).parents or ".venv" in Path(folder).parts
    )


def unused(root: Path = source.ROOT) -> list[str]:
    """Templates that nothing renders, includes, extends or looks up by name."""
    mentioned = re.compile("|".join(sorted({f"(?:{pattern})" for pattern in _patterns(root)})))
    return [
        name
        for name in names(root)
        if not mentioned.fullmatch(name) and not BY_STATUS.fullmatch(name) and not _overrides(name)
    ]


def test_each_is_used() -> None:
    assert unused() == []


# --- rules ----------------------------------------------------------------------------------------


def faults(name: str, text: str) -> list[str]:
    """What a template may not contain."""
    visible = without_comments(text)
    found = [
        f"{name}: include without only: {tag[0]}"
        for tag in source.TAG.finditer(visible)
        if tag[1] == "include" and tag[2].split()[-1] != "only"
    ]
    mail = bool(MAIL_FOLDERS & set(Path(name).parts))
    if name.endswith((".html", ".svg")):
        for what, pattern in INLINE.items():
            if not (mail and what == "inline style"):
                found += [f"{name}: {what}: {m[0]}" for m in re.finditer(pattern, visible, re.I)]
    if name.startswith("components/") and not HEADER.match(text):
        found.append(f"{name}: no header comment naming its variables")
    return found


@pytest.mark.parametrize("name", names())
def test_keeps_the_rules(name: str) -> None:
    assert faults(name, (source.ROOT / "templates" / name).read_text()) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("shops/a.html", '{% include "components/b.html" with x=1 %}'),
        ("shops/a.html", "<script>alert(1)</script>"),
        ("shops/a.html", '<script type="module">x()</script>'),
        ("shops/a.html", '<p style="color: red">'),
        ("shops/a.html", "<style>p {}</style>"),
        ("shops/a.html", '<a href="/" onclick="x()">'),
        ("shops/a.html", '<a href="javascript:x()">'),
        ("shops/a.html", "{{ shop.name|safe }}"),
        ("components/a.html", "<p>{{ text }}</p>"),
        ("emails/placed/a.html", '<a href="/" onclick="x()">'),
    ],
)
def test_faults_are_found(name: str, text: str) -> None:
    assert len(faults(name, text)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("shops/a.html", '{% include "components/b.html" with x=1 only %}'),
        ("shops/a.html", '<script src="/static/a.js" type="module"></script>'),
        ("shops/a.html", '<script type="application/ld+json">{}</script>'),
        ("shops/a.html", '{# <p style="x"> #}<a data-on-click="x" href="/one=1">'),
        ("components/a.html", "{# text #}<p>{{ text }}</p>"),
        ("emails/placed/a.html", '<p style="color: #123">'),
    ],
)
def test_no_false_alarm(name: str, text: str) -> None:
    assert faults(name, text) == []


def test_unused_are_found(tmp_path: Path) -> None:
    for name in ("shops/a.html", "shops/b.html", "shops/c.html", "shops/kind_x.html", "d.html"):
        path = tmp_path / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "templates/shops/a.html").write_text('{% extends "shops/b.html" %}')
    (tmp_path / "shops").mkdir()
    (tmp_path / "shops/x.py").write_text('x = "shops/a.html"\ny = f"shops/kind_{x}.html"\n')
    (tmp_path / "shops/y.py").write_text('x = f"{folder}/never.html"\n')
    assert unused(tmp_path) == ["d.html", "shops/c.html"]


def test_a_missing_template_is_an_error() -> None:
    with pytest.raises(TemplateDoesNotExist):
        engines["django"].engine.get_template("shops/there-is-none.html")
