"""What every view says about itself, and what requests and answers have in common."""

import functools
import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _

from marketplace.core.roles import ROLES, SIGNED_IN, Access
from marketplace.core.views import errors

View = Callable[..., HttpResponseBase]

#: Dotted names of the views guarded by `@same_origin`; the access table lists them.
GUARDED: set[str] = set()


def access(role: str, *, methods: tuple[str, ...] = ("GET",), obj: str | None = None) -> Any:
    """Every view of ours wears this: who may knock, how, and whose rows it shows.

    Enforces the methods (405; HEAD comes with GET) and, for members, owners and editors, that
    somebody is signed in. Which rows they see is not decided here: foreign ones answer 404.
    """
    if role not in ROLES:
        raise ValueError(f"{role!r} is not one of {', '.join(ROLES)}")
    if not methods or set(methods) - {"GET", "POST"}:
        raise ValueError("methods are GET, POST or both")
    row = Access(role, tuple(methods), obj)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            method = "GET" if request.method == "HEAD" else request.method
            if method not in row.methods:
                return errors.method_not_allowed(request, row.methods)
            if row.role in SIGNED_IN and not request.user.is_authenticated:
                return login_first(request)
            if row.role == "editor" and not request.user.has_perm("wagtailadmin.access_admin"):
                raise Http404
            return view(request, *args, **kwargs)

        wrapped.access = row  # type: ignore[attr-defined]
        return wrapped

    return decorate


def login_first(request: HttpRequest) -> HttpResponseRedirect:
    """To the login form and back here; after a POST back to the page the form was on."""
    target = request.get_full_path()
    if request.method not in ("GET", "HEAD"):
        back = request.META.get("HTTP_REFERER", "")
        target = urlsplit(back).path if _is_ours(request, back) else settings.LOGIN_REDIRECT_URL
    return redirect_to_login(target, reverse("account_login"))


def same_origin(view: View) -> View:
    """Guard a form that stands on a cookie-less, cacheable page and so has no CSRF token.

    Decides by Sec-Fetch-Site, else Origin, else Referer; only our own origin passes, and a request
    that names none of them is refused (403). Takes the place of Django's check.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD") and not _from_here(request):
            return errors.answer(
                request,
                403,
                message=_(
                    "This form was sent from another page. Please open it here and try again."
                ),
            )
        return view(request, *args, **kwargs)

    # SECURITY: exempt, because these pages set no cookie that a token could be held against.
    wrapped.csrf_exempt = True  # type: ignore[attr-defined]
    wrapped.same_origin = True  # type: ignore[attr-defined]
    GUARDED.add(f"{view.__module__}.{view.__qualname__}")
    return wrapped


def _from_here(request: HttpRequest) -> bool:
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site == "same-origin"
    for header in ("HTTP_ORIGIN", "HTTP_REFERER"):
        if header in request.META:
            return _is_ours(request, request.META[header])
    return False


def _is_ours(request: HttpRequest, url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (parts.scheme, parts.netloc.lower()) == (request.scheme, request.get_host().lower())


def public_page(seconds: int) -> Callable[[View], View]:
    """Shared caches may keep this page for so many seconds: it is the same for everybody.

    So the view must set no cookie, send no form token and look at nobody. Where one does, the
    headers' middleware refuses to call the page public (and raises under STRICT_PAGES).
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.is_public_page = True  # type: ignore[attr-defined]
            return mark_public(view(request, *args, **kwargs), seconds)

        return wrapped

    return decorate


def mark_public(response: HttpResponseBase, seconds: int) -> HttpResponseBase:
    """What `public_page` does, for answers not made by a view of ours (CMS pages)."""
    if response.status_code < 400 and not response.has_header("Cache-Control"):
        patch_cache_control(response, public=True, max_age=seconds)
        response.public_page = True  # type: ignore[attr-defined]
    return response


def client_ip(request: HttpRequest) -> str:
    """The caller's address; behind TRUSTED_PROXY_COUNT proxies the one they wrote down, else "".

    Each trusted proxy appends the address it saw, so ours is that many places from the right;
    anything further left was written by the caller.
    """
    address = request.META.get("REMOTE_ADDR", "")
    count = settings.TRUSTED_PROXY_COUNT
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if count and len(forwarded) >= count:
        address = forwarded[-count].strip()
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""


def absolute(request: HttpRequest, path: str) -> str:
    """The address of a path for mails and feeds: the city's `base_url`, never the Host header."""
    base = getattr(request, "base_url", "") or settings.BASE_URL
    return base.rstrip("/") + path


def page_url(request: HttpRequest, language: str) -> str:
    """This very page, query included, in another language: only the prefix differs."""
    path = in_language(request.path, language)
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def in_language(path: str, language: str) -> str:
    """The same page in another language: only the prefix differs."""
    if path == "/en" or path.startswith("/en/"):
        path = path[3:] or "/"
    return path if language == settings.LANGUAGE_CODE else f"/{language}{path}"
