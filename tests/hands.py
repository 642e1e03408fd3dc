"""Goods scanned and photographed, as a member does it."""

import uuid
from datetime import datetime

from marketplace.core.domain.history import Actor
from shops.domain import photos, scanning
from shops.domain.photos import Upload
from shops.enums import ScanMode
from shops.models import Branch, Offer, ProductPicture, ScanLine, ScanSession
from tests import factories
from tests.core.shots import draw, encode
from tests.factories import NOW


def scanned(branch: Branch, *codes: str, by: Actor | None = None, now: datetime = NOW) -> ScanLine:
    """A finished list of these scans; its last line. Nobody here knows the numbers."""
    actor = by or Actor.member(factories.member(branch.shop, name="Sven Scanner"))
    session = scanning.begin(branch=branch, mode=ScanMode.COUNT, by=actor, now=now)
    for code in codes:
        line = scanning.scan(session=session, code=code, client_id=uuid.uuid4(), by=actor, now=now)
    scanning.finish(session=session, by=actor, now=now)
    assert ScanSession.objects.get(pk=session.pk).finished_at
    return line


def photographed(offer: Offer, number: int = 0) -> ProductPicture:
    """A photograph of an article, another one for each number."""
    product = offer.variant.product
    content = encode(draw(120 + number, 90 + product.pk % 40))
    done = photos.add(
        product=product,
        shop=offer.branch.shop,
        uploads=[Upload("foto.jpg", content)],
        alt="Was zu sehen ist",
        by=Actor.system(),
        now=NOW,
    )
    assert done.new == 1
    return ProductPicture.objects.filter(product=product).latest("pk")
