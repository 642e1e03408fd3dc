"""Secret links: derived, never stored.

A token is its parts and a keyed sum over them, `12.kX3….Qm9…`. Nothing secret lies in the
database: who copies it cannot make a link without LINK_KEY, and changing one of the parts in its
row (a nonce) revokes the link.
"""

import base64
import hashlib
import hmac
import re

from django.conf import settings

#: 128 bits are out of reach for guessing and keep the link short enough for a printed mail.
_BYTES = 16
_PART = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST = 200


def sign(purpose: str, *parts: object) -> str:
    """A token for these parts, good for this purpose only. ValueError for odd letters in a part."""
    words = [str(part) for part in parts]
    if not words or not all(_PART.fullmatch(word) for word in words):
        raise ValueError("The parts of a link are letters, digits, - and _ only.")
    body = ".".join(words)
    return f"{body}.{_sum(purpose, body)}"


def read(purpose: str, token: str) -> tuple[str, ...] | None:
    """The parts, or None if the token was not made here for this purpose. Never raises."""
    if len(token) > _LONGEST or not token.isascii():
        return None
    body, _, given = token.rpartition(".")
    # SECURITY: compared in constant time, and before anything in the token is used.
    if not body or not hmac.compare_digest(given, _sum(purpose, body)):
        return None
    return tuple(body.split("."))


def _sum(purpose: str, body: str) -> str:
    message = f"{purpose}\0{body}".encode()
    digest = hmac.new(settings.LINK_KEY.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_BYTES]).rstrip(b"=").decode()
