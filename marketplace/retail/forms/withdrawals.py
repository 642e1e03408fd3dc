"""What a shop says about a withdrawal: what came back, or why not."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.reservations.domain.withdrawal.answer import LONGEST_REASON, Back
from marketplace.reservations.enums import Seal
from marketplace.reservations.models import Line
from shops.enums import Withdrawal as Exclusion

#: LAW: goods of these kinds lose their right of withdrawal with their seal (BGB § 312g (2)).
SEALED = frozenset({Exclusion.HYGIENE_SEAL, Exclusion.MEDIA_SEAL, Exclusion.MIXED})
_WHOLE = _("Please write the number as a whole number, for example 1.")


def _units(label: Any, most: int, initial: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=most,
        initial=initial,
        error_messages={
            "required": _WHOLE,
            "invalid": _WHOLE,
            "min_value": _WHOLE,
            "max_value": _("At most %(limit_value)s.") % {"limit_value": most},
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "units"}),
    )


class BackForm(forms.Form):
    """Per line: units taken back, those of them for the shelf, and the seal of sealed goods.

    `asked` are lines with the units declared, or left where the goods are named in words; `kinds`
    says per line id how the right of withdrawal is excluded or lost. Nothing about a seal is chosen
    beforehand.
    """

    reason = forms.CharField(
        label=_("Reasons, if you take back less than was declared"),
        help_text=_("The shopper reads them."),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        asked: Iterable[tuple[Line, int]],
        kinds: Mapping[int, str],
        is_collected: bool,
        is_in_words: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [(line, number) for line, number in asked if number]
        self.kinds = kinds
        for line, number in self.asked:
            start = 0 if is_in_words else number
            self.fields[f"back_{line.pk}"] = _units(_("Taken back"), number, start)
            if is_collected:
                label = _("Of those, back on the shelf")
                self.fields[f"shelf_{line.pk}"] = _units(label, number, start)
            if kinds.get(line.pk) in SEALED and is_collected:
                self.fields[f"seal_{line.pk}"] = forms.ChoiceField(
                    label=_("How does the seal look?"),
                    choices=Seal.choices,
                    widget=forms.RadioSelect,
                    error_messages={"required": _("Please say how the seal looks.")},
                )
        if is_in_words:
            del self.fields["reason"]

    @property
    def rows(self) -> list[tuple[Line, int, str, list[Any]]]:
        """Line, units asked for, how its right is excluded or lost, and its fields."""
        found = []
        for line, number in self.asked:
            names = [f"{name}_{line.pk}" for name in ("back", "shelf", "seal")]
            fields = [self[name] for name in names if name in self.fields]
            found.append((line, number, self.kinds.get(line.pk, ""), fields))
        return found

    @property
    def back(self) -> Mapping[int, Back]:
        """By line id."""
        data = self.cleaned_data
        return {
            line.pk: Back(
                units=data[f"back_{line.pk}"],
                shelved=min(data.get(f"shelf_{line.pk}", 0), data[f"back_{line.pk}"]),
                seal=data.get(f"seal_{line.pk}", ""),
            )
            for line, _number in self.asked
        }


class RejectForm(forms.Form):
    """LAW: a person rejects, and says why (law A9)."""

    reason = forms.CharField(
        label=_("Your reasons"),
        help_text=_("The shopper reads them."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Please give your reasons. The shopper reads them."),
            "max_length": _("Please put this more briefly."),
        },
    )
