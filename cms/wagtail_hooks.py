"""Where Wagtail asks us."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page

from cms.domain import claims as claiming
from cms.models import ContentPage, EasyPage, Published, SignPage
from cms.views import (
    calendar,
    cases,
    desk,
    duties,
    goods,
    operator,
    reports,
    review,
    scope,
    standing,
    translating,
    withdrawals,
)
from cms.views.choosers import GoodsChooserViewSet, ShopChooserViewSet
from marketplace.core import http
from marketplace.core.views import errors
from marketplace.payments import gateway

Serve = Callable[[Page, HttpRequest, list[Any], dict[str, Any]], HttpResponseBase]

#: Seconds. Shown availability is never older than 2 (design section 7); text may be.
FRESH_GOODS, FRESH_TEXT = 2, 60
_WORDS = (ContentPage, EasyPage, SignPage)


@hooks.register("on_serve_page", order=100)  # inside Wagtail's own check of page restrictions
def serve_page(inner: Serve) -> Serve:
    """Pages that everybody may see may be cached: those with goods for a moment only."""

    def serve(
        page: Page, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return errors.method_not_allowed(request, ["GET"])
        # SECURITY: a page behind a password is for its visitor only.
        is_public = not page.get_view_restrictions().exists()
        request.is_public_page = is_public  # type: ignore[attr-defined]
        response = inner(page, request, args, kwargs)
        is_living = isinstance(page, Published) and not isinstance(page, _WORDS)
        fresh = FRESH_GOODS if is_living else FRESH_TEXT
        return http.mark_public(response, fresh) if is_public else response

    return serve


@hooks.register("before_publish_page")
def stale_law(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Repealed laws and dead platforms are not published (law A16)."""
    return duties.refuse(request, page)


@hooks.register("after_publish_page")
def dead_links(request: HttpRequest, page: Page) -> None:
    """Links that lead nowhere are told."""
    duties.warn(request, page)


@hooks.register("after_publish_page")
def claims(request: HttpRequest, page: Page) -> None:
    """LAW: percentages in free text are nobody's; whoever published some is told (law B4)."""
    here = page.specific
    body = getattr(here, "body", None)
    raw = list(body.raw_data) if body is not None else []
    found = claiming.percentages(here.title, getattr(here, "intro", ""), raw)
    if found:
        sentence = _(
            "This page says %(claims)s. Percentages stand at the prices, computed from the"
            " lowest price of the last 30 days. Please take them out of the text, or show the"
            " reduced goods."
        )
        messages.warning(request, sentence % {"claims": ", ".join(found)})


@hooks.register("insert_global_admin_js")
def desk_script() -> str:
    """Widgets start without inline scripts."""
    return render_to_string("cms/desk_script.html")


@hooks.register("insert_global_admin_css")
def desk_style() -> str:
    """Our own pages there work on a phone and without scripts."""
    return render_to_string("cms/desk_style.html")


@hooks.register("register_admin_viewset")
def choosers() -> list[ViewSet]:
    """Choosing goods and shops of the city."""
    return [GoodsChooserViewSet("goods_chooser"), ShopChooserViewSet("shop_chooser")]


@hooks.register("register_admin_urls", order=-1)  # before the library's, whose views ask for less
def pages_of_the_desk() -> list[URLPattern]:
    """Our pages in the desk; behind the desk's own door, as all of them."""
    results = translating.Report.as_view(results_only=True)
    return [
        path("regel/", desk.count, name="goods_rule_count"),
        path("hilfe/kampagne/", desk.campaign_help, name="campaign_help"),
        path("pflichten/", standing.listing, name="duties"),
        path("pflichtseiten/<slug:kind>/", duties.begin, name="begin_duty"),
        path("stadt/", desk.city, name="city_brand"),
        path("stadt/online-zahlung/", desk.paying, name="city_paying"),
        path("stadt/betreiber/", operator.operator, name="city_operator"),
        path("stadt/steuernummern/", operator.vat, name="city_vat"),
        path("stadt/steuernummern/<int:legal>/", operator.vat_confirm, name="city_vat_confirm"),
        path("kalender/", calendar.year, name="calendar"),
        path("kalender/planen/", calendar.plan, name="calendar_plan"),
        path("kalender/<int:opening>/genehmigt/", calendar.permit, name="calendar_permit"),
        path("kalender/<int:opening>/zurueckziehen/", calendar.withdraw, name="calendar_withdraw"),
        path("kalender/ortsbereiche/", calendar.zones, name="calendar_zones"),
        path("kalender/ortsbereiche/neu/", calendar.zone_add, name="calendar_zone_add"),
        path("kalender/ortsbereiche/zuordnen/", calendar.place, name="calendar_place"),
        path("kalender/ortsbereiche/<int:zone>/", calendar.zone_change, name="calendar_zone"),
        path("kalender/bestaetigt/", calendar.confirmed, name="calendar_confirmed"),
        path("waren-pruefung/", review.listing, name="goods_review"),
        path("waren-pruefung/<int:goods>/freigeben/", review.release, name="goods_release"),
        path("waren-pruefung/<int:goods>/ablehnen/", review.refuse, name="goods_refuse"),
        path("waren-pruefung/hersteller/<int:note>/", review.settle, name="maker_note_done"),
        path("meldungen/", reports.listing, name="reports"),
        path("meldungen/<int:report>/", reports.one, name="report"),
        path("widerrufe/", withdrawals.listing, name="withdrawals"),
        path("widerrufe/<int:unknown>/", withdrawals.one, name="withdrawal"),
        path("widerrufe/<int:unknown>/zuordnen/", withdrawals.assign, name="withdrawal_assign"),
        path("widerrufe/<int:unknown>/ablehnen/", withdrawals.reject, name="withdrawal_reject"),
        path("zahlungen/", cases.listing, name="cases"),
        path("zahlungen/<int:case>/", cases.one, name="case"),
        path("zahlungen/<int:case>/erledigt/", cases.close, name="case_close"),
        path("zahlungen/<int:case>/nachfragen/", cases.ask, name="case_ask"),
        path("zahlungen/<int:case>/nochmal/", cases.revive, name="case_revive"),
        path("waren/", goods.listing, name="shared_goods"),
        path("waren/zusammenlegen/<int:merge>/", goods.merge, name="shared_merge"),
        path("waren/korrektur/<int:wish>/", goods.correction, name="shared_correction"),
        path("waren/zusammengelegt/<int:merged>/zurueck/", goods.undo, name="shared_undo"),
        path("localize/submit/page/<int:page_id>/", translating.begin),
        path("localize/update/<int:translation_source_id>/", translating.take_over),
        path("localize/reports/translations/", translating.Report.as_view()),
        path("localize/reports/translations/results/", results),
    ]


