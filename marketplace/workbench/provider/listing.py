"""Lists with a cursor, and ids opened into objects where the caller asks for it."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from marketplace.workbench.provider.calls import Call
from marketplace.workbench.provider.refusals import Refusal, no_such, public, wrong_parameter
from marketplace.workbench.provider.store import Store, Thing

MOST = 100
#: Prefix of an id -> kind of object, for `expand`.
KINDS = {
    "pi": "payment_intent",
    "ch": "charge",
    "re": "refund",
    "cs": "checkout.session",
    "dp": "dispute",
    "fee": "application_fee",
    "acct": "account",
}
_RANGE: dict[str, Callable[[int, int], bool]] = {
    "gte": lambda at, bound: at >= bound,
    "gt": lambda at, bound: at > bound,
    "lte": lambda at, bound: at <= bound,
    "lt": lambda at, bound: at < bound,
}


def page(
    call: Call, kind: str, url: str, fits: Callable[[Thing], bool] = lambda thing: True
) -> Thing:
    """The account's objects of a kind, the youngest first, from a cursor on."""
    limit = call.whole("limit")
    if limit is not None and not 1 <= limit <= MOST:
        raise wrong_parameter("Limit must be between 1 and 100.", "limit")
    after, before = call.text("starting_after"), call.text("ending_before")
    for cursor, name in ((after, "starting_after"), (before, "ending_before")):
        if cursor and call.store.get(kind, cursor, call.account) is None:
            raise no_such(kind, cursor, name)
    in_time = _in_time(call)
    size = limit or 10
    walk = call.store.walk(kind, call.account, older=after, younger=before)
    # one more than asked for: whether there are more
    part = list(islice((thing for thing in walk if in_time(thing) and fits(thing)), size + 1))
    data = part[:size]
    if before:
        data.reverse()
    return {"object": "list", "data": data, "has_more": len(part) > size, "url": url}


def _in_time(call: Call) -> Callable[[Thing], bool]:
    bounds = call.params.get("created")
    if not bounds:
        return lambda thing: True
    if not isinstance(bounds, dict):
        exact = call.whole("created")
        return lambda thing: bool(thing["created"] == exact)
    wanted = {how: call.whole("created", how) or 0 for how in bounds if how in _RANGE}
    return lambda thing: all(_RANGE[how](thing["created"], at) for how, at in wanted.items())


def shown(store: Store, answer: Thing, expand: list[Any]) -> Thing:
    """An answer without our own notes, with the asked-for ids opened."""
    if answer.get("object") == "list":
        result = answer | {"data": [public(thing) for thing in answer["data"]]}
    else:
        result = public(answer)
    for path in expand:
        _open(store, result, str(path).split("."), str(path))
    return result


def _open(store: Store, here: Any, path: list[str], whole: str) -> None:
    if isinstance(here, list):
        for each in here:
            _open(store, each, path, whole)
        return
    if not isinstance(here, dict) or (path[0] not in here and path[0] != "refunds"):
        raise wrong_parameter(f"This property cannot be expanded ({whole}).", "expand")
    name, rest = path[0], path[1:]
    if name == "refunds" and here.get("object") == "charge":
        here[name] = _refunds(store, here)
    found = here.get(name)
    if isinstance(found, str):
        kind = KINDS.get(found.rpartition("_")[0].split("_")[0])
        opened = store.get(kind, found) if kind else None
        if opened is None:
            raise wrong_parameter(f"This property cannot be expanded ({whole}).", "expand")
        here[name] = found = public(opened)
    if rest and found is not None:
        _open(
            store,
            found["data"] if name == "refunds" and rest[0] == "data" else found,
            rest[1:] if name == "refunds" and rest[0] == "data" else rest,
            whole,
        )


def _refunds(store: Store, charge: Thing) -> Thing:
    account = store.account_of(charge["id"])
    data = [public(r) for r in store.all("refund", account) if r["charge"] == charge["id"]]
    return {
        "object": "list",
        "data": data[::-1],
        "has_more": False,
        "url": f"/v1/charges/{charge['id']}/refunds",
    }


def event(call: Call) -> Thing:
    """One event of this account."""
    found = call.store.get("event", call.args["id"], call.account)
    if found is None:
        raise no_such("event", call.args["id"])
    return found


def events(call: Call) -> Thing:
    """Events, the youngest first, of one type, of several, or of a family (`charge.*`)."""
    wanted = [str(each) for each in call.items("types")]
    single = call.text("type")
    if single and wanted:
        raise Refusal("You may only specify one of these parameters: type, types.", kept=False)
    wanted += [single] if single else []

    def fits(thing: Thing) -> bool:
        kind = str(thing["type"])
        return not wanted or any(
            kind == name or (name.endswith(".*") and kind.startswith(name[:-1])) for name in wanted
        )

    return page(call, "event", "/v1/events", fits)


def by(*names: str) -> Callable[[Call], Callable[[Thing], bool]]:
    """A filter over the named fields, each where the caller gives it."""

    def fitting(call: Call) -> Callable[[Thing], bool]:
        wanted = {name: call.text(name) for name in names if call.text(name)}
        return lambda thing: all(thing.get(name) == value for name, value in wanted.items())

    return fitting
