"""Hours and closures of a branch as files: in, with a receipt, and out."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.retail.domain import hours_files
from marketplace.retail.forms.hours_files import CalendarForm, ValueForm
from marketplace.retail.views import scope
from shops.domain.exchange.ics import Receipt
from shops.models import Branch

#: So many events are named per reason; the others are counted.
NAMED = 10


@dataclass(slots=True)
class LeftOut:
    """Events that are left out for one reason."""

    reason: str
    named: list[str]
    more: int = 0


@access("member", methods=("GET", "POST"), obj="branch")
def files(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """The page; takes a calendar file, or opening hours as text in two steps."""
    here = scope.branch_of(request, shop, branch)
    if request.method != "POST":
        return _page(request, here)
    return _value(request, here) if "value" in request.POST else _calendar(request, here)


@access("member", obj="branch")
def closures(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """Closures that are not over, as a calendar file."""
    here = scope.branch_of(request, shop, branch)
    body = hours_files.closures_file(branch=here, now=timezone.now())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="geschlossen.ics"'
    return response


def _calendar(request: HttpRequest, branch: Branch) -> HttpResponse:
    """First what the file would change, then, with `calendar`, that it is so; again: nothing."""
    form = CalendarForm(request.POST, request.FILES, auto_id="file-%s")
    if not form.is_valid():
        return _page(request, branch, status=422, file_form=form)
    now, data = timezone.now(), form.data_given
    try:
        events = hours_files.events(branch=branch, data=data, now=now)
        if form.is_first_look:
            plan = hours_files.plan(branch=branch, events=events, now=now)
            return _look(request, branch, data, plan)
        receipt = hours_files.take_closures(
            branch=branch, events=events, by=scope.member(request), now=now
        )
    except (Refused, Stale) as no:
        form.add_error("file", str(no.message))
        return _page(request, branch, status=422, file_form=form)
    branch.refresh_from_db()
    left_out = _by_reason(receipt.left_out)
    return _page(request, branch, receipt=receipt, left_out=left_out, is_done=True)


def _look(request: HttpRequest, branch: Branch, data: bytes, receipt: Receipt) -> HttpResponse:
    """Nothing is written yet: a private calendar closes no shop by accident."""
    left_out = _by_reason(receipt.left_out)
    calendar = base64.b64encode(data).decode() if receipt.has_changes else ""
    return _page(request, branch, receipt=receipt, left_out=left_out, calendar=calendar)


def _value(request: HttpRequest, branch: Branch) -> HttpResponse:
    """First what it would be, then, with `take`, that it is so."""
    form = ValueForm(request.POST, auto_id="hours-%s")
    if not form.is_valid():
        return _page(request, branch, status=422, value_form=form)
    text, now = form.cleaned_data["value"], timezone.now()
    if "take" not in request.POST:
        preview = hours_files.preview(branch=branch, text=text, now=now)
        return _page(request, branch, value_form=form, preview=preview, text=text)
    try:
        hours_files.take_value(branch=branch, text=text, by=scope.member(request), now=now)
    except (Refused, Stale) as no:
        return _page(request, branch, status=409, value_form=form, message=str(no.message))
    messages.success(request, _("Taken over. Your page says so at once."))
    return redirect("retail:hours_files", branch.shop.slug, branch.slug)


def _by_reason(left_out: Iterable[tuple[str, str]]) -> list[LeftOut]:
    found: dict[str, LeftOut] = {}
    for what, reason in left_out:
        each = found.setdefault(reason, LeftOut(reason, []))
        if len(each.named) < NAMED:
            each.named.append(what)
        else:
            each.more += 1
    return list(found.values())


def _page(
    request: HttpRequest, branch: Branch, *, status: int = 200, **context: Any
) -> HttpResponse:
    page = {
        "branch": branch,
        "value": hours_files.value(branch=branch, now=timezone.now()),
        "file_form": CalendarForm(auto_id="file-%s"),
        "value_form": ValueForm(auto_id="hours-%s"),
    }
    return render(request, "retail/hours_files.html", page | context, status=status)
