"""`python -m marketplace.workbench.provider --port N --state FILE --webhook URL --secret S`.

For the demo only: without DEMO=1 it refuses to start.
"""

import argparse
import logging
import os
import signal
import sys
import threading
from urllib.parse import urlsplit

from marketplace.workbench.provider.standin import StandIn


def main(argv: list[str] | None = None) -> int:
    """Serve until a signal ends it. 2 where it may not run."""
    # LAW: a page that only looks like a payment must never meet a real shopper
    if os.environ.get("DEMO") != "1":
        sys.stderr.write("The stand-in for Stripe runs in the demo only (DEMO=1).\n")
        return 2
    parser = argparse.ArgumentParser(prog="provider", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", default=":memory:", help="SQLite file; memory without it")
    parser.add_argument("--webhook", default="", help="where events go")
    parser.add_argument("--secret", default="", help="signs them; two while one is rotated: a,b")
    parser.add_argument("--public", default="", help="address a browser finds it under")
    parser.add_argument("--door", default="", help="HOST:PORT at which other devices see its pages")
    parser.add_argument("--city-host", default="", help="what webhooks call the town")
    given = parser.parse_args(argv)
    host, colon, port = given.door.rpartition(":")
    if given.door and not (colon and host and port.isdecimal()):
        parser.error("--door is HOST:PORT")
    if bool(given.webhook) != bool(given.secret):
        parser.error("--webhook and --secret belong together")
    if given.webhook and urlsplit(given.webhook).scheme not in {"http", "https"}:
        parser.error("--webhook is a web address")
    logging.basicConfig(level=logging.INFO)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    webhook = (given.webhook, given.secret) if given.webhook else None
    with StandIn(
        state=given.state,
        port=given.port,
        webhook=webhook,
        public=given.public,
        door=(host.strip("[]"), int(port)) if given.door else None,
        city_host=given.city_host,
    ) as provider:
        sys.stdout.write(f"{provider.url}\n")
        sys.stdout.flush()
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