class SpeakersItem(MenuItem):
    """Shown to those who speak for the city."""

    def is_shown(self, request: HttpRequest) -> bool:
        return scope.may_publish(request)


@hooks.register("register_admin_menu_item")
def calendar_item() -> MenuItem:
    """Open Sundays, zones, confirmed hours."""
    return SpeakersItem(
        _("Calendar"), reverse("calendar"), name="calendar", icon_name="calendar-alt", order=250
    )


@hooks.register("register_admin_menu_item")
def reports_item() -> MenuItem:
    """Unlawful content and barriers."""
    return SpeakersItem(
        _("People's reports"),
        reverse("reports"),
        name="people",  # "reports" is Wagtail's own
        icon_name="mail",
        order=260,
    )


@hooks.register("register_admin_menu_item")
def withdrawals_item() -> MenuItem:
    """Withdrawals nobody could assign."""
    return SpeakersItem(
        _("Withdrawals"), reverse("withdrawals"), name="withdrawals", icon_name="rotate", order=262
    )


@hooks.register("construct_homepage_panels")
def withdrawals_that_wait(request: HttpRequest, panels: list[Any]) -> None:
    """Somebody's money is due, and nobody knows by whom."""
    panels.extend(withdrawals.panels(request))


@hooks.register("register_admin_menu_item")
def review_item() -> MenuItem:
    """Goods that sound like goods we do not take, and what shops say of manufacturers."""
    return SpeakersItem(
        _("Goods to review"),
        reverse("goods_review"),
        name="goods-review",
        icon_name="tag",
        order=265,
    )


@hooks.register("construct_homepage_panels")
def goods_that_wait(request: HttpRequest, panels: list[Any]) -> None:
    """Nobody sees these goods before somebody decides."""
    panels.extend(review.panels(request))


@hooks.register("register_admin_menu_item")
def cases_item() -> MenuItem:
    """Payments that a person has to look at."""
    return cases.CasesItem(
        _("Payment cases"), reverse("cases"), name="cases", icon_name="warning", order=270
    )


@hooks.register("register_admin_menu_item")
def goods_item() -> MenuItem:
    """Pages that shops share."""
    return SpeakersItem(
        _("Shared goods"),
        reverse("shared_goods"),
        name="shared-goods",
        icon_name="list-ul",
        order=265,
    )


@hooks.register("construct_homepage_panels")
def proposals_that_wait(request: HttpRequest, panels: list[Any]) -> None:
    """Shops wait for a word about pages they share."""
    panels.extend(goods.panels(request))


@hooks.register("construct_homepage_panels")
def cases_that_wait(request: HttpRequest, panels: list[Any]) -> None:
    """Somebody's money is where the machine may not decide."""
    panels.extend(cases.panels(request))


@hooks.register("construct_homepage_panels")
def reports_that_wait(request: HttpRequest, panels: list[Any]) -> None:
    """Whoever wrote waits for an answer."""
    panels.extend(reports.panels(request))


@hooks.register("register_admin_menu_item")
def duties_item() -> MenuItem:
    """How the pages that the law wants stand."""
    return SpeakersItem(
        _("Legal texts"), reverse("duties"), name="duties", icon_name="doc-full", order=255
    )


@hooks.register("construct_homepage_panels")
def pages_the_law_wants(request: HttpRequest, panels: list[Any]) -> None:
    """What is missing stands first on the start page."""
    panels.extend(duties.panels(request))


@hooks.register("register_help_menu_item")
def campaign_help() -> MenuItem:
    """How to make a campaign, where editors look for help."""
    return MenuItem(
        _("A campaign page in 15 minutes"), reverse("campaign_help"), icon_name="help", order=10
    )


class PayingItem(SpeakersItem):
    """Shown where people can pay online at all."""

    def is_shown(self, request: HttpRequest) -> bool:
        return gateway.is_configured() and super().is_shown(request)


@hooks.register("register_settings_menu_item")
def city_paying() -> MenuItem:
    """Whether shops may be paid online, and the operator's fee."""
    return PayingItem(_("Online payment"), reverse("city_paying"), icon_name="form", order=11)


@hooks.register("register_settings_menu_item")
def city_operator() -> MenuItem:
    """Who runs the marketplace."""
    return SpeakersItem(
        _("Operator of the marketplace"), reverse("city_operator"), icon_name="group", order=12
    )


@hooks.register("register_settings_menu_item")
def city_brand() -> MenuItem:
    """The city's colour."""
    return MenuItem(_("The city's colour"), reverse("city_brand"), icon_name="view", order=10)
