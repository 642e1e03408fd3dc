"""Pictures of the city's library for those who link to a page."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from cms.domain import editors
from cms.enums import Consent
from cms.models import CityImage
from marketplace.core.http import access, public_page
from shops.requests import city_of

#: The usual shape of a social preview.
WIDE = "fill-1200x630|format-jpeg"
#: Seconds.
A_DAY = 24 * 3600


@access("public", obj="image")
@public_page(A_DAY)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A picture in the shape of a social preview; made when somebody asks, not by each page.

    LAW: a picture whose people have not been asked is not shown (KUG § 22).
    """
    ours = CityImage.objects.filter(collection=editors.collection(city_of(request)))
    picture = ours.exclude(consent=Consent.MISSING).filter(pk=pk).first()
    if picture is None:
        raise Http404
    return HttpResponseRedirect(picture.get_rendition(WIDE).url)
