"""A request as the endpoints see it: form fields as a tree, amounts as whole numbers."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from marketplace.workbench.provider.refusals import missing_parameter, not_whole, wrong_parameter

if TYPE_CHECKING:
    from marketplace.workbench.provider.store import Store

Tree = dict[str, Any]

_WHOLE = re.compile(r"-?[0-9]{1,12}")
#: Metadata: how many names, how long a name, how long a value.
METADATA = (50, 40, 500)
#: The account of the key's owner; connected accounts come by the `Stripe-Account` header.
PLATFORM = "acct_platform"


@dataclass
class Call:
    """One request on its way."""

    store: "Store"
    params: Tree
    account: str = PLATFORM
    args: dict[str, str] = field(default_factory=dict)
    key: str | None = None
    request_id: str | None = None
    base: str = ""

    def text(self, *path: str) -> str | None:
        """A text parameter; None when it is missing or empty."""
        found = look(self.params, *path)
        if isinstance(found, (dict, list)):
            raise wrong_parameter("Invalid string", spelt(path))
        return str(found) if found not in (None, "") else None

    def needed(self, *path: str) -> str:
        found = self.text(*path)
        if found is None:
            raise missing_parameter(spelt(path))
        return found

    def whole(self, *path: str) -> int | None:
        """A whole number. Amounts are cents and nothing else: "10.5" is refused."""
        found = self.text(*path)
        if found is None:
            return None
        if not _WHOLE.fullmatch(found):
            raise not_whole(spelt(path), found)
        return int(found)

    def flag(self, *path: str) -> bool:
        return self.text(*path) == "true"

    def items(self, *path: str) -> list[Any]:
        """A list, sent as `a[]=` or `a[0]=`."""
        found = look(self.params, *path) or []
        if isinstance(found, dict) and all(key.isdecimal() for key in found):
            return [found[key] for key in sorted(found, key=int)]
        if not isinstance(found, list):
            raise wrong_parameter("Invalid array", spelt(path))
        return list(found)

    def metadata(self, *path: str) -> dict[str, str]:
        """What the caller notes on an object, within Stripe's limits."""
        found = look(self.params, *path) or {}
        if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
            raise wrong_parameter("Invalid object", spelt(path))
        kept = {key: value for key, value in found.items() if value != ""}
        names, longest, value_longest = METADATA
        if len(kept) > names:
            raise wrong_parameter(f"Metadata can have up to {names} keys.", spelt(path))
        for key, value in kept.items():
            if len(key) > longest or len(value) > value_longest:
                raise wrong_parameter(
                    f"Metadata keys have up to {longest}, values up to {value_longest} characters.",
                    spelt((*path, key)),
                )
        return kept


def look(tree: Tree, *path: str) -> Any:
    here: Any = tree
    for name in path:
        if not isinstance(here, dict):
            return None
        here = here.get(name)
    return here


def spelt(path: tuple[str, ...]) -> str:
    """("a", "b") as Stripe writes it: a[b]."""
    return path[0] + "".join(f"[{name}]" for name in path[1:])


def decode(text: str) -> Tree:
    """`a[b][]=1` as {"a": {"b": ["1"]}}; numbered lists stay trees until their meaning is known.

    A name that is both text and a tree keeps what came first, as nothing sensible sends it.
    """
    tree: Tree = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _put(tree, [part.rstrip("]") for part in name.split("[")], value)
    return tree


def _put(here: Tree, parts: list[str], value: str) -> None:
    name, *rest = parts
    if not rest:
        here.setdefault(name, value)
    elif rest == [""]:
        found = here.setdefault(name, [])
        if isinstance(found, list):
            found.append(value)
    else:
        below = here.setdefault(name, {})
        if isinstance(below, dict):
            _put(below, rest, value)
