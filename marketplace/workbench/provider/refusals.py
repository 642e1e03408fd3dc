"""Answers that say no, worded and numbered so that Stripe's SDK raises its right class."""

from typing import Any


class Refusal(Exception):
    """An error answer. `kept`: stored under the idempotency key, as what really ran is."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        kept: bool = True,
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kept = kept
        error = {"type": kind, "message": message, "code": code, "param": param, **(more or {})}
        self.body = {"error": {key: value for key, value in error.items() if value is not None}}


class ResetConnection(Exception):
    """No answer at all: the connection breaks off."""


def wrong_parameter(message: str, param: str, code: str | None = None) -> Refusal:
    """Parameters that do not pass are not remembered under an idempotency key."""
    return Refusal(message, code=code, param=param, kept=False)


def unknown_parameter(param: str) -> Refusal:
    return wrong_parameter(f"Received unknown parameter: {param}", param, "parameter_unknown")


def missing_parameter(param: str) -> Refusal:
    return wrong_parameter(f"Missing required param: {param}.", param, "parameter_missing")


def not_whole(param: str, value: object) -> Refusal:
    return wrong_parameter(f"Invalid integer: {value}", param, "parameter_invalid_integer")


def no_such(what: str, key: str, param: str = "id") -> Refusal:
    return Refusal(f"No such {what}: '{key}'", status=404, code="resource_missing", param=param)


def no_key() -> Refusal:
    return Refusal("You did not provide an API key.", status=401, kept=False)


def wrong_key(key: str) -> Refusal:
    return Refusal(
        f"Invalid API Key provided: {key[:8]}{'*' * 8}{key[-4:]}", status=401, kept=False
    )


def no_account(account: str) -> Refusal:
    return Refusal(
        f"The provided key does not have access to account '{account}' (or that account does not "
        "exist). Application access may have been revoked.",
        status=403,
        code="account_invalid",
        kept=False,
    )


def no_route(method: str, path: str) -> Refusal:
    return Refusal(f"Unrecognized request URL ({method}: {path}).", status=404, kept=False)


def other_parameters(key: str) -> Refusal:
    return Refusal(
        "Keys for idempotent requests can only be used with the same endpoint and parameters they "
        f"were first used with. Try a key other than '{key}' for a different request.",
        kind="idempotency_error",
        kept=False,
    )


def key_in_use(key: str) -> Refusal:
    return Refusal(
        f"There is currently another in-progress request using this Idempotent Key: {key}.",
        status=409,
        code="idempotency_key_in_use",
        kept=False,
    )


def locked() -> Refusal:
    return Refusal(
        "This object cannot be accessed right now because another API request is accessing it.",
        status=409,
        code="lock_timeout",
        kept=False,
    )


def too_many() -> Refusal:
    return Refusal("Request rate limit exceeded.", status=429, code="rate_limit", kept=False)


def broken() -> Refusal:
    return Refusal("An unknown error occurred.", status=500, kind="api_error")


def wrong_state(what: str, obj: dict[str, Any], doing: str) -> Refusal:
    """The object is in a state in which this cannot be done to it."""
    return Refusal(
        f"This {what} could not be {doing} because it has a status of {obj['status']}.",
        code=f"{obj['object']}_unexpected_state",
        more={obj["object"]: public(obj)},
    )


def public(obj: dict[str, Any]) -> dict[str, Any]:
    """An object as answers show it: what starts with an underscore is our own note."""
    return {key: value for key, value in obj.items() if not key.startswith("_")}
