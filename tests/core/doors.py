"""Views and paths for the tests of the frame."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace import urls
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access, client_ip, public_page, same_origin
from marketplace.core.middleware.headers import PERMISSIONS

handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler429 = urls.handler429
handler500 = urls.handler500

ADDRESS = "canary.person@example.org"


@access("public")
def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


@access("public", methods=("GET", "POST"))
@same_origin
def guarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse("guarded")


@access("public", methods=("POST",))
def with_token(request: HttpRequest) -> HttpResponse:
    return HttpResponse("taken")


@access("public")
@public_page(60)
def public(request: HttpRequest) -> HttpResponse:
    return render(request, "404.html")


@access("public")
@public_page(60)
def leaky(request: HttpRequest) -> HttpResponse:
    if "token" in request.GET:
        get_token(request)
    elif "user" in request.GET:
        assert request.user is not None
        assert not request.user.is_authenticated
    else:
        request.session["seen"] = 1
    return HttpResponse("leaky")


@access("member", obj="Shop")
def members(request: HttpRequest) -> HttpResponse:
    return HttpResponse("members")


@access("member", methods=("POST",))
def members_post(request: HttpRequest) -> HttpResponse:
    return HttpResponse("members")


@access("editor")
def editors(request: HttpRequest) -> HttpResponse:
    return HttpResponse("editors")


@access("public", methods=("GET", "POST"))
def trouble(request: HttpRequest, kind: str) -> HttpResponse:
    if kind == "refused":
        raise Refused(_("Search"), code="no")
    if kind == "stale":
        raise Stale(_("Search"), code="old")
    if kind == "denied":
        raise PermissionDenied
    if kind == "locked":
        raise OperationalError(f"database is locked by {ADDRESS}")
    raise RuntimeError(f"nobody told {ADDRESS}\nDETAIL: Key (email)=({ADDRESS}) exists")


@access("shopper", obj="Checkout")
def collect(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse(token)


@access("public")
def camera(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse("camera")
    answer["Permissions-Policy"] = PERMISSIONS.replace("camera=()", "camera=(self)")
    return answer


@access("public")
def told(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Done as you wished")
    return redirect("/d/plain-page/")


@access("public")
def plain_page(request: HttpRequest) -> HttpResponse:
    return render(request, "404.html")


@access("public")
def address(request: HttpRequest) -> HttpResponse:
    return HttpResponse(client_ip(request))


urlpatterns = [
    path("d/plain/", plain),
    path("en/d/plain/", plain),
    path("d/guarded/", guarded),
    path("d/with-token/", with_token),
    path("d/public/", public),
    path("d/leaky/", leaky),
    path("d/members/", members),
    path("d/members/post/", members_post),
    path("d/editors/", editors),
    path("d/trouble/<str:kind>/", trouble),
    path("en/d/trouble/<str:kind>/", trouble),
    path("d/camera/", camera),
    path("d/told/", told),
    path("d/plain-page/", plain_page),
    path("d/address/", address),
    path("abholung/<str:token>/", collect),
    *urls.urlpatterns,
]
