"""The secret link of a checkout: derived, never stored, revoked by a new `link_nonce`."""

from marketplace.core import links
from marketplace.reservations.models import Checkout

PURPOSE = "checkout"


def token(checkout: Checkout) -> str:
    """The part of the address that opens this checkout: `id.nonce.HMAC`."""
    return links.sign(PURPOSE, str(checkout.pk), checkout.link_nonce)


def address(checkout: Checkout) -> str:
    """Absolute link for mails, in the checkout's language."""
    prefix = "" if checkout.language == "de" else f"/{checkout.language}"
    return f"{checkout.city.base_url.rstrip('/')}{prefix}/abholung/{token(checkout)}/"


def read(text: str) -> tuple[int, str] | None:
    """Checkout id and nonce from a token, or None when it is not ours."""
    parts = links.read(PURPOSE, text)
    if parts is None or len(parts) != 2 or not parts[0].isdecimal():
        return None
    return int(parts[0]), parts[1]
