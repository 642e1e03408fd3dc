"""Where the provider knocks."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from marketplace.core.http import access
from marketplace.payments import gateway
from marketplace.payments.domain import inbox
from marketplace.payments.gateway.port import ForgedError


# SECURITY: no form token and no session here: the signature over the raw bytes is the key.
@csrf_exempt
@access("machine", methods=("POST",))
def receive(request: HttpRequest) -> HttpResponse:
    """Write a delivery down: 200 once it is committed, also for one that is known; 400 forged."""
    provider = gateway.configured()
    if provider is None:
        raise Http404
    try:
        facts = provider.read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except ForgedError:
        return HttpResponse(status=400)
    inbox.receive(facts=facts, livemode=provider.livemode, now=timezone.now())
    return HttpResponse(status=200)
