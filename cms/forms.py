"""Forms of the city's desk and of reports to it.

Wagtail's expect a first and a last name; our people have one name.
"""

from datetime import datetime, time
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.users import forms as wagtail_forms

from cms.enums import Decision, ReportKind
from cms.models.reports import LONGEST_ADDRESS, LONGEST_WORDS
from marketplace.core.errors import Refused
from marketplace.core.models import User
from marketplace.payments.models.payment import LONGEST_NOTE
from shops import access
from shops.domain import brand, paying
from shops.models import Branch, City, Shop, Zone

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


class BrandForm(forms.Form):
    """What a city looks like."""

    colour = forms.CharField(
        label=_("The city's colour"),
        max_length=7,
        help_text=_(
            "One colour, for example #0e5a48. All others follow from it. White text must be "
            "readable on it; if not, we name the nearest colour that passes."
        ),
    )

    def clean_colour(self) -> str:
        """As it is kept; an unreadable one comes back with the nearest that passes."""
        try:
            return brand.check(self.cleaned_data["colour"])
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class PayingForm(forms.Form):
    """A city's rules of paying online."""

    is_open = forms.BooleanField(
        label=_("Shops may be paid online"),
        required=False,
        help_text=_("Without it nobody can begin a payment. What is paid already goes its way."),
    )
    percent = forms.DecimalField(
        label=_("Fee in percent of the payment"),
        min_value=0,
        max_value=paying.MOST_PERCENT,
        decimal_places=2,
        localize=True,
    )
    fixed = forms.DecimalField(
        label=_("Fee for each payment, in euros"),
        min_value=0,
        max_value=paying.MOST_FIXED,
        decimal_places=2,
        localize=True,
        help_text=_("Agree it with the shops first: they see it before they connect an account."),
    )


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


# The calendar -------------------------------------------------------------------------------------

_DATE = _("Please enter a date, for example 24.12.2026.")
_TIME = _("Please enter a time, for example 13:00.")
_ZONE = _("This zone is not in your town.")


def _clock(label: Any, initial: time) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        initial=initial,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _TIME, "invalid": _TIME},
    )


class YearForm(forms.Form):
    """Which year's Sundays are shown."""

    jahr = forms.IntegerField(min_value=2020, max_value=2099)

    def year(self, now: datetime) -> int:
        """The one asked for; this year where none or nonsense was."""
        return int(self.cleaned_data["jahr"]) if self.is_valid() else timezone.localdate(now).year


