"""The limit: a Django project that does nothing, with the middleware that Django's template has.

    DJANGO_SETTINGS_MODULE is not read; `granian tests.bench.null:application` serves it.

One view, one kilobyte, no database. What the pages are compared with, because it is the same for
every Django project: no page of any can be faster here.
"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = ("<!doctype html><title>null</title>" + "x" * 960).encode()


def null(request: HttpRequest) -> HttpResponse:
    """A constant answer."""
    return HttpResponse(BODY)


urlpatterns = [path("", null)]

if not settings.configured:  # `tests.bench.urls` borrows the body alone
    settings.configure(
        DEBUG=False,
        SECRET_KEY="signs nothing: nobody has a session here",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
        ],
    )
    application = get_wsgi_application()
