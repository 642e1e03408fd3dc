"""Pages that shops share, for the world: proposals about them, in both cities."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.domain.history import Actor
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.domain.complaints import reporting
from marketplace.reservations.models import Complaint
from shops.domain import catalogue, naming, registry
from shops.domain.prices import sales
from shops.domain.sharing import corrections, merging, proposals
from shops.enums import Correctable, Review
from shops.enums_legal import LegalKind
from shops.models import (
    Branch,
    City,
    Correction,
    LegalText,
    Merge,
    MergeProposal,
    Offer,
    Product,
    Shop,
)
from tests import factories
from tests.factories import NOW
from tests.shops.deliveries_help import push

BY = Actor.system()


@dataclass(frozen=True)
class Shared:
    """Ids of one shop's rows, as the placeholders of doors are called."""

    #: A correction that waits for this shop, and two of its pages that may be one.
    correction: str
    pair: str
    #: An offer of its own goods.
    own_goods: str
    #: A pair that was joined.
    merged: str

    @property
    def desk(self) -> dict[str, str]:
        """The same rows as the city's desk has them."""
        return {"merge": self.pair, "wish": self.correction, "merged": self.merged}


def lawful(*shops: Shop) -> tuple[dict[str, str], dict[str, str]]:
    """Each shop says by law who it is; ids of one text of each and of the facts, by its name."""
    terms = LegalText.objects.filter(kind=LegalKind.TERMS, language="de")
    told, texts = {}, {}
    for shop in shops:
        told[shop.name] = str(factories.legal(shop).pk)
        texts[shop.name] = str(terms.get(shop=shop).pk)
    return texts, told


def build(branch: Branch, third: Branch, name: str) -> Shared:
    """For the shop of `branch`; `third` is of another shop, which shares a page with it."""
    shop = branch.shop
    product = factories.product(shop.city, f"Gemeinsames {name}")
    for at in (branch, third):
        factories.offer(at, product=product)
    corrections.propose(
        shop=third.shop,
        product_id=product.pk,
        field=Correctable.TITLE,
        old=product.title,
        new=f"{product.title} neu",
        reason="Steht so auf der Packung.",
        by=BY,
        now=NOW,
    )
    naming.ask(shop=shop, names=[f"Kram {name}"], now=NOW)
    pages = [_alone(branch, f"{word} {name}") for word in ("Eins", "Zwei", "Drei", "Vier")]
    proposals.open_pairs(shop=shop, apart=[(pages[0].pk, pages[1].pk)], now=NOW)
    merging.merge(keep_id=pages[2].pk, fold_id=pages[3].pk, by=BY, now=NOW)
    # And one that the shop itself proposes.
    shared = factories.product(shop.city, f"Geteiltes {name}")
    for at in (branch, third):
        factories.offer(at, product=shared)
    corrections.propose(
        shop=shop,
        product_id=shared.pk,
        field=Correctable.BRAND,
        old="",
        new="Aller",
        reason="Steht auf dem Karton.",
        by=BY,
        now=NOW,
    )
    return Shared(
        correction=str(Correction.objects.get(product=product).pk),
        pair=str(MergeProposal.objects.get(first=pages[0]).pk),
        own_goods=str(own_goods(branch, name).pk),
        merged=str(Merge.objects.get(product=pages[2]).pk),
    )


def another_shop(city: City, name: str = "Schuh Ahlers") -> Shop:
    return factories.shop(city, name)


def own_goods(branch: Branch, name: str) -> Offer:
    """Goods that only this shop knows."""
    product = factories.product(branch.shop.city, f"Eigenes {name}", shop=branch.shop)
    return factories.offer(branch, product=product)


def _alone(branch: Branch, title: str) -> Product:
    product = factories.product(branch.shop.city, title)
    catalogue.create_offer(
        branch=branch, variant=product.variants.get(), price=Decimal("1.00"), now=NOW
    )
    return product


def sale(branch: Branch) -> str:
    """Ten percent off at a branch, on goods that nobody has there."""
    category = factories.category(f"Aktion {branch.pk}")
    row, _number = sales.start(
        branch=branch,
        percent=10,
        category=category,
        last_day=None,
        nonce=uuid.uuid4(),
        by=BY,
        now=NOW,
    )
    return str(row.pk)


def delivery(branch: Branch) -> int:
    """The till has sent a row that nobody knows."""
    return int(push(branch, {"sku": "unbekannt", "quantity": 1}).pk)


def articles(
    offers: dict[str, Offer],
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Products that shops speak of, each with a maker of its own and a note about it; the desk
    has released each."""
    said, makers, notes = {}, {}, {}
    for name in ("own", "neighbour", "far"):
        product, shop = offers[name].variant.product, offers[name].branch.shop
        maker = registry.create(said={"name": f"Werk {name}"}, by=BY, now=NOW)
        Product.objects.filter(pk=product.pk).update(manufacturer=maker, review=Review.RELEASED)
        note = registry.note(manufacturer=maker, shop=shop, text="Umgezogen.", by=BY, now=NOW)
        said[name], makers[name] = str(product.pk), str(maker.pk)
        notes[name] = str(note.pk)
    return said, makers, notes


def complaint(offer: Offer) -> str:
    """One was handed over, and is not as it should be."""
    name = f"r{Complaint.objects.count()}"
    row = factories.reservation((offer, 1), name="Rita Reklamiert", email=f"{name}@example.de")
    lifecycle.hand_over(reservation_id=row.pk, by=BY, now=NOW)
    made = reporting.report(
        reservation_id=row.pk,
        line_id=row.lines.get().pk,
        units=1,
        words="Die Naht geht auf.",
        wish=None,
        nonce=uuid.uuid4(),
        by=BY,
        now=NOW,
    )
    return str(made.pk)
