"""Pages of ours in the city's desk."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.domain import living, queries
from cms.forms import BrandForm, PayingForm, RuleForm
from cms.models import CampaignIndex
from cms.models.living import LivingBody
from cms.views import scope
from marketplace.core.domain.history import Actor
from marketplace.payments import gateway
from shops.domain import brand, cities
from shops.domain import paying as rules
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
    index = CampaignIndex.objects.descendant_of(scope.home(request), inclusive=True).first()
    can_add = index is not None and index.permissions_for_user(request.user).can_add_subpage()
    blocks = LivingBody().child_blocks.values()
    return render(
        request, "cms/help.html", {"index": index if can_add else None, "blocks": list(blocks)}
    )


def city(request: HttpRequest) -> HttpResponse:
    """The city's colour, for those who may publish its front page."""
    ours = scope.publishers_city(request)
    form = BrandForm(request.POST or None, initial={"colour": ours.colour})
    if request.method == "POST" and form.is_valid():
        by = Actor.editor(request.user)
        cities.paint(city=ours, colour=form.cleaned_data["colour"], by=by, now=timezone.now())
        messages.success(request, _("The city wears its new colour."))
        return redirect("city_brand")
    return render(request, "cms/city.html", {"form": form, "family": brand.family(ours.colour)})


def paying(request: HttpRequest) -> HttpResponse:
    """The city's rules of paying online; where nobody can, there is no such page."""
    if not gateway.is_configured():
        raise Http404
    ours = scope.publishers_city(request)
    fees = {"percent": ours.pay_fee_percent, "fixed": ours.pay_fee_fixed}
    form = PayingForm(request.POST or None, initial={"is_open": ours.pay_open} | fees)
    if request.method == "POST" and form.is_valid():
        rules.set_rules(
            city=ours, by=Actor.editor(request.user), now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("The rules of online payment are saved."))
        return redirect("city_paying")
    return render(request, "cms/paying.html", {"form": form})
