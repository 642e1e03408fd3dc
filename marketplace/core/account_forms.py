"""allauth's forms without placeholders: they only say the label again, and are gone while typing."""

from typing import TYPE_CHECKING, Any

from allauth.account import forms
from django.forms import Form


class _Plain(Form if TYPE_CHECKING else object):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class Login(_Plain, forms.LoginForm):
    pass


class ChangePassword(_Plain, forms.ChangePasswordForm):
    pass


class SetPassword(_Plain, forms.SetPasswordForm):
    pass


class ResetPassword(_Plain, forms.ResetPasswordForm):
    pass


class ResetPasswordFromKey(_Plain, forms.ResetPasswordKeyForm):
    pass


class Reauthenticate(_Plain, forms.ReauthenticateForm):
    pass


class RequestLoginCode(_Plain, forms.RequestLoginCodeForm):
    pass


class ConfirmLoginCode(_Plain, forms.ConfirmLoginCodeForm):
    pass
