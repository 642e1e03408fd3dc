"""The secret link of a checkout: derived, never stored, revoked by a new `link_nonce`."""

from marketplace.core import links
from marketplace.reservations.models import Checkout, WithdrawalDeclaration
from shops.models import City

PURPOSE, DECLARED = "checkout", "withdrawal"


def token(checkout: Checkout) -> str:
    """The part of the address that opens this checkout: `id.nonce.HMAC`."""
    return links.sign(PURPOSE, str(checkout.pk), checkout.link_nonce)


def address(checkout: Checkout) -> str:
    """Absolute link for mails, in the checkout's language."""
    return f"{_spoken(checkout.city, checkout.language)}/abholung/{token(checkout)}/"


def withdrawal_address(checkout: Checkout) -> str:
    """Absolute link to the form with which one withdraws, its lines filled in (law A9)."""
    return f"{_spoken(checkout.city, checkout.language)}/widerruf/{token(checkout)}/"


def receipt_token(declaration: WithdrawalDeclaration) -> str:
    """The part of the address that shows the receipt of a declaration."""
    return links.sign(DECLARED, str(declaration.pk), declaration.nonce.hex)


def receipt_address(declaration: WithdrawalDeclaration, city: City) -> str:
    """Absolute link to the receipt, for its mail."""
    base = _spoken(city, declaration.language)
    return f"{base}/widerruf/eingang/{receipt_token(declaration)}/"


def read_receipt(text: str) -> tuple[int, str] | None:
    """Declaration id and nonce from a token, or None when it is not ours."""
    return _two(links.read(DECLARED, text))


def _spoken(city: City, language: str) -> str:
    return city.base_url.rstrip("/") + ("" if language == "de" else f"/{language}")


def read(text: str) -> tuple[int, str] | None:
    """Checkout id and nonce from a token, or None when it is not ours."""
    return _two(links.read(PURPOSE, text))


def _two(parts: tuple[str, ...] | None) -> tuple[int, str] | None:
    if parts is None or len(parts) != 2 or not parts[0].isdecimal():
        return None
    return int(parts[0]), parts[1]
