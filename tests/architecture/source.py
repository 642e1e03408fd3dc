"""Reading the house: layers from pyproject.toml, references from Python and templates.

Every checker takes a root, so that its own test can hand it a small house with a planted fault.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

#: Template folders that are not named like a package. Files beside them are the frame of all pages.
AREAS = {
    "": "marketplace.core",
    "account": "marketplace.core",
    "allauth": "marketplace.core",
    "components": "marketplace.core",
    "errors": "marketplace.core",
    "emails": "marketplace.reservations",
    "wagtailadmin": "cms",
    "wagtailcore": "cms",
    "wagtail_localize": "cms",
}
TAG = re.compile(r"{%\s*(load|include|extends)\s+(.*?)\s*%}", re.DOTALL)
MODEL = re.compile(r"^([a-z_]+)\.[A-Za-z]\w*$")
TEMPLATE_NAME = re.compile(r"^[\w./-]+\.(?:html|txt|svg|ics|xml)$")
LOADERS = {"include", "import_module", "import_string"}


@dataclass(frozen=True)
class Reference:
    """One package names another, somewhere."""

    path: Path
    line: int
    source: str
    target: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.source} names {self.target} ({self.what})"


@dataclass(frozen=True)
class House:
    """The lines of the house, top first; `optional` packages may not exist yet."""

    lines: tuple[tuple[str, ...], ...]
    optional: frozenset[str]

    @property
    def packages(self) -> tuple[str, ...]:
        return tuple(name for line in self.lines for name in line)

    def package_of(self, dotted: str) -> str | None:
        """The package a module belongs to, or None for what is not ours."""
        for package in self.packages:
            if dotted == package or dotted.startswith(f"{package}."):
                return package
        return None

    def line_of(self, package: str) -> int:
        return next(i for i, line in enumerate(self.lines) if package in line)

    def allows(self, source: str, target: str) -> bool:
        """May `source` name `target`? Itself and everything below.

        The top line wires by string: INSTALLED_APPS, ROOT_URLCONF and `include` name neighbours.
        """
        above, below = self.line_of(source), self.line_of(target)
        return source == target or above < below or (above == below == 0)

    def labels(self) -> dict[str, str]:
        """App label to package."""
        return {package.rpartition(".")[2]: package for package in self.packages}


def house(root: Path = ROOT) -> House:
    """The layers contract of pyproject.toml."""
    tool = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = [c for c in tool["contracts"] if c["type"] == "layers"]
    lines, optional = [], set()
    for text in contract["layers"]:
        names = []
        for part in text.split("|"):
            name = part.strip()
            if name.startswith("("):
                name = name.strip("()")
                optional.add(name)
            names.append(name)
        lines.append(tuple(names))
    return House(tuple(lines), frozenset(optional))


def python_files(root: Path = ROOT) -> Iterator[tuple[str, Path]]:
    """Dotted name and path of every module of the product."""
    for top in ("marketplace", "shops", "cms"):
        for path in sorted((root / top).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def templates(root: Path = ROOT) -> Iterator[tuple[str, Path]]:
    """Name and path of every template."""
    for path in sorted((root / "templates").rglob("*")):
        if path.is_file():
            yield path.relative_to(root / "templates").as_posix(), path


def area(name: str, plan: House) -> str | None:
    """The package a template belongs to, by its folder; None for a folder nobody knows."""
    folder = name.rpartition("/")[0].partition("/")[0]
    return AREAS.get(folder) or plan.labels().get(folder)


def tag_libraries(root: Path = ROOT) -> dict[str, str]:
    """Template tag library of ours to its module."""
    return {
        module.rpartition(".")[2]: module
        for module, path in python_files(root)
        if path.parent.name == "templatetags" and path.name != "__init__.py"
    }


# --- references -----------------------------------------------------------------------------------


def _strings(call: ast.Call) -> Iterator[ast.Constant]:
    for node in [*call.args, *(keyword.value for keyword in call.keywords)]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _python_targets(tree: ast.AST, plan: House) -> Iterator[tuple[int, str, str]]:
    """Line, package and kind of everything a module names by string."""
    labels = plan.labels()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if TEMPLATE_NAME.match(node.value) and "/" in node.value:
                package = area(node.value, plan)
                if package:
                    yield node.lineno, package, f"template {node.value}"
        elif isinstance(node, ast.Call):
            name = _called(node)
            for string in _strings(node):
                if name in LOADERS:
                    package = plan.package_of(string.value)
                    if package:
                        yield node.lineno, package, f'{name}("{string.value}")'
                elif name == "get_model" and string.value.partition(".")[0] in labels:
                    package = labels[string.value.partition(".")[0]]
                    yield node.lineno, package, f'get_model("{string.value}")'
                elif name.endswith(("Field", "Key", "swappable_dependency")):
                    match = MODEL.match(string.value)
                    if match and match[1] in labels:
                        yield node.lineno, labels[match[1]], f'{name}("{string.value}")'
        elif isinstance(node, ast.Assign) and _is_dependencies(node):
            for pair in ast.walk(node.value):
                if isinstance(pair, ast.Tuple) and isinstance(pair.elts[0], ast.Constant):
                    label = pair.elts[0].value
                    if label in labels:
                        yield pair.lineno, labels[label], f"migration depends on {label}"


def _is_dependencies(node: ast.Assign) -> bool:
    names = {target.id for target in node.targets if isinstance(target, ast.Name)}
    return bool(names & {"dependencies", "run_before"})


def python_references(root: Path = ROOT) -> Iterator[Reference]:
    """String foreign keys, get_model, include(...), template names, migration dependencies."""
    plan = house(root)
    for module, path in python_files(root):
        source = plan.package_of(module)
        if source is None:
            continue
        for line, target, what in _python_targets(ast.parse(path.read_text()), plan):
            yield Reference(path.relative_to(root), line, source, target, what)


def template_references(root: Path = ROOT) -> Iterator[Reference]:
    """`{% load %}`, `{% include %}` and `{% extends %}`."""
    plan, libraries = house(root), tag_libraries(root)
    for name, path in templates(root):
        source = area(name, plan)
        if source is None:
            continue
        text = path.read_text()
        for tag in TAG.finditer(text):
            line = text.count("\n", 0, tag.start()) + 1
            kind, words = tag[1], tag[2]
            if kind == "load":
                names = words.rpartition(" from ")[2].split()
                targets = [plan.package_of(libraries[n]) for n in names if n in libraries]
            else:
                quoted = re.match(r"""["']([^"']+)["']""", words)
                targets = [area(quoted[1], plan)] if quoted else []
            for target in targets:
                if target:
                    yield Reference(path.relative_to(root), line, source, target, f"{kind} {words}")


def wrong_way(root: Path = ROOT) -> list[str]:
    """Every reference that points up or sideways."""
    plan = house(root)
    found = [*python_references(root), *template_references(root)]
    return [str(r) for r in found if not plan.allows(r.source, r.target)]


def homeless(root: Path = ROOT) -> list[str]:
    """Modules and template folders that no line of the house names."""
    plan = house(root)
    roots = {"marketplace"}
    modules = [m for m, _ in python_files(root) if m not in roots and plan.package_of(m) is None]
    folders = [name for name, _ in templates(root) if area(name, plan) is None]
    return modules + [f"templates/{name}" for name in folders]


# --- shelves --------------------------------------------------------------------------------------

#: What a shelf may not import from outside: import-linter does not look into Django.
SHELF_BANS = {
    "domain": (
        "django.contrib.messages",
        "django.forms",
        "django.http",
        "django.shortcuts",
        "django.template.response",
        "django.views",
    ),
    "models": ("django.contrib.messages", "django.http", "django.shortcuts", "django.views"),
    "access": ("django.contrib.messages", "django.forms", "django.views"),
    "forms": ("django.contrib.messages", "django.core.mail", "django.shortcuts", "django.views"),
    "": ("django.db.models.signals", "django.dispatch", "django.views.generic"),
}
CLOCKS = {"now", "today", "utcnow", "time"}
CONVERTERS = {"localdate", "localtime"}  # of the moment they are given; of this one when given none
CLOCK_OWNERS = {"datetime", "date", "timezone", "time", "dt"}


def shelf_of(module: str, plan: House) -> str:
    """`domain`, `models` ... or "" for a module that stands on no shelf."""
    package = plan.package_of(module)
    return module.removeprefix(package or "").strip(".").partition(".")[0] if package else ""


def misplaced(root: Path = ROOT) -> list[str]:
    """Imports and calls a shelf may not have: HTTP in the domain, signals, the system clock."""
    plan, found = house(root), []
    for module, path in python_files(root):
        shelf = shelf_of(module, plan)
        bans = SHELF_BANS[""] + SHELF_BANS.get(shelf, ())
        for node in ast.walk(ast.parse(path.read_text())):
            where = f"{path.relative_to(root)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                names = []
            found += [
                f"{where} imports {name}"
                for name in names
                for ban in bans
                if f"{name}.".startswith(f"{ban}.")
            ]
            if shelf == "domain" and isinstance(node, ast.Call) and _asks_the_clock(node):
                found.append(f"{where} asks the system clock: take `now`")
    return found


def _asks_the_clock(call: ast.Call) -> bool:
    owner = getattr(call.func, "value", None)
    name = getattr(owner, "id", "") or getattr(owner, "attr", "")
    verb = _called(call)
    return name in CLOCK_OWNERS and (verb in CLOCKS or (verb in CONVERTERS and not call.args))
