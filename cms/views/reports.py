"""Reports: two public forms that need neither account, cookie nor script, and the desk's list."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from cms import access as allowed
from cms.domain import reports
from cms.domain.reports import Said
from cms.forms import BarrierForm, ContentForm, DecisionForm
from cms.models import Report
from cms.models.reports import LONGEST_ADDRESS
from cms.views import scope
from marketplace.core.domain import limits
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access, client_ip, same_origin
from marketplace.core.views import errors
from shops.requests import city_of

#: Reports in an hour: from one address (a family, an office), and in a whole city.
FROM_ONE, IN_ALL, HOUR = 10, 200, 3600
#: Rows on one page of the desk's list.
MANY = 50


@access("public", methods=("GET", "POST"))
@same_origin
def content(request: HttpRequest) -> HttpResponse:
    """Unlawful content. LAW: DSA Art. 16: for everybody, electronically, confirmed at once."""
    return _form(request, ContentForm)


@access("public", methods=("GET", "POST"))
@same_origin
def barrier(request: HttpRequest) -> HttpResponse:
    """Something that cannot be used. LAW: NBGG § 9b, BFSG § 14."""
    return _form(request, BarrierForm)


def _form(request: HttpRequest, kind: type[ContentForm | BarrierForm]) -> HttpResponse:
    city, now = city_of(request), timezone.now()
    if request.method != "POST":
        # Our pages tell each other where one comes from (Referrer-Policy: same-origin).
        before = request.META.get("HTTP_REFERER", "")[:LONGEST_ADDRESS]
        before = "" if request.path in before else before
        form = kind(city=city, initial={"page": before})
        return _page(request, form, is_sent="gesendet" in request.GET)
    form = kind(request.POST, city=city)
    if not form.is_valid():
        return _page(request, form, status=422)
    # SECURITY: each report is a row and a mail; nobody may fill a stranger's mail box through us.
    for name, most in ((f"ip:{client_ip(request)}", FROM_ONE), (f"city:{city.pk}", IN_ALL)):
        if limits.take(name=f"report:{name}", most=most, seconds=HOUR, now=now) is None:
            return errors.too_many(request)
    typed = form.cleaned_data
    said = Said(
        kind=form.kind,
        path=typed["page"],
        words=typed["words"],
        name=typed["name"],
        email=typed["email"],
        in_good_faith=typed.get("in_good_faith", False),
    )
    language = get_language() or ""
    reports.receive(city=city, said=said, language=language, by=Actor.shopper(), now=now)
    answer = redirect(f"{request.path}?gesendet")
    answer.status_code = 303
    return answer


def _page(
    request: HttpRequest, form: Any, *, is_sent: bool = False, status: int = 200
) -> HttpResponse:
    context = {"form": form, "is_sent": is_sent}
    return render(request, "cms/reports/form.html", context, status=status)


# The desk -------------------------------------------------------------------------------------


@access("editor", obj="city")
def listing(request: HttpRequest) -> HttpResponse:
    """All reports, those that wait first, the most urgent on top."""
    rows = allowed.reports(scope.publishers_city(request))
    found = rows.order_by(F("decided_at").desc(nulls_first=True), "due_at", "pk")
    shown = Paginator(found, MANY).get_page(request.GET.get("page", 1))
    context = {"shown": shown, "now": timezone.now()}
    return render(request, "cms/reports/list.html", context)


@access("editor", methods=("GET", "POST"), obj="report")
def one(request: HttpRequest, report: int) -> HttpResponse:
    """What was reported, and the form that decides it."""
    city = scope.publishers_city(request)
    row = get_object_or_404(allowed.reports(city), pk=report)
    form = DecisionForm(request.POST or None)
    if request.method != "POST":
        return _one(request, row, form)
    if not form.is_valid():
        return _one(request, row, form, status=422)
    try:
        reports.decide(
            city=city,
            report_id=row.pk,
            by=scope.editor(request),
            now=timezone.now(),
            **form.cleaned_data,
        )
    except (Refused, Stale) as problem:
        return _one(request, row, form, message=problem.message, status=409)
    messages.success(request, _("Decided. The sender is told, where there is an address."))
    return redirect("reports")


def _one(
    request: HttpRequest, row: Report, form: DecisionForm, *, message: Any = "", status: int = 200
) -> HttpResponse:
    context = {"report": row, "form": form, "message": message, "now": timezone.now()}
    return render(request, "cms/reports/one.html", context, status=status)


class ReportsPanel(Component):
    """On the desk's start page while reports wait."""

    name = "reports"
    template_name = "cms/reports/panel.html"
    order = 40

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        request = (parent_context or {})["request"]
        found = reports.waiting(city=request.city, now=timezone.now())
        return {"found": found, "href": reverse("reports")}


def panels(request: HttpRequest) -> list[Component]:
    """The panel, for those who speak for the city."""
    return [ReportsPanel()] if scope.may_publish(request) else []
