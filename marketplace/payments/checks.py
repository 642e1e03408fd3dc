"""What must hold before real money is taken."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

#: The key that the demo pays with.
STANDIN = "sk_test_standin"


@register(Tags.security, deploy=True)
def the_provider_is_a_real_one(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Outside a demo nobody pays at a stand-in, and every delivery can be proven."""
    if settings.DEMO or not settings.STRIPE_SECRET_KEY:
        return []
    found: list[CheckMessage] = []
    if settings.STRIPE_SECRET_KEY == STANDIN:
        found.append(
            Error(
                "STRIPE_SECRET_KEY is the demo's.",
                hint="Take the key of your own account at Stripe.",
                id="payments.E001",
            )
        )
    if settings.STRIPE_API_BASE and _is_here(settings.STRIPE_API_BASE):
        found.append(
            Error(
                "STRIPE_API_BASE leads to this machine: payments would be made at a stand-in.",
                hint="Remove it.",
                id="payments.E002",
            )
        )
    if not settings.STRIPE_WEBHOOK_SECRETS:
        found.append(
            Warning(
                "STRIPE_WEBHOOK_SECRETS is empty: every delivery of Stripe's will be refused.",
                hint="It is shown beside the webhook's address at Stripe.",
                id="payments.W003",
            )
        )
    return found


def _is_here(url: str) -> bool:
    host = (urlsplit(url).hostname or "").removesuffix(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
