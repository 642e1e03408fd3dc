"""Who deals with the stand-in: a shop with the real SDK, and a receiver of webhooks."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import stripe

from marketplace.workbench.provider import StandIn

SUCCESS = "http://127.0.0.1:9/danke?s={CHECKOUT_SESSION_ID}"
BACK = "http://127.0.0.1:9/zurueck"


def client(
    provider: StandIn, key: str = "sk_test_stadtregal", retries: int = 0, timeout: float = 20
):
    """The SDK as a product would use it, pointed here."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": provider.url},
        http_client=stripe.RequestsClient(timeout=timeout),
        max_network_retries=retries,
    )


class Shop:
    """A connected account and what is done on it."""

    def __init__(self, provider: StandIn) -> None:
        self.provider = provider
        self.client = client(provider)
        self.account: str = self.client.v1.accounts.create(
            {
                "country": "DE",
                "email": "laden@example.org",
                "business_profile": {"name": "Haushaltswaren Lindhorst"},
                "capabilities": {"card_payments": {"requested": True}},
                "controller": {
                    "fees": {"payer": "account"},
                    "losses": {"payments": "stripe"},
                    "stripe_dashboard": {"type": "full"},
                },
            }
        ).id

    def on(self, key: str | None = None) -> dict[str, Any]:
        """Options of a call on this shop's account."""
        options: dict[str, Any] = {"stripe_account": self.account}
        return options | ({"idempotency_key": key} if key else {})

    def params(self, cents: int = 2500, **more: Any) -> dict[str, Any]:
        return {
            "mode": "payment",
            "ui_mode": "hosted_page",
            "locale": "de",
            "client_reference_id": "subject-1",
            "success_url": SUCCESS,
            "cancel_url": BACK,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": cents,
                        "product_data": {"name": "Topf"},
                    },
                }
            ],
            "payment_method_options": {"card": {"capture_method": "manual"}},
            "payment_intent_data": {"application_fee_amount": 100, "metadata": {"payment": "7"}},
        } | more

    def session(self, cents: int = 2500, key: str | None = None, **more: Any):
        return self.client.v1.checkout.sessions.create(self.params(cents, **more), self.on(key))

    def look(self, session: str, *expand: str):
        options = {"expand": list(expand)} if expand else None
        return self.client.v1.checkout.sessions.retrieve(session, options, self.on())

    def authorised(self, cents: int = 2500, **more: Any) -> str:
        """The intent of a payment whose money is held."""
        session = self.session(cents, **more)
        return self.provider.pay(session.id)["payment_intent"]

    def captured(self, cents: int = 2500, part: int | None = None) -> str:
        intent = self.authorised(cents)
        self.capture(intent, part)
        return intent

    def capture(self, intent: str, part: int | None = None, key: str | None = None):
        params = {"amount_to_capture": part} if part else {}
        return self.client.v1.payment_intents.capture(intent, params, self.on(key))

    def refund(self, intent: str, cents: int | None = None, key: str | None = None, **more: Any):
        params = {"payment_intent": intent} | ({"amount": cents} if cents else {}) | more
        return self.client.v1.refunds.create(params, self.on(key))

    def intent(self, key: str):
        return self.client.v1.payment_intents.retrieve(key, None, self.on())

    def entry(self):
        """The one line of the books about this shop."""
        (found,) = self.provider.entries(self.account)
        return found

    def told(self) -> list[str]:
        """Types of this shop's events, the oldest first."""
        return [event["type"] for event in self.provider.events(self.account)]


class Receiver:
    """An endpoint that checks signatures with the SDK and answers as it was told to."""

    secret = "whsec_ours"

    def __init__(self) -> None:
        #: (event or None for a bad signature, raw bytes, header), in order of arrival.
        self.got: list[tuple[Any, bytes, str]] = []
        #: Statuses of the next answers; 200 afterwards.
        self.says: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = outer.take(body, self.headers["Stripe-Signature"])
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/stripe/webhook/"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def take(self, body: bytes, header: str) -> int:
        try:
            event = stripe.Webhook.construct_event(body, header, self.secret)
        except stripe.SignatureVerificationError:
            self.got.append((None, body, header))
            return 400
        status = self.says.pop(0) if self.says else 200
        if status == 200:
            self.got.append((event, body, header))
        return status

    @property
    def types(self) -> list[str]:
        return [event.type for event, _, _ in self.got if event]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
