"""The little that allauth leaves to us."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from marketplace.core.http import access


@access("public")
def desk_login(request: HttpRequest) -> HttpResponseRedirect:
    """Wagtail's login form gives way to the one for everybody."""
    return redirect_to_login(request.GET.get("next", "/cms/"), reverse("account_login"))


@access("public")
def no_signup(request: HttpRequest) -> HttpResponse:
    """Accounts come by invitation; the page does not exist rather than refuse."""
    raise Http404
