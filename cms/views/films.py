"""Films in sign language, from our own server."""

import re
from collections.abc import Iterator
from typing import Any

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils.cache import patch_cache_control

from cms.domain import queries
from cms.models.sign import FILMS
from marketplace.core.http import access
from shops.requests import city_of

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
#: Bytes.
_CHUNK = 64 * 1024
#: Seconds.
A_DAY = 24 * 3600


@access("public", obj="film")
def film(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The film of a published page of this city; also the part asked for, as Safari does."""
    document = queries.film(city=city_of(request), pk=pk)
    if document is None:
        raise Http404
    kind = FILMS[document.file_extension.lower()]
    file, size = document.file.open("rb"), document.file.size
    part = _part(request.headers.get("Range", ""), size)
    answer: HttpResponseBase
    if part is None:
        answer = FileResponse(file, content_type=kind)
    elif part.start >= size:
        answer = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        file.seek(part.start)
        answer = StreamingHttpResponse(_read(file, len(part)), status=206, content_type=kind)
        answer["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
        answer["Content-Length"] = str(len(part))
    answer["Accept-Ranges"] = "bytes"
    patch_cache_control(answer, public=True, max_age=A_DAY)
    return answer


def _part(asked: str, size: int) -> range | None:
    """One range of RFC 9110; None for the whole film and for what we do not serve in parts."""
    found = _RANGE.fullmatch(asked.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    start = int(first)
    stop = min(size, int(last) + 1) if last else size
    return range(start, max(start, stop)) if start >= size or stop > start else None


def _read(file: Any, left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
