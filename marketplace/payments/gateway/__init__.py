"""The way to the payment provider."""

from functools import lru_cache

from django.conf import settings

from marketplace.payments.gateway.port import Gateway


def is_configured() -> bool:
    """Whether somebody may pay online here; loads nothing."""
    return bool(settings.STRIPE_SECRET_KEY)


def configured() -> Gateway | None:
    """The provider of this installation; None where nobody can pay online."""
    if not is_configured():
        return None
    return _stripe(
        settings.STRIPE_SECRET_KEY,
        settings.STRIPE_API_BASE,
        tuple(settings.STRIPE_WEBHOOK_SECRETS),
    )


@lru_cache(maxsize=4)
def _stripe(key: str, base: str, secrets: tuple[str, ...]) -> Gateway:
    from marketplace.payments.gateway.stripe_adapter import StripeGateway  # noqa: PLC0415 46 MB

    return StripeGateway(secret_key=key, api_base=base, webhook_secrets=secrets)
