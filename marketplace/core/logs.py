"""One JSON object per line on stderr, with the request's id and without personal data."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

_EMAIL = re.compile(r"[^\s@<>()\"',;:=/?&]+(?:@|%40)[^\s@<>()\"',;:=/?&]+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST = 500
HIDDEN = "…"
#: Names of URL parameters that are secrets, wherever they stand.
SECRETS = frozenset({"token", "key", "uidb36", "code", "nonce"})
_ROOT = Path(__file__).resolve().parent.parent.parent


def configuration(level: str) -> dict[str, Any]:
    """For `settings.LOGGING`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "marketplace.core.logs.formatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # 4xx are in the access line already; Django would add the bare path.
            "django.request": {"level": "ERROR"},
            "django.security": {"level": "ERROR"},
            # Two lines for each call; what came of a call is in ours.
            "stripe": {"level": "WARNING"},
        },
    }


def masked_path(path: str, secrets: MutableMapping[str, Any] | None = None) -> str:
    """A path fit for a log: no query, no token, no address.

    `secrets` are the parameters the resolver found; without them (nothing matched) what follows a
    name in settings.MASKED_AFTER is hidden all the same.
    """
    values = {str(value) for name, value in (secrets or {}).items() if name in SECRETS}
    shown: list[str] = []
    for segment in path.partition("?")[0].split("/"):
        secret = (
            any(value and value in segment for value in values)
            or bool(_EMAIL.search(segment))
            or (bool(segment) and shown[-1:] != [] and shown[-1] in settings.MASKED_AFTER)
        )
        shown.append(HIDDEN if secret else segment)
    return _CONTROL.sub(" ", "/".join(shown))[:_LONGEST]


def scrub(value: Any) -> Any:
    """Addresses out, line breaks out, bounded length; into lists and dictionaries."""
    if isinstance(value, str):
        return _CONTROL.sub(" ", _EMAIL.sub(HIDDEN, value))[:_LONGEST]
    if isinstance(value, dict):
        return {scrub(key): scrub(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set):
        return [scrub(entry) for entry in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return scrub(str(value))


def _scrub_event(logger: Any, method: str, event: MutableMapping[str, Any]) -> Any:
    for name in list(event):
        if not name.startswith("_"):
            event[name] = scrub(event[name])
    return event


def _explain(logger: Any, method: str, event: MutableMapping[str, Any]) -> Any:
    """Exceptions as type and places. Not their text: databases quote the row that offended."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0] is not None:
        event["exception"] = f"{info[0].__module__}.{info[0].__qualname__}"
        frames = traceback.extract_tb(info[2])[-12:]
        event["places"] = [f"{_short(f.filename)}:{f.lineno} {f.name}" for f in frames]
    return event


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_ROOT) and "site-packages" not in path.parts:
        return str(path.relative_to(_ROOT))
    return "/".join(path.parts[-3:])


def _django(logger: Any, method: str, event: MutableMapping[str, Any]) -> Any:
    """Django's own lines name the bare path of the request: replace it by the masked one."""
    record = event.get("_record")
    request = getattr(record, "request", None)
    if request is not None:
        event["event"] = "request_failed"
        event["status"] = getattr(record, "status_code", None)
        match = getattr(request, "resolver_match", None)
        event["path"] = masked_path(request.path, match.kwargs if match else None)
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
]


def formatter() -> logging.Formatter:
    """The formatter of every handler; also makes `structlog.get_logger()` go through logging."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            _django,
            _explain,
            _scrub_event,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
