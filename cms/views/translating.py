"""Translating pages in the desk: the library's views, asked for the right to the page as well.

SECURITY: by themselves they ask only whether somebody may translate at all, so an editor of one
city could begin translations of another's pages and read their titles in the report.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail_localize.models import TranslationSource
from wagtail_localize.views.report import TranslationsReportView
from wagtail_localize.views.submit_translations import SubmitPageTranslationView
from wagtail_localize.views.update_translations import UpdateTranslationsView


def begin(request: HttpRequest, page_id: int) -> HttpResponseBase:
    """Begin the translation of a page that one may write."""
    _writable(request, get_object_or_404(Page, pk=page_id))
    return SubmitPageTranslationView.as_view()(request, page_id=page_id)


def take_over(request: HttpRequest, translation_source_id: int) -> HttpResponseBase:
    """Take over what has changed in a page that one may write."""
    source = get_object_or_404(TranslationSource, pk=translation_source_id)
    _writable(
        request, get_object_or_404(Page, translation_key=source.object_id, locale=source.locale)
    )
    return UpdateTranslationsView.as_view()(request, translation_source_id=translation_source_id)


def _writable(request: HttpRequest, page: Page) -> None:
    if not page.specific.permissions_for_user(request.user).can_edit():
        raise Http404


class Report(TranslationsReportView):
    """Translations of pages that one may see in the desk; Wagtail builds reports from classes."""

    def get_queryset(self) -> QuerySet[Any]:
        seen = PagePermissionPolicy().explorable_instances(self.request.user)
        rows = super().get_queryset().filter(source__object__in=seen.values("translation_key"))
        return rows.order_by("-created_at", "pk")
