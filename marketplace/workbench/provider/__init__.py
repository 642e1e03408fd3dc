"""A stand-in for Stripe: what the demo and the tests talk to instead of the real one.

A stateful server on the loopback address that speaks the part of Stripe's API which a direct charge
needs: connected accounts and their onboarding, hosted Checkout Sessions, PaymentIntents with manual
capture, refunds, disputes, events and signed webhooks. It keeps books of its own, has a clock that
can be moved, and switches for what goes wrong in the world. No real money, no real cards, ever.

    with StandIn(webhook=(url, secret)) as provider:
        StripeClient("sk_test_x", base_addresses={"api": provider.url})
"""

from marketplace.workbench.provider import accounts
from marketplace.workbench.provider.standin import StandIn
from marketplace.workbench.provider.store import Store

__all__ = ["StandIn", "fill_in"]


def fill_in(store: Store, account: str, *, name: str, outcome: str) -> None:
    """A shop has been through the onboarding, in a stand-in that need not run."""
    with store.transaction():
        found = accounts.find(store, account)
        found["business_profile"]["name"] = name
        store.save(found)
        accounts.onboard(store, account, outcome)
