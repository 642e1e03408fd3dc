"""Grown goods: so many offers, always the same ones. Rows of a kind are written together.

What they are is drawn from one seeded generator, what follows from it is computed by the domain:
slugs, labels, confidence moments, search documents. As after real counts, each number has its
movement and each price its line of history, so `manage.py audit` finds nothing.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from marketplace.core.models import Picture
from marketplace.core.text import fold
from shops.domain import catalogue, holding, hours, search
from shops.enums import Gate, Reason, Source
from shops.models import (
    Branch,
    Category,
    City,
    Movement,
    Offer,
    PriceChange,
    Product,
    ProductPicture,
    Variant,
)

#: Of a hundred offers: not counted, none left, counted weeks ago, enough for every buyer of a run.
UNKNOWN, NONE, OLD, DEEP = 12, 10, 8, 2
DEPTH = 5_000
#: Of a hundred products: known by a GTIN and sold by several shops, in several kinds, with picture.
SHARED, IN_KINDS, PICTURED = 60, 30, 85
CHUNK = 500
_ENDINGS = ("0.99", "0.95", "0.49", "0.00")


@dataclass
class Chunk:
    """Rows that are written together."""

    products: list[Product] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    pictures: list[ProductPicture] = field(default_factory=list)


@dataclass(frozen=True)
class Grower:
    """What goods are drawn from."""

    city: City
    branches: list[Branch]
    photographs: list[Picture]
    words: dict[str, Any]
    chance: random.Random
    now: datetime
    #: Number of the first product, where a town is grown in several goes.
    first: int = 1
    #: Each product stands in exactly so many branches, instead of a few.
    spread: int = 0

    def grow(self, number: int) -> None:
        """Exactly so many offers."""
        leaves = {each.slug: each for each in Category.objects.filter(slug__in=self.words["nouns"])}
        calendars = hours.calendars(each.pk for each in self.branches)
        numbers = iter(range(self.first, 10**9))
        left = number
        while left > 0:
            chunk = Chunk()
            while left > 0 and len(chunk.products) < CHUNK:
                left -= self._product(chunk, next(numbers), leaves, left)
            for offer in chunk.offers:
                moments = holding.moments(offer, calendars[offer.branch_id])
                offer.sure_until, offer.likely_until = moments.sure_until, moments.likely_until
                offer.pace = holding.rate(offer) * 60
            self._write(chunk)

    def _product(self, chunk: Chunk, number: int, leaves: dict[str, Category], most: int) -> int:
        """One product with its variants and at most so many offers; returns how many."""
        chance, words = self.chance, self.words
        slug = chance.choice(list(words["nouns"]))
        shared = bool(self.spread) or chance.randrange(100) < SHARED
        places = self._places(shared)
        title = " ".join(
            (
                f"{chance.choice(words['nouns'][slug])}",
                f"„{chance.choice(words['lines'])}“",
                chance.choice(words["materials"]),
                chance.choice(words["colours"]),
                str(number),
            )
        )
        product = Product(
            city=self.city,
            shop=None if shared else places[0].shop,
            title=title,
            slug=catalogue.slug_of(title),
            text=" ".join(chance.sample(words["sentences"], chance.randint(2, 6))),
            brand=chance.choice(words["brands"]),
            category=leaves[slug],
            sort_title=fold(title)[:200],
            source_key="" if shared else f"B{number}",
        )
        chunk.products.append(product)
        if chance.randrange(100) < PICTURED and self.photographs:
            picture = self.photographs[number % len(self.photographs)]
            chunk.pictures.append(ProductPicture(product=product, picture=picture))
        price = Decimal(chance.choice((3, 5, 9, 14, 19, 24, 29, 49, 79, 129)))
        made = 0
        for variant in self._variants(product, number, shared):
            chunk.variants.append(variant)
            for branch in places:
                if made < most:
                    chunk.offers.append(self._offer(variant, branch, price))
                    made += 1
        return made

    def _places(self, shared: bool) -> list[Branch]:
        if self.spread:
            return self.chance.sample(self.branches, self.spread)
        if shared:
            return self.chance.sample(
                self.branches, min(self.chance.randint(1, 4), len(self.branches))
            )
        first = self.chance.choice(self.branches)
        return [each for each in self.branches if each.shop_id == first.shop_id]

    def _variants(self, product: Product, number: int, shared: bool) -> Iterator[Variant]:
        chance, words = self.chance, self.words
        options: Iterable[list[list[str]]] = [[]]
        if chance.randrange(100) < IN_KINDS:
            kinds = (
                ("Größe", words["sizes"]) if chance.random() < 0.5 else ("Farbe", words["colours"])
            )
            options = [
                [[kinds[0], value]] for value in chance.sample(kinds[1], chance.randint(2, 4))
            ]
        for position, pairs in enumerate(options):
            yield Variant(
                product=product,
                city=self.city,
                options=pairs,
                label=catalogue.label_of(pairs),
                gtin=gtin(number * 10 + position) if shared else None,
                position=position,
                # Categories of the bench ask for nothing.
                gate=Gate.OPEN,
                gated_on=self.now.date(),
            )

    def _offer(self, variant: Variant, branch: Branch, base: Decimal) -> Offer:
        chance, now = self.chance, self.now
        price = base + chance.randint(0, 4) + Decimal(chance.choice(_ENDINGS))
        fate, minutes = chance.randrange(100), chance.randint(5, 60 * 24 * 3)
        count: int | None = chance.randint(1, 25)
        if fate < UNKNOWN:
            count = None
        elif fate < UNKNOWN + NONE:
            count = 0
        elif fate < UNKNOWN + NONE + OLD:
            minutes += 60 * 24 * chance.randint(40, 90)
        elif fate < UNKNOWN + NONE + OLD + DEEP:
            count, minutes = DEPTH, chance.randint(5, 90)
        online = branch.shop.online_shop
        return Offer(
            branch=branch,
            variant=variant,
            price=price,
            on_hand=count,
            counted_at=None if count is None else now - timedelta(minutes=minutes),
            source="" if count is None else Source.FILE,
            sort_title=variant.product.sort_title,
            online_url=f"{online}{variant.product.slug}" if online and fate % 2 else "",
        )

    @transaction.atomic
    def _write(self, chunk: Chunk) -> None:
        Product.objects.bulk_create(chunk.products)
        Variant.objects.bulk_create(chunk.variants)
        Offer.objects.bulk_create(chunk.offers)
        ProductPicture.objects.bulk_create(chunk.pictures)
        PriceChange.objects.bulk_create(
            PriceChange(offer=each, price=each.price, at=each.counted_at or self.now)
            for each in chunk.offers
        )
        Movement.objects.bulk_create(
            Movement(
                offer=each,
                reason=Reason.COUNT,
                units=0,
                delta=each.on_hand,
                at=each.counted_at,
                as_of=each.counted_at,
            )
            for each in chunk.offers
            if each.on_hand is not None
        )
        for product in chunk.products:
            search.index(product=product)


def gtin(number: int) -> str:
    """14 digits as real articles have them, made up: numbers of shops are no shared goods'."""
    body = f"04{number:011d}"
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(body))
    return body + str(-total % 10)
