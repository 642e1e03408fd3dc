"""New goods of a batch, written together: a first file brings thousands of rows at once.

The same rows that `catalogue.create_*` and `counts.count` write one by one; a test holds the two
equal. Offers made here are nobody's yet, so no count of them can meet a claim or a hand-over.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter

from marketplace.core.domain.history import Actor
from marketplace.core.text import fold
from shops.domain import catalogue, holding, hours, naming
from shops.domain.imports.plan import Planner
from shops.domain.imports.plans import GroupPlan, Wish
from shops.enums import Reason, Review, Source
from shops.models import Branch, Facts, Movement, Offer, PriceChange, Product, Variant


def products(planner: Planner, plans: Iterable[GroupPlan]) -> None:
    """Give every plan its `home`: create the products that are missing."""
    shop = planner.run.branch.shop
    wanted = [plan for plan in plans if plan.home is None]
    for plan in wanted:
        group = plan.group
        plan.home = Product(
            city=shop.city,
            shop=None if plan.shared else shop,
            title=group.title,
            slug=catalogue.slug_of(group.title),
            text=group.text,
            brand=group.brand,
            category=plan.category,
            language=group.language,
            weee_number=group.weee_number,
            manufacturer=plan.maker,
            sort_title=fold(group.title)[:200],
            source_key="" if plan.shared else group.key,
            source_category=naming.key_of(group.category),
            review=Review.WAITING if plan.review_words else Review.NONE,
            review_words=" ".join(plan.review_words)[:200],
        )
    Product.objects.bulk_create([plan.home for plan in wanted if plan.home is not None])
    Facts.objects.bulk_create(Facts(product=plan.home, **plan.facts) for plan in wanted)


def variants(plans: Iterable[GroupPlan]) -> None:
    """Give every wish its `variant`: create those that are missing, after `products`."""
    wanted: list[Variant] = []
    for plan in plans:
        if plan.home is None:
            continue
        for position, wish in enumerate(plan.wishes):
            if wish.variant is None:
                wish.variant = _variant(plan.home, plan, wish, position)
                wanted.append(wish.variant)
    Variant.objects.bulk_create(wanted)


def _variant(product: Product, plan: GroupPlan, wish: Wish, position: int) -> Variant:
    item = wish.item
    return Variant(
        product=product,
        city_id=product.city_id,
        options=[list(pair) for pair in item.options],
        label=catalogue.label_of(item.options),
        gtin=item.gtin if plan.shared else None,
        barcode=item.barcode,
        tax_class=item.tax_class,
        position=position,
        **item.facts,
    )


def offers(planner: Planner, plans: Iterable[GroupPlan], *, by: Actor, now: datetime) -> None:
    """Create the offers that are missing, with their first price and first count."""
    branch = planner.run.branch
    wanted: list[tuple[Wish, Offer]] = []
    for plan in plans:
        for wish in plan.wishes:
            if wish.offer is None and wish.variant is not None:
                offer = _offer(branch, wish.variant, wish, planner.link(plan.group, wish.item))
                wanted.append((wish, offer))
    _count(branch, wanted)
    made = Offer.objects.bulk_create([offer for _wish, offer in wanted])
    PriceChange.objects.bulk_create(
        PriceChange(offer=offer, price=offer.price, at=now) for offer in made
    )
    Movement.objects.bulk_create(_movements(made, by, now))


def _offer(branch: Branch, variant: Variant, wish: Wish, link: str) -> Offer:
    item = wish.item
    return Offer(
        branch=branch,
        variant=variant,
        price=item.price,
        sku=item.sku,
        online_url=link,
        **item.other_prices,
        buffer=branch.buffer,
        sort_title=variant.product.sort_title,
    )


def _count(branch: Branch, wanted: Sequence[tuple[Wish, Offer]]) -> None:
    calendar = hours.calendar_of(branch.pk)
    for wish, offer in wanted:
        if wish.count is None:
            continue
        offer.on_hand, offer.counted_at = wish.count
        offer.source = Source.FILE
        #: The row was written once, as a single count would have.
        offer.version = 1
        found = holding.moments(offer, calendar)
        offer.sure_until, offer.likely_until = found.sure_until, found.likely_until
        offer.pace = holding.rate(offer) * 60


def _movements(made: Iterable[Offer], by: Actor, now: datetime) -> Iterable[Movement]:
    for offer in filter(attrgetter("counted_at"), made):
        yield Movement(
            offer=offer,
            reason=Reason.COUNT,
            units=0,
            delta=offer.on_hand or 0,
            at=now,
            as_of=offer.counted_at,
            by_id=by.user_id,
        )
