"""Every part of the look in every state, by day and by night. Mounted in demo and debug only."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.core.http import access, public_page
from marketplace.core.models import Picture
from marketplace.workbench.domain import samples
from marketplace.workbench.forms import SampleForm
from shops.domain import brand
from shops.enums import Code, Drawing
from shops.requests import city_of


@access("public")
@public_page(60)
def styleguide(request: HttpRequest) -> HttpResponse:
    """The parts from which all rooms are built; `?schema=dunkel` shows them after dark."""
    picture = Picture.objects.order_by("-pk").first()
    context = {
        "now": samples.NOW,
        "is_dark": request.GET.get("schema") == "dunkel",
        "colours": samples.family(city_of(request).colour),
        "availabilities": samples.availabilities(),
        "openings": samples.openings(),
        "cards": samples.cards(picture),
        "shops": samples.shops(picture),
        "reservations": samples.reservations(),
        "form": SampleForm.sent_half(),
        "page": samples.page(),
        "week": samples.week(),
        "different": samples.different(),
        "band": samples.band(),
        "branch": samples.branch(),
        "map": samples.drawing(),
        "online": samples.online(),
        "picture": picture,
        "icons": ("okay", "info", "early", "bad", "search", "back", "next", "place", "clock",
                  "print", "filter", "basket", "camera", "menu"),
        "drawings": Drawing.values,
        "codes": Code.values,
    }  # fmt: skip
    return render(request, "workbench/styleguide.html", context)


@access("public")
@public_page(60)
def dark(request: HttpRequest) -> HttpResponse:
    """The colours after dark for a device that shows the day."""
    tokens = Path(str(finders.find("css/dark.css"))).read_text(encoding="utf-8")
    night = brand.family(city_of(request).colour).dark
    city = "".join(f"--{name}:{value};" for name, value in night.items())
    text = f"{tokens}:root{{color-scheme:dark;{city}}}\n"
    return HttpResponse(text, content_type="text/css; charset=utf-8")
