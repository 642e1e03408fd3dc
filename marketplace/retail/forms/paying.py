"""What owners say for online payment, as typed values."""

from django import forms


class GoForm(forms.Form):
    """Which account to go on with at the provider: the one that is to take over, or the shop's."""

    new = forms.BooleanField(required=False)
