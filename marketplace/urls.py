"""Where every path leads. German paths are the stable ones; `/en/` before them is English."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms.views import credits, films, images, legal, reports, sitemap
from marketplace.api.views import manual
from marketplace.core.views import accounts, media
from shops.views import machines, places

handler400 = "marketplace.core.views.errors.bad_request"
handler403 = "marketplace.core.views.errors.forbidden"
handler404 = "marketplace.core.views.errors.not_found"
handler429 = "marketplace.core.views.errors.too_many"
handler500 = "marketplace.core.views.errors.server_error"

urlpatterns = [
    path("", include("marketplace.operations.urls")),
    path("", include("marketplace.payments.urls")),
    path("api/v1/", include("marketplace.api.urls")),
    # SECURITY: one login for everybody, with allauth's rate limits; Wagtail's own form is no door.
    path("cms/login/", accounts.desk_login),
    path("cms/", include(wagtailadmin_urls)),
    path("dokumente/", include(wagtaildocs_urls)),
    path("_util/login/", accounts.desk_login),
    path("robots.txt", machines.robots, name="robots"),
    path("manifest.webmanifest", machines.manifest, name="manifest"),
    path("favicon.ico", machines.icon, name="icon"),
    path("sitemap.xml", sitemap.index, name="sitemap_index"),
    path("sitemap-<slug:section>.xml", sitemap.sitemap, name="sitemap"),
    path("vorschau/<int:pk>.jpg", images.preview, name="social_preview"),
    path("filme/<int:pk>/", films.film, name="film"),
    path("farben/<slug:colour>.css", places.colours, name="colours"),
    path("media/<path:path>", media.media, name="media"),
]
if settings.DEMO or settings.DEBUG:
    urlpatterns += [path("", include("marketplace.workbench.urls"))]
    urlpatterns += i18n_patterns(
        path("", include("marketplace.workbench.urls_spoken")), prefix_default_language=False
    )
if settings.DEBUG:
    from django.contrib import admin

    urlpatterns += [path("django-admin/", admin.site.urls)]
urlpatterns += i18n_patterns(
    path("", include("shops.urls")),
    path("", include("marketplace.reservations.urls")),
    path("haendler/", include("marketplace.retail.urls")),
    path("api/", manual.manual, name="stock_manual"),
    path("melden/", reports.content, name="report_content"),
    path("barriere/", reports.barrier, name="report_barrier"),
    path("bildnachweis/", credits.credits, name="credits"),
    path("rechtliches/", legal.texts, name="legal_texts"),
    path("fassungen/<int:page>/", legal.history, name="page_versions"),
    path("fassungen/<int:page>/<int:number>/", legal.version, name="page_version"),
    # Nobody signs up, and invitations are bound to the address that got them.
    path("konto/signup/", accounts.no_such_page),
    path("konto/email/", accounts.no_such_page),
    path("konto/confirm-email/<path:rest>", accounts.no_such_page),
    path("konto/confirm-email/", accounts.no_such_page),
    path("konto/", include("allauth.account.urls")),
    path("", include(wagtail_urls)),  # last: every other path is a page of the city, or none
    prefix_default_language=False,
)
