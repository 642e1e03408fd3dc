"""What the demo's supervisor runs: server, worker, ticker, and two for paying.

`python -m … server` runs one alone.

Address and town come from the environment: HOST, PORT, BASE_URL, VAR_DIR.
"""

import importlib
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping

import django

logger = logging.getLogger(__name__)

#: Seconds between two rounds of the caretaker. A server of one's own has a timer for that.
TICK = 30


def server() -> None:
    """The town's pages."""
    # Loaded here, both processes share it.
    importlib.import_module("marketplace.wsgi")
    importlib.import_module("marketplace.urls")
    serve("marketplace.wsgi:application")


def serve(application: str) -> None:
    """granian with two processes of four threads: in demo, measurements and races alike."""
    from granian import Granian  # noqa: PLC0415 half a second that only the server needs
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    Granian(
        application,
        address=os.environ["HOST"],
        port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=4,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def worker() -> None:
    """Does what was put off: mails, pictures."""
    from django.core.management import call_command  # noqa: PLC0415 needs the settings

    call_command("worker")


def ticker() -> None:
    """Lets time pass, round after round."""
    from django.db import close_old_connections  # noqa: PLC0415 needs the settings
    from django.utils import timezone  # noqa: PLC0415

    from marketplace.operations.domain import tick  # noqa: PLC0415

    while True:
        try:
            tick.run(now=timezone.now())
        except Exception:  # the next round may find the database again
            logger.exception("tick failed")
        close_old_connections()
        time.sleep(TICK)


def provider() -> None:
    """The stand-in for Stripe, with its books in the town's folder."""
    from marketplace.workbench import prepare  # noqa: PLC0415 needs the settings
    from marketplace.workbench.provider.__main__ import main  # noqa: PLC0415

    given = {
        "--port": os.environ["STRIPE_API_BASE"].rpartition(":")[2],
        "--state": os.path.join(os.environ["VAR_DIR"], prepare.STATE),
        "--webhook": os.environ["STANDIN_WEBHOOK"],
        "--secret": os.environ["STRIPE_WEBHOOK_SECRETS"],
        "--public": os.environ["STANDIN_PUBLIC"],
        "--door": os.environ["STANDIN_DOOR"],
        "--city-host": "localhost",
    }
    sys.exit(main([f"{name}={value}" for name, value in given.items()]))


def payments() -> None:
    """Speaks with the payment provider, whichever it is."""
    from django.core.management import call_command  # noqa: PLC0415 needs the settings

    call_command("payments")


PROGRAMS: Mapping[str, Callable[[], None]] = {
    "server": server,
    "worker": worker,
    "ticker": ticker,
    "provider": provider,
    "payments": payments,
}

if __name__ == "__main__":
    name = sys.argv[1]
    if name != "server":  # its processes do so themselves
        django.setup()
    PROGRAMS[name]()
