"""Pages of ours in the city's desk."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from cms.domain import living, queries
from cms.forms import RuleForm
from cms.models import CampaignIndex
from cms.models.living import LivingBody
from shops.requests import city_of


def count(request: HttpRequest) -> JsonResponse:
    """How many goods a rule finds now, in words; asked while it is written."""
    form = RuleForm(request.GET, city=city_of(request))
    if not form.is_valid():
        return JsonResponse({"text": "", "number": None})
    town = queries.town(city=city_of(request), now=timezone.now())
    number = living.count(value=form.cleaned_data, town=town)
    if number == 0:
        text = _("Nothing fits at the moment. The block then shows what you chose for that case.")
    elif number >= living.LOOKED_AT:
        text = _("%(number)d or more products fit at the moment.") % {"number": number}
    else:
        text = ngettext(
            "%(number)d product fits at the moment.",
            "%(number)d products fit at the moment.",
            number,
        ) % {"number": number}
    return JsonResponse({"text": text, "number": number})


def campaign_help(request: HttpRequest) -> HttpResponse:
    """A campaign page in fifteen minutes, step by step, with a link to begin."""
    index = CampaignIndex.objects.descendant_of(_home(request), inclusive=True).first()
    can_add = index is not None and index.permissions_for_user(request.user).can_add_subpage()
    blocks = LivingBody().child_blocks.values()
    return render(
        request, "cms/help.html", {"index": index if can_add else None, "blocks": list(blocks)}
    )


def _home(request: HttpRequest) -> Any:
    page: Page = city_of(request).site.root_page
    return page
