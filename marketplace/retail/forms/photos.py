"""What somebody says about the photographs of an article, as typed values."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from marketplace.core import images
from marketplace.core.domain.pictures import Box
from shops.domain.photos import MOST, Upload

#: What cameras and browsers agree on. Naming these makes a phone send JPEG instead of HEIC.
ACCEPT = "image/jpeg,image/png,image/webp,image/avif"
_ALT = {
    "required": _("Please say in a few words what is to be seen."),
    "max_length": _("At most 280 characters are possible."),
    "null_characters_not_allowed": _("Please say in a few words what is to be seen."),
}


class ManyFiles(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFilesField(forms.FileField):
    """Several uploads, each checked as one."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = (data if isinstance(data, list) else [data]) or [None]
        return [super(ManyFilesField, self).clean(each, initial) for each in files]


class AddForm(forms.Form):
    """New photographs and what is to be seen on them."""

    photos = ManyFilesField(
        label=_("Photos"),
        max_length=255,
        help_text=_("Several at once are possible, at most 10 MB each: JPEG, PNG, WebP or AVIF."),
        widget=ManyFiles(attrs={"accept": ACCEPT, "multiple": True}),
        error_messages={
            "required": _("Please choose at least one photo."),
            "empty": _("This photo is empty. Please take it again."),
            "invalid": _("The photo did not arrive. Please take it again."),
            "max_length": _("The name of this file is too long."),
        },
    )
    alt = forms.CharField(
        label=_("What is to be seen?"),
        max_length=280,
        help_text=_(
            "For people who cannot see the picture. A proposal stands there: say colour, material "
            "or what lies beside it."
        ),
        error_messages=_ALT,
    )

    def clean_photos(self) -> list[Upload]:
        files = self.cleaned_data["photos"]
        if len(files) > MOST:
            raise forms.ValidationError(_("An article has at most 12 pictures."))
        if any(file.size > images.MAX_BYTES for file in files):
            raise forms.ValidationError(_("This picture is too large: at most 10 MB are possible."))
        return [Upload(file.name, file.read()) for file in files]


class AltForm(forms.Form):
    """What is to be seen on one picture."""

    alt = forms.CharField(label=_("What is to be seen?"), max_length=280, error_messages=_ALT)


class TurnForm(forms.Form):
    """A quarter to the right or to the left."""

    quarters = forms.TypedChoiceField(choices=[("1", "right"), ("3", "left")], coerce=int)


class MoveForm(forms.Form):
    """One place earlier or later."""

    to = forms.ChoiceField(choices=[("earlier", "earlier"), ("later", "later")])


#: Width to height of the cuts that are offered.
SHAPES = {"square": (1, 1), "wide": (4, 3), "tall": (3, 4)}


class CutForm(forms.Form):
    """Which part of a picture stays: a shape around its middle, or sides in hundredths."""

    shape = forms.ChoiceField(
        required=False, choices=[(name, name) for name in ("", "free", *SHAPES)]
    )
    left = forms.IntegerField(label=_("Cut off at the left"), min_value=0, max_value=95, initial=0)
    top = forms.IntegerField(label=_("Cut off at the top"), min_value=0, max_value=95, initial=0)
    right = forms.IntegerField(
        label=_("Cut off at the right"), min_value=0, max_value=95, initial=0
    )
    bottom = forms.IntegerField(
        label=_("Cut off at the bottom"), min_value=0, max_value=95, initial=0
    )

    def __init__(self, *args: Any, width: int, height: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.width, self.height = width, height
        for name in ("left", "top", "right", "bottom"):
            field = self.fields[name]
            field.required = False
            field.error_messages |= dict.fromkeys(
                ("invalid", "min_value", "max_value"),
                _("Please enter a whole number of hundredths from 0 to 95."),
            )
            field.widget.attrs |= {"inputmode": "numeric", "data-crop-side": name}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned.get("shape") not in SHAPES:
            left, top, right, bottom = self.box
            if left >= right or top >= bottom or (left, top, right, bottom) == (0, 0, 1, 1):
                raise forms.ValidationError(
                    _("Please choose which part of the picture stays: something has to be cut off.")
                )
        return cleaned

    @property
    def box(self) -> Box:
        """Left, top, right, bottom as parts of the sides."""
        said = self.cleaned_data
        if said.get("shape") in SHAPES:
            return middle(self.width, self.height, *SHAPES[said["shape"]])
        sides = {name: (said.get(name) or 0) / 100 for name in ("left", "top", "right", "bottom")}
        return (sides["left"], sides["top"], 1 - sides["right"], 1 - sides["bottom"])


def middle(width: int, height: int, across: int, down: int) -> Box:
    """The largest part of that shape, around the middle."""
    part = (width * down) / (height * across)
    if part > 1:
        edge = (1 - 1 / part) / 2
        return (edge, 0.0, 1 - edge, 1.0)
    edge = (1 - part) / 2
    return (0.0, edge, 1.0, 1 - edge)
