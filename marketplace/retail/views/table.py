"""What one does at a desk: prices and counts in a table, and the list of what to count next."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core.http import access
from marketplace.retail.domain import goods as shelves
from marketplace.retail.domain.goods import GoodsRow
from marketplace.retail.forms import table as forms
from marketplace.retail.forms.goods import Filter, ListForm
from marketplace.retail.forms.table import Box, Grid, Sent
from marketplace.retail.views import scope
from shops.domain import table
from shops.domain.table import Column, Written
from shops.models import Branch


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table."""

    goods: GoodsRow
    price: Box
    shelf: Box


@access("member", methods=("GET", "POST"), obj="branch")
def grid(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """Prices and counts of a page of goods; a submit writes what has changed."""
    here = scope.branch_of(request, shop, branch)
    if request.method != "POST":
        return _table(request, here, ListForm(request.GET).place(), Grid())
    sent = Sent.of(request.POST.dict())
    done = table.write(branch=here, rows=sent.rows, by=scope.member(request), now=timezone.now())
    place = ListForm(request.POST).place()
    if done.is_whole and not sent.grid.boxes:
        messages.success(request, _said(done))
        query = urlencode(place)
        path = reverse("retail:grid", args=[shop, branch])
        return redirect(f"{path}{'?' if query else ''}{query}")
    offers = scope.offers_of([here], {pk for pk, _column in done.changed})
    left = sent.left(done, request.POST.dict(), offers)
    return _table(request, here, place, left, done=done, status=409 if done.changed else 422)


def _table(
    request: HttpRequest,
    branch: Branch,
    place: dict[str, str],
    cells: Grid,
    *,
    done: Written | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    found = shelves.goods(
        branch=branch,
        text=place.get("q", ""),
        show=place.get("show", ""),
        number=place.get("page", ""),
        # What waits in the form is shown, wherever it would stand by now.
        keep=forms.ids_in(request.POST) if done else (),
        now=now,
    )
    context = {
        "branch": branch,
        "found": found,
        "rows": [
            Line(each, cells.box(each.offer, Column.PRICE), cells.box(each.offer, Column.SHELF))
            for each in found.rows
        ],
        "filters": Filter.choices,
        "place": place,
        "is_left": bool(cells.boxes),
        "said": _said(done) if done and (done.prices or done.counts) else "",
        "now": now,
    }
    return render(request, "retail/table.html", context, status=status)


def _said(done: Written) -> str:
    """How many cells were written."""
    prices = ngettext("%(n)d price saved.", "%(n)d prices saved.", done.prices) % {"n": done.prices}
    counts = ngettext("%(n)d article counted.", "%(n)d articles counted.", done.counts) % {
        "n": done.counts
    }
    told = [*([prices] if done.prices else []), *([counts] if done.counts else [])]
    return " ".join(told) or _("Nothing was changed.")
