"""The SDK's way to a stand-in that nobody has started: no server, no thread, the same answers."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marketplace.payments.gateway.stripe_adapter import Carrier
from marketplace.workbench.provider.api import Api, Asked
from marketplace.workbench.provider.faults import Faults
from marketplace.workbench.provider.store import Store


class Direct(Carrier):
    """Give it to a client instead of one that opens connections.

    `public` is what browsers call the stand-in once somebody serves it: its pages lie there.
    """

    name = "stand-in"

    def __init__(self, store: Store, public: str) -> None:
        super().__init__()
        self._api = Api(store, Faults(), lambda: public)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **rest: Any,
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urlsplit(url)
        asked = Asked(
            method.upper(),
            parts.path + (f"?{parts.query}" if parts.query else ""),
            {name.lower(): value for name, value in (headers or {}).items()},
            (post_data or "").encode() if isinstance(post_data, str | None) else post_data,
        )
        answer = self._api.answer(asked)
        return answer.body.decode(), answer.status, answer.headers

    def close(self) -> None:
        """Nothing is open."""
