"""The till's room: keys, lists that have come, rows that somebody must look at."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import absolute, access
from marketplace.retail.forms.till import DecideForm, KeyForm, ListForm
from marketplace.retail.views import scope
from shops.domain.deliveries import deciding, reading, taking, tokens
from shops.domain.deliveries.deciding import Decided
from shops.domain.deliveries.taking import Sender
from shops.domain.queries import deliveries
from shops.enums import Channel
from shops.models import Branch, Delivery


@access("member", obj="branch")
def till(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """How fresh the stock is, what the till has sent, and how it is let in."""
    return _page(request, scope.branch_of(request, shop, branch))


@access("member", methods=("POST",), obj="branch")
def upload(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """A list by hand; the same one again changes nothing."""
    here = scope.branch_of(request, shop, branch)
    form = ListForm(request.POST, request.FILES, auto_id="list-%s")
    if not form.is_valid():
        return _page(request, here, status=422, list_form=form)
    content = form.cleaned_data["file"]
    mark = taking.fingerprint(content, form.told)
    try:
        delivery = taking.take(
            branch=here,
            number=f"hand-{mark[:32]}",
            mark=mark,
            listing=reading.from_table(content),
            as_of=form.told,
            sender=Sender(channel=Channel.HAND, by=scope.member(request)),
            now=timezone.now(),
        )
    except (Refused, Stale) as no:
        form.add_error("file", str(no.message))
        return _page(request, here, status=422, list_form=form)
    return _to(here, delivery)


@access("owner", methods=("POST",), obj="branch")
def create_key(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """A key for one till. This answer is the only place where it is ever shown."""
    here = scope.owned_branch_of(request, shop, branch)
    form = KeyForm(request.POST, auto_id="key-%s")
    if not form.is_valid():
        return _page(request, here, status=422, key_form=form)
    by, now = scope.member(request), timezone.now()
    try:
        _token, secret = tokens.create(branch=here, name=form.cleaned_data["name"], by=by, now=now)
    except Refused as no:
        return _page(request, here, status=409, message=no.message)
    return _page(request, here, secret=secret)


@access("owner", methods=("POST",), obj="branch")
def revoke_key(request: HttpRequest, shop: str, branch: str, token: int) -> HttpResponse:
    """From now on this key opens nothing."""
    here = scope.owned_branch_of(request, shop, branch)
    row = scope.token_of(here, token)
    if tokens.revoke(token=row, by=scope.member(request), now=timezone.now()):
        messages.success(request, _("The key of “%s” opens nothing any more.") % row.name)
    return redirect("retail:till", here.shop.slug, here.slug)


@access("member", obj="branch")
def delivery(request: HttpRequest, shop: str, branch: str, delivery: int) -> HttpResponse:
    """One delivery's receipt."""
    here = scope.branch_of(request, shop, branch)
    return _receipt(request, here, scope.delivery_of(here, delivery))


@access("member", methods=("POST",), obj="branch")
def decide(request: HttpRequest, shop: str, branch: str, delivery: int) -> HttpResponse:
    """Rows that were held back are right after all, or they are not."""
    here = scope.branch_of(request, shop, branch)
    row = scope.delivery_of(here, delivery)
    held = row.held_rows.values_list("pk", flat=True)
    form = DecideForm(request.POST, rows=list(held))
    if not form.is_valid():
        text = next(iter(form.non_field_errors()), _("Please look at the articles again."))
        return _receipt(request, here, row, status=422, message=text)
    decider = deciding.take_over if form.cleaned_data["decision"] == "take" else deciding.leave
    done = decider(delivery=row, rows=form.chosen, by=scope.member(request), now=timezone.now())
    messages.success(request, _said(done))
    return _to(here, row)


def _said(done: Decided) -> str:
    if done.left:
        text = ngettext("%d article stays as it was.", "%d articles stay as they were.", done.left)
        return text % done.left
    text = ngettext("%d article taken over.", "%d articles taken over.", done.taken) % done.taken
    if done.overtaken:
        more = ngettext(
            "%d was counted anew meanwhile and stays.",
            "%d were counted anew meanwhile and stay.",
            done.overtaken,
        )
        text = f"{text} {more % done.overtaken}"
    return text


def _to(branch: Branch, delivery: Delivery) -> HttpResponse:
    return redirect("retail:till_delivery", branch.shop.slug, branch.slug, delivery.pk)


def _receipt(
    request: HttpRequest,
    branch: Branch,
    delivery: Delivery,
    *,
    status: int = 200,
    message: Any = "",
) -> HttpResponse:
    context = {
        "branch": branch,
        "found": deliveries.one(delivery=delivery),
        "message": message,
        "now": timezone.now(),
    }
    return render(request, "retail/till_delivery.html", context, status=status)


def _page(
    request: HttpRequest, branch: Branch, *, status: int = 200, **context: Any
) -> HttpResponse:
    now = timezone.now()
    owned = scope.owned_branches(request).filter(pk=branch.pk).exists()
    page = {
        "branch": branch,
        "room": deliveries.room(branch=branch, number=request.GET.get("page", ""), now=now),
        "is_owner": owned,
        "address": absolute(request, "/api/v1/stock"),
        "key_form": KeyForm(auto_id="key-%s"),
        "list_form": ListForm(auto_id="list-%s"),
        "now": now,
    }
    return render(request, "retail/till.html", page | context, status=status)
