"""How people pay in the demo: at a stand-in for Stripe, on ports of its own beside the town."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac

from marketplace.payments.checks import STANDIN
from marketplace.workbench import prepare
from marketplace.workbench.provider.server import HOST

#: From the town's port to the stand-in's, which thereby stays the same from start to start.
APART = 10_000
LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Purse:
    """Where the stand-in listens and what browsers call it; `door` is empty on this machine."""

    port: int
    public: str
    door: str
    webhook: str

    @classmethod
    def at(cls, *, host: str, port: int, here: str, base_url: str) -> Self:
        """For a town that listens on `host` and `port`, answers us at `here`, others at `base_url`.

        The stand-in itself keeps to this machine. Where other devices reach the town, they reach
        its pages through a second port.
        """
        wish = port + APART if port + APART < 65_536 else port - APART
        webhook = f"http://{_bracketed(here)}:{port}/stripe/webhook/"
        if host in LOCAL:
            own = prepare.free_port(HOST, wish)
            return cls(own, f"http://{HOST}:{own}", "", webhook)
        door = prepare.free_port(host, wish)
        name = _bracketed(urlsplit(base_url).hostname or HOST)
        return cls(prepare.free_port(HOST, 0), f"http://{name}:{door}", f"{host}:{door}", webhook)

    @property
    def secret(self) -> str:
        """Signs the webhooks of this town; known to nobody else."""
        return f"whsec_{salted_hmac('workbench.purse', 'webhook').hexdigest()}"

    def env(self) -> Mapping[str, str]:
        """For every program of the town; the stand-in reads its own place there, too."""
        return {
            "STRIPE_SECRET_KEY": STANDIN,
            "STRIPE_WEBHOOK_SECRETS": self.secret,
            "STRIPE_API_BASE": f"http://{HOST}:{self.port}",
            "STANDIN_PUBLIC": self.public,
            "STANDIN_DOOR": self.door,
            "STANDIN_WEBHOOK": self.webhook,
        }

    def use(self) -> None:
        """In this process and its copies, which read no environment anew."""
        settings.STRIPE_SECRET_KEY = STANDIN
        settings.STRIPE_WEBHOOK_SECRETS = [self.secret]
        settings.STRIPE_API_BASE = f"http://{HOST}:{self.port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
