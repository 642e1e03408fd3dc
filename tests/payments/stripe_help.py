"""A server on the loopback address that answers in recorded shapes and keeps what it heard."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SESSION = {
    "id": "cs_test_1",
    "object": "checkout.session",
    "livemode": False,
    "status": "open",
    "currency": "eur",
    "url": "https://checkout.stripe.com/c/pay/cs_test_1",
    "payment_intent": None,
}
INTENT = {
    "id": "pi_1",
    "object": "payment_intent",
    "livemode": False,
    "status": "requires_capture",
    "currency": "eur",
    "amount": 3030,
    "amount_received": 0,
    "capture_method": "automatic_async",
    "payment_method_options": {"card": {"capture_method": "manual"}},
    "latest_charge": "ch_1",
}
CHARGE = {
    "id": "ch_1",
    "object": "charge",
    "amount": 3030,
    "amount_captured": 0,
    "amount_refunded": 0,
    "captured": False,
    "disputed": False,
    "payment_method_details": {"type": "card", "card": {"capture_before": 1796900000}},
}


def refund(number: int, amount: int, reference: str = "", status: str = "succeeded") -> dict:
    return {
        "id": f"re_{number}",
        "object": "refund",
        "amount": amount,
        "created": 1796300000 + number,
        "status": status,
        "metadata": {"reference": reference} if reference else {},
    }


def listed(*rows: dict) -> dict:
    return {"object": "list", "data": list(rows), "has_more": False, "url": "/v1/x"}


@dataclass
class Heard:
    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class Server:
    """`answers` maps "GET /v1/x" to (status, body, headers); a missing one is 404."""

    url: str
    answers: dict[str, tuple[int, Any, dict[str, str]]] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)

    def says(self, what: str, body: Any, status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[what] = (status, body, named)

    def payment(
        self, session: dict, intent: dict | None = None, charge: dict | None = None
    ) -> None:
        """What is found when this payment is fetched."""
        self.says("GET /v1/checkout/sessions/cs_test_1", SESSION | session)
        if intent is not None:
            self.says("GET /v1/payment_intents/pi_1", INTENT | intent)
            self.says("GET /v1/charges/ch_1", CHARGE | (charge or {}))


@contextmanager
def serving() -> Iterator[Server]:
    """Until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            form = dict(parse_qsl(body or url.query))
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.heard.append(Heard(self.command, url.path, form, headers))
            missing = {"error": {"type": "invalid_request_error", "code": "resource_missing"}}
            status, found, more = server.answers.get(
                f"{self.command} {url.path}", (404, missing, {})
            )
            if status == 0:  # no answer at all
                self.close_connection = True
                return
            raw = json.dumps(found).encode()
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = _answer  # noqa: N815 the library's names

        def log_message(self, *args: object) -> None:
            """Quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = Server(f"http://127.0.0.1:{http.server_address[1]}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
