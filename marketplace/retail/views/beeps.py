"""Many scans in a row, and what they leave to be described."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.core.middleware.headers import WITH_CAMERA
from marketplace.retail.domain import scanning as rooms
from marketplace.retail.forms.goods import ListForm
from marketplace.retail.forms.scanning import BeepForm, BeginForm, QuantityForm
from marketplace.retail.views import scope
from shops.domain import scanning
from shops.models import Branch, ScanSession

OVER = _("This list is finished already. Please begin another.")


@dataclass(frozen=True, slots=True)
class Row:
    """A line with the id of its form."""

    line: rooms.Line
    client_id: uuid.UUID = field(default_factory=uuid.uuid4)


@access("member", methods=("GET", "POST"), obj="branch")
def session(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """The running list; a POST is one beep."""
    here = scope.branch_of(request, shop, branch)
    running = rooms.open_session(branch=here, by=scope.member(request))
    if request.method != "POST":
        return _page(request, here, running)
    if running is None:
        return _page(request, here, None, message=OVER, status=409)
    form = BeepForm(request.POST, request.FILES, auto_id="scan-%s")
    if not form.is_valid():
        return _page(request, here, running, form=form, status=422)
    said = form.cleaned_data
    return _act(
        request,
        here,
        running,
        scanning.scan,
        form=form,
        code=said["text"],
        client_id=said["client_id"],
    )


@access("member", methods=("POST",), obj="branch")
def begin(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """Begin a list, or go on with the one that is open."""
    here = scope.branch_of(request, shop, branch)
    form = BeginForm(request.POST, auto_id="begin-%s")
    if not form.is_valid():
        return _page(request, here, None, begin_form=form, status=422)
    scanning.begin(
        branch=here,
        mode=form.cleaned_data["mode"],
        by=scope.member(request),
        now=timezone.now(),
    )
    return redirect("retail:scan_session", shop, branch)


@access("member", methods=("POST",), obj="branch")
def quantity(request: HttpRequest, shop: str, branch: str, line: int) -> HttpResponse:
    """So many of this line, whatever was scanned."""
    here = scope.branch_of(request, shop, branch)
    running = rooms.open_session(branch=here, by=scope.member(request))
    if running is None:
        return _page(request, here, None, message=OVER, status=409)
    form = QuantityForm(request.POST)
    if not form.is_valid():
        message = form.errors.get("quantity", [_("This form did not arrive whole.")])[0]
        return _page(request, here, running, message=message, status=422)
    return _act(request, here, running, scanning.set_quantity, line_id=line, **form.cleaned_data)


@access("member", methods=("POST",), obj="branch")
def undo(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """Take the last beep back."""
    here = scope.branch_of(request, shop, branch)
    running = rooms.open_session(branch=here, by=scope.member(request))
    if running is None:
        return _page(request, here, None, message=OVER, status=409)
    return _act(request, here, running, scanning.undo)


@access("member", methods=("POST",), obj="branch")
def finish(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """Write all counts and show what became of them."""
    here = scope.branch_of(request, shop, branch)
    by = scope.member(request)
    running = rooms.open_session(branch=here, by=by) or rooms.last_finished(branch=here, by=by)
    if running is None:
        return _page(request, here, None, message=OVER, status=409)
    # The second of two taps finds it finished, and shows the same.
    done = scanning.finish(session=running, by=by, now=timezone.now())
    return redirect("retail:scan_done", shop, branch, done.pk)


@access("member", obj="branch")
def done(request: HttpRequest, shop: str, branch: str, session: int) -> HttpResponse:
    """What a finished list has changed."""
    here = scope.branch_of(request, shop, branch)
    found = rooms.session_of(branch=here, pk=session)
    if found is None:
        raise Http404
    found.branch = here
    context = {"branch": here, "found": rooms.session(session=found), "now": timezone.now()}
    return render(request, "retail/scan_done.html", context)


@access("member", obj="branch")
def waiting(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """What scans have left to be described."""
    here = scope.branch_of(request, shop, branch)
    number = ListForm(request.GET).place().get("page", "")
    context = {
        "branch": here,
        "found": rooms.waiting(branch=here, number=number),
        "now": timezone.now(),
    }
    return render(request, "retail/scan_waiting.html", context)


@access("member", methods=("POST",), obj="branch")
def drop(request: HttpRequest, shop: str, branch: str, line: int) -> HttpResponse:
    """This one is not described after all."""
    here = scope.branch_of(request, shop, branch)
    if not rooms.has_line(branch=here, pk=line):
        raise Http404
    scanning.drop(branch=here, line_id=line, by=scope.member(request), now=timezone.now())
    messages.success(request, _("Left out."))
    return redirect("retail:scan_waiting", shop, branch)


def _act(
    request: HttpRequest,
    branch: Branch,
    running: ScanSession,
    act: Callable[..., object],
    *,
    form: BeepForm | None = None,
    **said: Any,
) -> HttpResponse:
    """The act, then the list again; a refusal is told above it, and what was typed stays."""
    try:
        act(session=running, by=scope.member(request), now=timezone.now(), **said)
    except (Refused, Stale) as no:
        return _page(request, branch, running, form=form, message=no.message, status=409)
    return redirect("retail:scan_session", branch.shop.slug, branch.slug)


def _page(
    request: HttpRequest,
    branch: Branch,
    running: ScanSession | None,
    *,
    form: BeepForm | None = None,
    begin_form: BeginForm | None = None,
    message: object = "",
    status: int = 200,
) -> HttpResponse:
    found = rooms.session(session=running) if running else None
    context = {
        "branch": branch,
        "found": found,
        "rows": [Row(line) for line in found.lines] if found else [],
        "form": form or BeepForm(auto_id="scan-%s"),
        "client_id": uuid.uuid4(),
        "begin_form": begin_form or BeginForm(auto_id="begin-%s"),
        "message": message,
        "waiting": rooms.waiting_number(branch=branch),
        "now": timezone.now(),
    }
    answer = render(request, "retail/scan_session.html", context, status=status)
    answer["Permissions-Policy"] = WITH_CAMERA
    return answer
