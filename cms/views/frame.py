"""Where Wagtail says that a page changed: the frame of its city is told anew."""

from typing import Any

from wagtail.models import Page

from cms.domain import frame


def changed(instance: Page, **kwargs: Any) -> None:
    """After a page was published, renamed or moved."""
    city = frame.of(instance)
    if city is not None:
        frame.tell(city=city)


def gone(instance: Page, **kwargs: Any) -> None:
    """After a page was taken back, and just before it is deleted: then its row still says live."""
    city = frame.of(instance)
    if city is not None:
        frame.tell(city=city, without=instance)
