"""Forms of the city's desk. Wagtail's expect a first and a last name; our people have one name."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.users import forms as wagtail_forms

from marketplace.core.models import User
from shops import access
from shops.models import City, Shop

_FIELDS = ["email", "name", "is_superuser", "groups"]


class PersonCreationForm(wagtail_forms.UserCreationForm):
    """A new person at the desk; without password they sign in by code."""

    first_name = None
    last_name = None

    class Meta(wagtail_forms.UserCreationForm.Meta):
        fields = _FIELDS

    def clean_email(self) -> str:
        """Lower case, as everywhere: one person per address, whatever its case."""
        return str(self.cleaned_data["email"]).lower()


class PersonEditForm(wagtail_forms.UserEditForm):
    """Somebody's name, address and groups."""

    first_name = None
    last_name = None

    class Meta(wagtail_forms.UserEditForm.Meta):
        fields = [*_FIELDS, "is_active"]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class OwnNameForm(forms.ModelForm):
    """One's own name."""

    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": _("First and last name")}


class RuleForm(forms.Form):
    """A rule for goods while it is still being written: what is not filled in does not count."""

    category = forms.CharField(required=False, max_length=80)
    words = forms.CharField(required=False, max_length=60)
    price = forms.DecimalField(
        required=False, min_value=0, max_digits=8, decimal_places=2, localize=True
    )
    shop = forms.ModelChoiceField(queryset=Shop.objects.none(), required=False)
    today = forms.BooleanField(required=False)

    def __init__(self, *args: Any, city: City, **options: Any) -> None:
        super().__init__(*args, **options)
        # SECURITY: another city's shops do not exist here.
        self.fields["shop"].queryset = access.public_shops(city)  # type: ignore[attr-defined]