class PlanForm(forms.Form):
    """A Sunday that a city has in mind."""

    date = forms.DateField(
        label=_("Which Sunday"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        error_messages={"required": _DATE, "invalid": _DATE},
    )
    opens = _clock(_("Opens at"), time(13))
    closes = _clock(_("Closes at"), time(18))
    zone = forms.ModelChoiceField(
        label=_("Where"),
        queryset=Zone.objects.none(),
        required=False,
        empty_label=_("Whole town"),
        error_messages={"invalid_choice": _ZONE},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=120,
        help_text=_("What brings people to town on that day. Shoppers read it."),
        error_messages={"required": _("Please enter the reason, for example a town festival.")},
    )

    def __init__(self, *args: Any, city: City, **options: Any) -> None:
        super().__init__(*args, **options)
        # SECURITY: another city's zones do not exist here.
        self.fields["zone"].queryset = city.zones.order_by("name")  # type: ignore[attr-defined]


class PermitForm(forms.Form):
    """The number under which a Sunday was permitted."""

    permit = forms.CharField(
        label=_("Number of the permit"),
        max_length=80,
        error_messages={
            "required": _(
                "Please enter the number of the permit. Shops open on Sundays by permit only."
            )
        },
    )


class ZoneForm(forms.Form):
    """A part of town."""

    name = forms.CharField(
        label=_("Name of the zone"),
        max_length=80,
        error_messages={"required": _("Please give the zone a name.")},
    )
    is_excursion = forms.BooleanField(
        label=_("Recognised place for excursions: eight Sundays a year instead of four"),
        required=False,
    )


class PlaceForm(forms.Form):
    """Where branches lie."""

    branches = forms.TypedMultipleChoiceField(
        label=_("Branches"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please tick at least one branch."),
            "invalid_choice": _("One of these branches is not in your town."),
        },
    )
    zone = forms.ModelChoiceField(
        label=_("Zone"),
        queryset=Zone.objects.none(),
        required=False,
        empty_label=_("No zone"),
        error_messages={"invalid_choice": _ZONE},
    )

    def __init__(self, *args: Any, city: City, **options: Any) -> None:
        super().__init__(*args, **options)
        # SECURITY: another city's branches and zones do not exist here.
        rows = Branch.objects.of(city).select_related("shop", "zone")
        rows = rows.order_by("shop__sort_name", "name", "pk")
        found = {str(branch.pk): branch for branch in rows}
        branches: Any = self.fields["branches"]
        branches.choices = [(pk, _said(branch)) for pk, branch in found.items()]
        branches.coerce = found.__getitem__
        self.fields["zone"].queryset = city.zones.order_by("name")  # type: ignore[attr-defined]


def _said(branch: Branch) -> str:
    """Shop, branch and where it lies now."""
    place = f" ({branch.zone.name})" if branch.zone else ""
    return f"{branch.shop.name}, {branch.name}{place}"


# Reports ------------------------------------------------------------------------------------------

_PAGE = _("Please copy the address of the page from your browser. It is one of ours.")
_EMAIL = _("Please enter a complete e-mail address, for example erika@web.de.")


def path_here(address: str, hosts: set[str]) -> str:
    """Path and query of an address on one of these hosts, or of a bare path; "" for any other."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    ours = parts.hostname in hosts if parts.netloc else address.strip().startswith("/")
    if not ours or parts.scheme not in ("", "http", "https"):
        return ""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class _ReportForm(forms.Form):
    kind: ReportKind
    page = forms.CharField(
        label=_("Address of the page"),
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        error_messages={"required": _PAGE},
    )
    words = forms.CharField(
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please write what is wrong.")},
    )
    name = forms.CharField(
        label=_("First and last name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _EMAIL},
    )

    def __init__(self, *args: Any, city: City, **options: Any) -> None:
        super().__init__(*args, **options)
        self.city = city

    def clean_page(self) -> str:
        """Path and query: what is not on this city's pages is not ours to decide."""
        typed = self.cleaned_data["page"]
        hosts = {urlsplit(self.city.base_url).hostname or ""}
        hosts |= set(self.city.hosts.values_list("host", flat=True))
        found = path_here(typed, hosts)
        if typed and not found:
            raise forms.ValidationError(_PAGE)
        return found


class ContentForm(_ReportForm):
    """`/melden/`. LAW: DSA Art. 16(2): page, reasons, name and address, good faith."""

    kind = ReportKind.CONTENT
    nameless = forms.BooleanField(
        label=_("It shows sexual violence against children: I give no name and no address."),
        required=False,
    )
    in_good_faith = forms.BooleanField(
        label=_("To the best of my knowledge, what I say here is correct and complete."),
        error_messages={"required": _("Without this we must not act on it.")},
    )
    field_order = ("page", "words", "name", "email", "nameless", "in_good_faith")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["words"].label = _("What is unlawful about it, and why?")
        # Needed by most, so not named optional; `clean` knows the exception.
        for name in ("name", "email"):
            self.fields[name].required = not (self.is_bound and "nameless" in self.data)
        self.fields["name"].error_messages["required"] = _("Please enter your name.")
        self.fields["email"].error_messages["required"] = _EMAIL

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        # LAW: DSA Art. 16(2)(c): no name is wanted for these, so none is kept.
        if data.get("nameless"):
            data |= {"name": "", "email": ""}
        return data


class BarrierForm(_ReportForm):
    """`/barriere/`. Whoever wants no answer stays nameless."""

    kind = ReportKind.BARRIER
    field_order = ("page", "words", "name", "email")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["page"].required = False
        self.fields["words"].label = _("What can you not use, and what did you want to do?")
        self.fields["email"].help_text = _("Only if you would like an answer.")


class DecisionForm(forms.Form):
    """What the desk decided."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a decision.")},
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        help_text=_("The sender reads them, word for word."),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please say why. The sender reads it.")},
    )


class CaseForm(forms.Form):
    """What became of a case."""

    note = forms.CharField(
        label=_("What became of it"),
        help_text=_("For colleagues. Please write no names of shoppers."),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Please say what became of it. The next one reads it."),
            "max_length": _("This note is too long."),
        },
    )


class ReasonForm(forms.Form):
    """Why goods are not offered."""

    reason = forms.CharField(
        label=_("Why not"), help_text=_("The shop reads it, word for word."), max_length=300
    )
