"""Who runs the marketplace, for those who speak for the city; and the shops' VAT ids."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.forms_operator import OperatorForm, VatForm
from cms.views import scope
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.core.http import access
from shops import access as allowed
from shops.domain.legal import facts, operators


@access("editor", methods=("GET", "POST"), obj="city")
def operator(request: HttpRequest) -> HttpResponse:
    """Model, public share and Impressum; the legal texts of the operator follow."""
    ours = scope.publishers_city(request)
    legal = operators.of(ours)
    form = OperatorForm(request.POST) if request.method == "POST" else OperatorForm.of(legal)
    if request.method == "POST" and form.is_valid():
        try:
            operators.save(
                city=ours, said=form.said, by=Actor.editor(request.user), now=timezone.now()
            )
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _("Saved. The operator's legal texts say it from now on."))
            return redirect("city_operator")
    context = {"form": form, "missing": operators.missing(legal)}
    return render(request, "cms/operator.html", context, status=422 if form.errors else 200)


@access("editor", obj="city")
def vat(request: HttpRequest) -> HttpResponse:
    """The shops' VAT ids and when they were last looked at. LAW: UStG § 25e (law D12)."""
    ours = scope.publishers_city(request)
    return render(request, "cms/vat.html", {"rows": facts.vat_rows(city=ours), "form": VatForm()})


@access("editor", methods=("POST",), obj="city")
def vat_confirm(request: HttpRequest, legal: int) -> HttpResponse:
    """The tax office's answer about one of them."""
    ours = scope.publishers_city(request)
    found = get_object_or_404(allowed.city_facts(ours).select_related("shop"), pk=legal)
    form = VatForm(request.POST)
    if not form.is_valid():
        rows = facts.vat_rows(city=ours)
        return render(request, "cms/vat.html", {"rows": rows, "form": form}, status=422)
    try:
        facts.confirm_vat(
            shop=found.shop,
            is_valid=form.cleaned_data["answer"] == VatForm.VALID,
            office=facts.OFFICE,
            reference=form.cleaned_data["reference"],
            by=Actor.editor(request.user),
            now=timezone.now(),
        )
    except Refused as no:
        messages.error(request, no.message)
    else:
        messages.success(request, _("Noted with today's date."))
    return redirect("city_vat")
