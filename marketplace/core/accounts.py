"""How people sign in: allauth does it, these are our answers to its questions."""

import time
from urllib.parse import urlencode, urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.core import http
from marketplace.core.views import errors


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: shops and staff are invited, shoppers need no account."""

    #: Our words for what people may meet; allauth's own German says "du".
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("E-mail address and password do not go together."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is not right. Please compare it with the mail."),
        "incorrect_password": _("This password is not right."),
        "rate_limited": _("That was a bit too often. Please wait a few minutes."),
        "too_many_login_attempts": _("That was a bit too often. Please wait a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """SECURITY: never from the Host header, or a forged one would receive the link."""
        return http.absolute(
            self.request, urlsplit(super().get_reset_password_from_key_url(key)).path
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        """The limits count by this; callers whose address we cannot read share one bucket."""
        return http.client_ip(request) or "unknown"


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session has proven in the last minutes who sits there: by password or by code,
    when signing in or again since (`ACCOUNT_REAUTHENTICATION_TIMEOUT`)."""
    proofs = get_authentication_records(request, request.user)
    return any(time.time() - one["at"] < app_settings.REAUTHENTICATION_TIMEOUT for one in proofs)


def confirm_first(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the password, and then here; nothing that was sent is kept."""
    if not request.user.has_usable_password():  # type: ignore[union-attr]
        return errors.answer(
            request,
            403,
            message=_("Please sign out, sign in again with a code by mail, and come back at once."),
        )
    again = urlencode({REDIRECT_FIELD_NAME: request.path})
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{again}")
