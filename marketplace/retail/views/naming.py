"""Names of categories in the shop's own files: asked once, answered on one page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core.http import access
from marketplace.retail.forms import naming as forms
from marketplace.retail.forms.naming import NamesForm
from marketplace.retail.views import scope
from shops import access as allowed
from shops.domain import naming
from shops.models import Shop

#: Names on one page; those that most goods wait for come first.
MANY = 40


@access("member", methods=("GET", "POST"), obj="shop")
def names(request: HttpRequest, shop: str) -> HttpResponse:
    """What our files call the categories, and what that means here."""
    mine = scope.shop_of(request, shop)
    if request.method != "POST":
        return _page(request, mine)
    rows = allowed.shop_aliases(mine).select_related("category")
    form = NamesForm(
        request.POST,
        auto_id="name-%s",
        names=[row for row in rows if NamesForm.name_of(row.pk) in request.POST],
    )
    if not form.is_valid():
        return _page(request, mine, message=_("There is no such category."), status=422)
    answers = form.answers
    moved = naming.answer(shop=mine, answers=answers, by=scope.member(request), now=timezone.now())
    messages.success(request, _said(len(answers), moved))
    return redirect("retail:category_names", mine.slug)


def _said(answers: int, moved: int) -> str:
    if not answers:
        return _("Nothing was changed.")
    first = ngettext("%(n)d name remembered.", "%(n)d names remembered.", answers) % {"n": answers}
    second = ngettext("%(n)d product sorted.", "%(n)d products sorted.", moved) % {"n": moved}
    return f"{first} {second}"


def _page(
    request: HttpRequest, shop: Shop, *, message: Any = "", status: int = 200
) -> HttpResponse:
    asked = naming.questions(shop=shop)
    shown = asked[:MANY]
    known = list(
        allowed.shop_aliases(shop)
        .exclude(category=None, is_ignored=False)
        .select_related("category")
        .order_by("key")
    )
    rows = [*(each.alias for each in shown), *known]
    proposals = {each.alias.pk: each.proposal for each in shown}
    form = NamesForm(
        auto_id="name-%s",
        names=rows,
        initial={
            NamesForm.name_of(row.pk): forms.initial(row, proposals.get(row.pk)) for row in rows
        },
    )
    context = {
        "shop": shop,
        "questions": [(each, form[NamesForm.name_of(each.alias.pk)]) for each in shown],
        "more": len(asked) - len(shown),
        "known": [form[NamesForm.name_of(row.pk)] for row in known],
        "message": message,
    }
    return render(request, "retail/category_names.html", context, status=status)
