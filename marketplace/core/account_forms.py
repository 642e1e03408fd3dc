"""allauth's forms in our words, and without placeholders: those only say the label again."""

from typing import Any

from allauth.account import forms
from django.forms import Form
from django.utils.translation import gettext_lazy as _

_LABELS = {"login": _("E-mail"), "email": _("E-mail"), "remember": _("Stay signed in")}


class _Plain(Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = _LABELS.get(name, field.label)


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
