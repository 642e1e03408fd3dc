"""How people sign in: allauth does it, these are our answers to its questions."""

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from marketplace.core import http


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: shops and staff are invited, shoppers need no account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """SECURITY: never from the Host header, or a forged one would receive the link."""
        return http.absolute(self.request, urlsplit(super().get_reset_password_from_key_url(key)).path)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The limits count by this; callers whose address we cannot read share one bucket."""
        return http.client_ip(request) or "unknown"
