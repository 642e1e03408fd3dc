"""`manage.py demo`: from nothing to a served town; safe to start again and again."""

import contextlib
import logging
import os
import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.workbench import prepare
from marketplace.workbench.children import Program
from marketplace.workbench.domain import accounts, places, seed
from marketplace.workbench.domain.seed import Ground
from marketplace.workbench.programs import PROGRAMS
from marketplace.workbench.purse import Purse
from marketplace.workbench.supervisor import Supervisor

#: Days after which a town's dates are no longer fresh.
FRESH = 2


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens, and what people and mails call it."""

    host: str
    port: int
    base_url: str

    @classmethod
    def of(cls, options: dict[str, Any]) -> Self:
        host = options["host"] or os.environ.get("HOST") or "127.0.0.1"
        text = str(options["port"] or os.environ.get("PORT") or 8000)
        if not text.isdecimal() or not 0 < int(text) < 65_536:
            raise CommandError(f"{text} is no port: it is a number from 1 to 65535.")
        base_url = options["base_url"] or os.environ.get("BASE_URL") or f"http://localhost:{text}"
        with contextlib.suppress(ValueError):
            parts = urlsplit(base_url)
            if parts.scheme in ("http", "https") and parts.hostname and not parts.path.strip("/"):
                return cls(host, int(text), base_url.rstrip("/").lower())
        raise CommandError(
            f"{base_url} is no address: it is http:// or https:// and a host, without a path."
        )

    @property
    def here(self) -> str:
        """Where this machine reaches it."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    def purse(self) -> Purse:
        """Where people pay; the same at each call while its ports stay free."""
        return Purse.at(host=self.host, port=self.port, here=self.here, base_url=self.base_url)


class Command(BaseCommand):
    help = "Makes the demo town if it is not there yet, and serves it with all it needs."
    requires_system_checks = ()  # they take a second, and nothing they find concerns a demo

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="make the town, then end")
        parser.add_argument("--port", help="where to listen (PORT, else 8000)")
        parser.add_argument(
            "--host", help="on which address to listen (HOST, else 127.0.0.1); 0.0.0.0 is all"
        )
        parser.add_argument(
            "--base-url", help="what mails call the town (BASE_URL, else http://localhost:PORT)"
        )
        parser.add_argument(
            "--reset", action="store_true", help="throw the town away and make it anew"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is switched off here. The demo town needs DEMO=1.")
        if settings.STRIPE_SECRET_KEY.startswith(("sk_live", "rk_live")):
            raise CommandError("STRIPE_SECRET_KEY is a live key. A demo never takes real money.")
        logging.getLogger("wagtail").setLevel(logging.WARNING)  # it tells of every page it makes
        address = Address.of(options)
        if not options["no_serve"] and not prepare.is_free(address.host, address.port):
            raise CommandError(
                f"Port {address.port} is in use. End what listens there, or take another one: "
                f"make demo PORT={address.port + 1}"
            )
        with prepare.alone(settings.VAR_DIR) as is_alone:
            if not is_alone:
                raise CommandError(
                    f"A demo is running already with the town in {settings.VAR_DIR}."
                )
            try:
                self._make(address, reset=options["reset"])
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
            except KeyboardInterrupt:
                raise CommandError("Interrupted. The next start goes on from nothing.") from None
            self._introduce(address)
            if not options["no_serve"]:
                self._serve(address)

    def say(self, line: str) -> None:
        """One line at once; a terminal that was closed is no reason to die half way."""
        with contextlib.suppress(OSError):
            self.stdout.write(line)
            self.stdout.flush()

    def _make(self, address: Address, *, reset: bool) -> None:
        """Whatever is missing until a town stands there."""
        (settings.VAR_DIR / "static").mkdir(exist_ok=True)  # WhiteNoise warns without it
        if reset:
            prepare.clear()
        elif prepare.ground() == Ground.HALF:
            self.say("The last start was interrupted half way: making the town anew.")
            prepare.clear()
        if not prepare.is_migrated():
            self.say("Setting up the database (about half a minute the first time) ...")
            prepare.migrate()
        if not prepare.has_cache_table():
            prepare.make_cache_table()
        ground, now = prepare.ground(), timezone.now()
        if ground == Ground.FOREIGN:
            raise CommandError(
                "This database holds a city that the demo did not make. Known passwords do not "
                "belong there: use another database, or another folder with VAR_DIR=..."
            )
        state = None if settings.STRIPE_SECRET_KEY else settings.VAR_DIR / prepare.STATE
        if ground == Ground.EMPTY:
            seed.plant(
                base_url=address.base_url,
                now=now,
                say=self.say,
                provider=state,
                public=address.purse().public,
            )
            return
        if state is not None:
            accounts.plant(state=state, by=Actor.system(), now=now)
        seed.move(base_url=address.base_url, now=now)
        days = (now - seed.made_at()).days
        if days >= FRESH:
            self.say(
                f"The town was made {days} days ago and its dates are as old. "
                "Fresh ones: make demo RESET=1"
            )

    def _introduce(self, address: Address) -> None:
        url = address.base_url
        logins = places.logins()
        wide = max(len(login.who) for login in logins)
        far = max(len(login.email) for login in logins)
        self.say("")
        self.say(f"  The town   {url}/    in English: {url}/en/")
        self.say(f"  Its mails  {url}/werkbank/post/")
        if settings.STRIPE_SECRET_KEY:
            self.say("  Paying     at Stripe, in test mode, with the key in STRIPE_SECRET_KEY")
        else:
            self.say("  Paying     at a stand-in for Stripe: no real money, no real cards")
        self.say("")
        self.say(f"  Sign in at {url}/konto/login/ with the password {places.PASSWORD}")
        for login in logins:
            self.say(f"    {login.who:{wide}}  {login.email:{far}}  {login.path}")
        self.say("")
        local = urlsplit(url).hostname in ("localhost", "127.0.0.1")
        if address.host not in ("127.0.0.1", "localhost", "::1") and local:
            self.say(
                "  For other devices say what they call this machine: "
                f"make demo HOST={address.host} BASE_URL=http://192.168.1.5:{address.port}"
            )
            self.say("")

    def _serve(self, address: Address) -> None:
        """Server, worker, ticker and what paying needs, until Ctrl-C."""
        # What differs from the settings we run under must be read anew.
        may_copy = prepare.may_copy() and address.base_url == settings.BASE_URL.rstrip("/").lower()
        env = {
            **os.environ,
            "DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "marketplace.settings",
            "VAR_DIR": str(settings.VAR_DIR),
            "HOST": address.host,
            "PORT": str(address.port),
            "BASE_URL": address.base_url,
        }
        left_out = {"provider"} if settings.STRIPE_SECRET_KEY else set()
        if not left_out:
            purse = address.purse()
            purse.use()
            env |= purse.env()
            if purse.door:
                self.say(f"  Other devices pay at {purse.public}/, a port of its own.")
                self.say("")
        supervisor = Supervisor(
            [
                Program(
                    name,
                    (sys.executable, "-m", "marketplace.workbench.programs", name),
                    run if may_copy else None,
                )
                for name, run in PROGRAMS.items()
                if name not in left_out
            ],
            health=(address.here, address.port),
            env=env,
            logs=settings.VAR_DIR / "log",
            say=self.say,
            opened=lambda: self.say(f"Open: {address.base_url}/    Ctrl-C ends everything."),
        )
        connections.close_all()
        supervisor.run()
        self.say("Closed.")
