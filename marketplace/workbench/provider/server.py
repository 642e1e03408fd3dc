"""HTTP on the loopback address: threads, keep-alive, and connections that can be torn."""

import contextlib
import json
import logging
import socket
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast

from marketplace.workbench.provider import control
from marketplace.workbench.provider.api import Answer, Asked
from marketplace.workbench.provider.refusals import ResetConnection

if TYPE_CHECKING:
    from marketplace.workbench.provider.standin import StandIn

logger = logging.getLogger(__name__)

#: SECURITY: nobody but this machine may talk to it; a door for browsers shows its pages alone.
HOST = "127.0.0.1"
#: Bytes of a request; Stripe's own requests are far smaller.
LARGEST = 1_000_000


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(
        self, port: int, standin: "StandIn", *, host: str = HOST, pages_only: bool = False
    ) -> None:
        self.standin = standin
        self.pages_only = pages_only
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error of ours."""
        logger.debug("connection from %s broke off", client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet an answer
    timeout = 60  # seconds until an idle connection is let go

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        standin = cast(Server, self.server).standin
        said = self.headers.get("Content-Length") or "0"
        length = int(said) if said.isascii() and said.isdecimal() else LARGEST + 1
        if length > LARGEST:
            self.close_connection = True
            self._send(Answer(413, b"", {}))
            return
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        try:
            if cast(Server, self.server).pages_only and not _is_page(self.path):
                found: Answer | None = None
            elif self.path.startswith(control.PREFIX):
                found = control.answer(standin, asked)
            elif standin.faults.dark:
                raise ResetConnection
            elif not _is_page(self.path):
                found = standin.api.answer(asked)
            else:
                found = standin.pages.answer(asked)
        except ResetConnection:
            self._tear()
            return
        except Exception as error:
            logger.exception("%s %s", self.command, self.path)
            message = {"type": "api_error", "message": f"{type(error).__name__}: {error}"}
            text = json.dumps({"error": message}).encode()
            found = Answer(500, text, {"Content-Type": "application/json"})
        standin.delivery.kick()
        self._send(found or Answer(404, b"", {}))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    def _tear(self) -> None:
        """Close without a word: what the caller sees is a reset."""
        cast(Server, self.server).standin.delivery.kick()
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, format: str, *args: object) -> None:
        logger.debug(format, *args)


def _is_page(path: str) -> bool:
    """What a browser may see, wherever it is."""
    return not path.startswith((control.PREFIX, "/v1/"))
