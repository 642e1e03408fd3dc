"""What is measured: which requests, what they must answer, what we aim at."""

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.bench import browser
from tests.bench.browser import Browser

#: Connections that are kept busy, in a measurement as in its preparation.
CONNECTIONS = 8
BASKET, CHECKOUT = "/korb/dazu/", "/korb/pruefen/"


@dataclass(frozen=True)
class Workload:
    """`aim` is a ratio to the null view, `most_sql` a number of statements."""

    name: str
    aim: float | None = None
    most_sql: int | None = None
    answers: tuple[str, ...] = ("200",)

    @property
    def writes(self) -> bool:
        return self.name in ("add", "reserve")


WORKLOADS = (
    Workload("home", aim=0.03, most_sql=15),
    Workload("category", aim=0.04, most_sql=12),
    Workload("all", aim=0.04, most_sql=12),
    Workload("product", aim=0.06),
    Workload("compared", aim=0.08, most_sql=12),
    Workload("search", aim=0.04, most_sql=12),
    Workload("campaign", aim=0.03, most_sql=15),
    Workload("add", answers=("302", "303")),
    Workload("reserve", answers=("302", "303")),
)

#: Every shopper of a run is somebody else: a town lets nobody hoard.
_shoppers = itertools.count(1)


def pages(plan: dict[str, Any], name: str) -> list[bytes]:
    """The requests of a workload that only reads, in an order of no meaning."""
    paths = list(plan[name])
    random.Random(1).shuffle(paths)
    return [browser.request(path) for path in paths]


def adds(plan: dict[str, Any], port: int) -> list[bytes]:
    """The basket's forms of product pages, sent by people who have no session yet."""
    made = []
    with Browser(port) as visitor:
        for offer in plan["offers"]:
            action, data = browser.basket_form(visitor.get(offer["page"]), offer["id"])
            made.append(browser.request(action, data=data))
    return made


def reserves(plan: dict[str, Any], port: int, number: int) -> list[bytes]:
    """So many filled checkout forms, each of a shopper of its own with one thing in the basket."""
    with Browser(port) as visitor:
        forms = [
            browser.basket_form(visitor.get(each["page"]), each["id"])
            for each in plan["offers"][:32]
        ]
    turns = iter(range(number))  # a plain iterator: `next` is atomic, so threads may share it

    def prepare(_place: int) -> list[bytes]:
        made = []
        with Browser(port) as shopper:
            for turn in turns:
                shopper.forget()
                action, data = forms[turn % len(forms)]
                shopper.post(action, data)
                page = shopper.get(CHECKOUT)
                action, data = browser.checkout_form(page, f"shopper-{next(_shoppers)}")
                made.append(browser.request(action, data=data, cookies=shopper.cookies))
        return made

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return [each for part in pool.map(prepare, range(CONNECTIONS)) for each in part]
