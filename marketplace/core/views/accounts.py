"""The little that allauth leaves to us."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from marketplace.core.http import access


@access("public")
def desk_login(request: HttpRequest) -> HttpResponseRedirect:
    """Wagtail's login forms give way to the one for everybody, which counts attempts.

    Somebody signed in whom the desk sent here has no rights there: told so, not sent round again.
    """
    if request.user.has_perm("wagtailadmin.access_admin"):
        return HttpResponseRedirect("/cms/")
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", "/cms/"), reverse("account_login"))


@access("public")
def no_such_page(request: HttpRequest, rest: str = "") -> HttpResponse:
    """A page of allauth that we do not offer: it does not exist rather than refuse."""
    raise Http404
