"""What a shop says about pages that it shares: corrections, verdicts, numbers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shops.domain.categories import name_of
from shops.enums import Correctable
from shops.models import Category
from shops.models.sharing import LONGEST_REASON

#: What is corrected as text; pictures and categories are chosen.
_TEXTS = (Correctable.TITLE, Correctable.BRAND)


class CorrectionForm(forms.Form):
    """One field of a page, as it stands and as it should be."""

    old = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, field: Correctable, alone: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"] = _new(field)
        self.fields["reason"] = forms.CharField(
            label=_("Why"),
            help_text=_("The other shops read it before they decide."),
            max_length=LONGEST_REASON,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": _("Please say why: the other shops read it.")},
        )
        if alone:
            del self.fields["reason"]

    @property
    def said(self) -> dict[str, str]:
        """Plain values for the domain."""
        typed = self.cleaned_data
        return {name: str(typed.get(name) or "") for name in ("old", "new", "reason")}


def _new(field: Correctable) -> forms.Field:
    if field == Correctable.CATEGORY:
        return forms.ChoiceField(label=_("What it should be"), required=False, choices=tree())
    if field == Correctable.PICTURE:
        return forms.CharField(required=False, widget=forms.HiddenInput)
    many = forms.Textarea(attrs={"rows": 8}) if field == Correctable.TEXT else forms.TextInput()
    return forms.CharField(
        label=_("What it should be"),
        required=field == Correctable.TITLE,
        max_length=20_000 if field == Correctable.TEXT else 200,
        widget=many,
        error_messages={
            "required": _("Goods need a title."),
            "max_length": _("This is too long."),
        },
    )


def tree(first: tuple[str, Any] = ("", _("No category"))) -> list[tuple[str, Any]]:
    """All categories in the order of the tree, indented; one query."""
    rows = list(Category.objects.order_by("sort_name", "pk"))
    found: list[tuple[str, Any]] = [first]

    def add(parent: int | None, depth: int) -> None:
        for row in rows:
            if row.parent_id == parent:
                found.append((row.slug, "\N{EN DASH} " * depth + name_of(row)))
                add(row.pk, depth + 1)

    add(None, 0)
    return found


class VerdictForm(forms.Form):
    """Yes or no to what another shop proposes; a no has a reason."""

    accepts = forms.TypedChoiceField(
        choices=[("1", _("Take over")), ("0", _("Reject"))], coerce=lambda value: value == "1"
    )
    note = forms.CharField(
        label=_("Reason for a no"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("accepts") is False and not cleaned.get("note", "").strip():
            self.add_error("note", _("Please say why. The shop that proposed it reads it."))
        return cleaned


class JoinForm(forms.Form):
    """Which of two pages stays, or (none) that they are two things."""

    keep = forms.IntegerField(required=False, min_value=1)
    note = forms.CharField(
        label=_("Why these are two things"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("keep") and not cleaned.get("note", "").strip():
            self.add_error("note", _("Please say why these are two things."))
        return cleaned


class BarcodeForm(forms.Form):
    """The number under the bars."""

    gtin = forms.CharField(
        label=_("GTIN (EAN), the number under the bars"),
        help_text=_("8, 12, 13 or 14 digits. A number your own scales or till print is none."),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Please enter the number.")},
    )
