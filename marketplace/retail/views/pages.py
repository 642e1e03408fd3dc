"""The two pages of the counter, put together for views that show them or had to refuse."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from marketplace.reservations.enums import OPEN, EndReason, State, Verb, allowed
from marketplace.reservations.models import Line
from marketplace.retail.domain import queries
from marketplace.retail.domain.cards import Card, Duty
from marketplace.retail.forms.counter import CodeForm, HandOverForm, ReadyForm, ReasonForm, TapForm
from marketplace.retail.views import scope
from shops.models import Branch


@dataclass(frozen=True, slots=True)
class Slip:
    """A card of the counter with the form on it, and the one that says nothing is there."""

    card: Card
    form: forms.Form
    nothing: forms.Form | None = None


def counter(
    request: HttpRequest,
    branch: Branch,
    *,
    code_form: CodeForm | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """The lists of a branch. `context` may hold `message` and what it is about."""
    now = timezone.now()
    desk = queries.desk(branch=branch, by=scope.member(request), now=now)
    shelves = iter(desk.free_shelves)
    page = {
        "branch": branch,
        "desk": desk,
        "find": [
            _slip(card, next(shelves) if card.duty == Duty.FIND else "") for card in desk.find
        ],
        "ready": [_slip(card) for card in [*desk.waiting, *desk.ready]],
        "overdue": [_slip(card) for card in desk.overdue],
        "code_form": code_form or CodeForm(auto_id="code-%s"),
        "now": now,
    }
    return render(request, "retail/counter.html", page | context, status=status)


def sheet(
    request: HttpRequest,
    branch: Branch,
    reservation_id: int,
    *,
    status: int = 200,
    message: object = "",
    failed: Mapping[str, forms.Form] | None = None,
) -> HttpResponse:
    """One reservation with all that can be done. `failed` are forms to show again as they came."""
    now = timezone.now()
    found = queries.sheet(
        reservation_id=reservation_id, branch=branch, by=scope.member(request), now=now
    )
    page = {
        "branch": branch,
        "sheet": found,
        "card": found.card,
        "reservation": found.card.reservation,
        "message": message,
        "now": now,
    }
    possible = _forms(found.card, found.free_shelf)
    again = {name: form for name, form in (failed or {}).items() if name in possible}
    return render(request, "retail/reservation.html", page | possible | again, status=status)


def _slip(card: Card, shelf: str = "") -> Slip:
    yes, no = f"r{card.reservation.pk}-%s", f"n{card.reservation.pk}-%s"
    if card.duty == Duty.FIND:
        lines = list(_lines(card))
        form = ReadyForm(lines=lines, initial={"shelf": shelf}, auto_id=yes)
        return Slip(card, form, _nothing(lines, no))
    if card.duty == Duty.ANSWER:
        why = ReasonForm(initial={"reason": EndReason.NOT_THERE}, auto_id=no)
        return Slip(card, TapForm(auto_id=yes), why)
    return Slip(card, TapForm(auto_id=yes))


def _nothing(lines: Sequence[Line], name: str) -> ReadyForm | None:
    """Found none: one tap for a single thing; of several people say how many."""
    if sum(line.owed for line in lines) != 1:
        return None
    none = {f"{ReadyForm.field}_{line.pk}": 0 for line in lines if line.owed}
    return ReadyForm(lines=lines, initial=none, auto_id=name)


def _forms(card: Card, shelf: str) -> dict[str, forms.Form]:
    """The forms of a reservation's page, by what its state allows."""
    lines, state = _lines(card), card.reservation.state
    shown: dict[str, forms.Form] = {}
    if state in allowed(Verb.HAND_OVER, card.reservation.mode) and not card.is_unconfirmed:
        shown["hand_over_form"] = HandOverForm(lines=lines, auto_id="hand-%s")
    if state in OPEN:
        shown["end_form"] = ReasonForm(auto_id="end-%s")
    if state == State.REQUESTED:
        shown["accept_form"] = TapForm(auto_id="accept-%s")
    if card.duty == Duty.FIND:
        shown["ready_form"] = ReadyForm(lines=lines, initial={"shelf": shelf}, auto_id="ready-%s")
    if card.waits_for_put_back:
        shown["shelve_form"] = TapForm(auto_id="shelve-%s")
        if state in allowed(Verb.REINSTATE, card.reservation.mode):
            shown["reinstate_form"] = TapForm(auto_id="reinstate-%s")
    return shown


def _lines(card: Card) -> Iterable[Line]:
    return [goods.line for goods in card.goods]
