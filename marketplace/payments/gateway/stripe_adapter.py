"""Stripe, by its own SDK: direct charges on the shop's account, hosted pages, manual capture.

With `stripe_shapes` the only module that imports `stripe` and knows whole cents. It is imported
lazily (`gateway.configured`): the SDK costs half a second and 46 MB. It never retries by itself,
because an operation that is repeated is repeated by us, under its key.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import stripe

from marketplace.payments.enums import PaymentState
from marketplace.payments.gateway.port import (
    ZERO,
    AccountSnapshot,
    Answer,
    Answered,
    Checkout,
    EventFacts,
    ForgedError,
    PaymentSnapshot,
    RefundSnapshot,
    Spot,
    Unknown,
)
from marketplace.payments.gateway.stripe_shapes import (
    account_of,
    answered,
    dispute_of,
    event_of,
    from_cents,
    id_of,
    mode_of,
    moment,
    money_back,
    options_for,
    plain,
    refund_of,
    state_of,
    to_cents,
)

#: Pinned here, not in the dashboard: the shapes below are of this version.
API_VERSION = "2026-10-28.endive"
TIMEOUT = 10
#: Means that can hold money until the goods are ready; all others are taken at once.
HOLDING = ("card", "klarna", "paypal", "amazon_pay", "revolut_pay", "link")
#: Seconds a signature stays good: Stripe's own default.
TOLERANCE = 300

#: What carries a request: another one may be handed to `StripeGateway`.
Carrier = stripe.HTTPClient


class StripeGateway:
    """See `port.Gateway`. Holds no state of ours; threads may share it.

    `http_client`: another way to the provider than a connection.
    """

    def __init__(
        self,
        *,
        secret_key: str,
        api_base: str = "",
        webhook_secrets: tuple[str, ...] = (),
        http_client: Carrier | None = None,
    ) -> None:
        self.livemode = secret_key.startswith(("sk_live", "rk_live"))
        self._secrets = webhook_secrets
        self._client = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base} if api_base else {},
            max_network_retries=0,
            http_client=http_client or stripe.RequestsClient(timeout=TIMEOUT),
        )

    # --- a payment ------------------------------------------------------------------------------

    def open_checkout(self, ask: Checkout, *, key: str) -> Answer[PaymentSnapshot]:
        # LAW: metadata holds our id and nothing else (G7); the charge is the shop's own (C7).
        params: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": ask.reference,
            "metadata": {"reference": ask.reference},
            "locale": ask.language,
            "success_url": ask.success_url,
            "cancel_url": ask.cancel_url,
            "expires_at": int(ask.expires_at.timestamp()),
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": to_cents(ask.amount),
                        "product_data": {"name": ask.title},
                    },
                }
            ],
            "payment_intent_data": {
                "application_fee_amount": to_cents(ask.fee),
                "metadata": {"reference": ask.reference},
            },
            "payment_method_options": {name: {"capture_method": "manual"} for name in HOLDING},
        }

        def call() -> PaymentSnapshot:
            made = self._client.v1.checkout.sessions.create(
                params,  # type: ignore[arg-type]  # the SDK wants its own TypedDict
                options_for(ask.account, key),
            )
            return self._report(ask.account, plain(made), None)

        return answered(call)

    def fetch_payment(self, spot: Spot) -> Answer[PaymentSnapshot]:
        return answered(lambda: self._fetch(spot))

    def expire_checkout(self, spot: Spot, *, key: str) -> Answer[PaymentSnapshot]:
        def call() -> None:
            self._client.v1.checkout.sessions.expire(
                spot.session_ref, {}, options_for(spot.account, key)
            )

        return self._then_fetched(call, spot)

    def capture(
        self, spot: Spot, *, amount: Decimal, fee: Decimal, key: str
    ) -> Answer[PaymentSnapshot]:
        def call() -> None:
            self._client.v1.payment_intents.capture(
                spot.intent_ref,
                {"amount_to_capture": to_cents(amount), "application_fee_amount": to_cents(fee)},
                options_for(spot.account, key),
            )

        return self._then_fetched(call, spot)

    def cancel(self, spot: Spot, *, key: str) -> Answer[PaymentSnapshot]:
        def call() -> None:
            self._client.v1.payment_intents.cancel(
                spot.intent_ref, {}, options_for(spot.account, key)
            )

        return self._then_fetched(call, spot)

    def refund(
        self, spot: Spot, *, amount: Decimal, reference: str, key: str
    ) -> Answer[RefundSnapshot]:
        def call() -> RefundSnapshot:
            made = self._client.v1.refunds.create(
                {
                    "payment_intent": spot.intent_ref,
                    "amount": to_cents(amount),
                    "refund_application_fee": True,
                    "metadata": {"reference": reference},
                },
                options_for(spot.account, key),
            )
            return refund_of(plain(made))

        return answered(call)

    def _then_fetched(self, call: Callable[[], None], spot: Spot) -> Answer[PaymentSnapshot]:
        done = answered(call)
        if not isinstance(done, Answered):
            return done
        found = self.fetch_payment(spot)
        # It has happened: whatever hinders us from seeing it, nobody may hear that it has not.
        return found if isinstance(found, Answered) else Unknown("not_fetched")

    def _fetch(self, spot: Spot) -> PaymentSnapshot:
        options = options_for(spot.account)
        session = None
        intent_ref = spot.intent_ref
        if spot.session_ref:
            session = plain(
                self._client.v1.checkout.sessions.retrieve(spot.session_ref, {}, options)
            )
            intent_ref = id_of(session.get("payment_intent")) or intent_ref
        if not intent_ref:
            return self._report(spot.account, session, None)
        intent = plain(self._client.v1.payment_intents.retrieve(intent_ref, {}, options))
        charge, refunds, disputes = None, [], []
        if charge_ref := id_of(intent.get("latest_charge")):
            charge = plain(self._client.v1.charges.retrieve(charge_ref, {}, options))
            about = {"payment_intent": intent_ref, "limit": 100}
            if charge.get("captured"):
                listed = self._client.v1.refunds.list(about, options)  # type: ignore[arg-type]
                refunds = [plain(one) for one in listed.auto_paging_iter()]
            if charge.get("disputed"):
                found = self._client.v1.disputes.list(about, options)  # type: ignore[arg-type]
                disputes = [plain(one) for one in found.auto_paging_iter()]
        return self._report(spot.account, session, intent, charge, refunds, disputes)

    def _report(
        self,
        account: str,
        session: Mapping[str, Any] | None,
        intent: Mapping[str, Any] | None,
        charge: Mapping[str, Any] | None = None,
        refunds: list[dict[str, Any]] | None = None,
        disputes: list[dict[str, Any]] | None = None,
    ) -> PaymentSnapshot:
        session, charge = session or {}, charge or {}
        found = intent or session
        state = state_of(session, intent)
        means = charge.get("payment_method_details") or {}
        method = str(means.get("type") or "")
        held = intent is not None and intent["status"] in ("requires_capture", "succeeded")
        return PaymentSnapshot(
            account=account,
            livemode=bool(found["livemode"]),
            state=state,
            session_ref=str(session.get("id") or ""),
            intent_ref=str(intent["id"]) if intent else id_of(session.get("payment_intent")),
            page_url=str(session.get("url") or ""),
            currency=str(found["currency"]),
            authorised=from_cents(intent["amount"]) if intent and held else ZERO,
            captured=from_cents(intent["amount_received"])
            if intent and state == PaymentState.CAPTURED
            else ZERO,
            method=method,
            capture_mode=mode_of(intent, method) if intent and held else None,
            capture_before=moment((means.get(method) or {}).get("capture_before")),
            refunds=tuple(refund_of(one) for one in money_back(charge, refunds or [])),
            disputes=tuple(dispute_of(one) for one in disputes or []),
        )

    # --- an account -----------------------------------------------------------------------------

    def create_account(self, *, reference: str, key: str) -> Answer[AccountSnapshot]:
        def call() -> AccountSnapshot:
            made = self._client.v1.accounts.create(
                {
                    "country": "DE",
                    "metadata": {"reference": reference},
                    # The shop is Stripe's own customer: it bears its fees, losses and reports.
                    "controller": {
                        "fees": {"payer": "account"},
                        "losses": {"payments": "stripe"},
                        "requirement_collection": "stripe",
                        "stripe_dashboard": {"type": "full"},
                    },
                    "capabilities": {
                        "card_payments": {"requested": True},
                        "transfers": {"requested": True},
                    },
                },
                {"idempotency_key": key},
            )
            return account_of(plain(made), self.livemode)

        return answered(call)

    def fetch_account(self, account: str) -> Answer[AccountSnapshot]:
        return answered(
            lambda: account_of(plain(self._client.v1.accounts.retrieve(account)), self.livemode)
        )

    def account_link(self, account: str, *, return_url: str, refresh_url: str) -> Answer[str]:
        def call() -> str:
            made = self._client.v1.account_links.create(
                {
                    "account": account,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                }
            )
            return str(made.url)

        return answered(call)

    # --- events ---------------------------------------------------------------------------------

    def list_events(
        self, account: str, *, since: datetime, after: str = "", limit: int = 100
    ) -> Answer[tuple[EventFacts, ...]]:
        params: dict[str, Any] = {"limit": limit, "created": {"gte": int(since.timestamp())}}
        if after:
            params["starting_after"] = after

        def call() -> tuple[EventFacts, ...]:
            listed = self._client.v1.events.list(
                params,  # type: ignore[arg-type]
                options_for(account),
            )
            # Asked on the account's behalf, the answer names it nowhere.
            return tuple(event_of(plain(one) | {"account": account}) for one in listed.data)

        return answered(call)

    def read_event(self, body: bytes, signature: str) -> EventFacts:
        for secret in self._secrets:
            try:
                # SECURITY: over the bytes as they came; parsing first would check another text.
                stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE)
            except (stripe.SignatureVerificationError, ValueError, TypeError):
                continue
            try:
                return event_of(json.loads(body, parse_float=Decimal))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ForgedError("not an event") from error
        raise ForgedError("no secret of ours")
