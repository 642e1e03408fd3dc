"""A shelf of any length is read in the order of an index: nothing sorts a hundred thousand rows."""

import pytest
from django.db import connection

from shops import access
from shops.domain import recount
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def plan(rows):
    """How the database would read the first fifty. Few rows are read without any index: PostgreSQL
    is asked what it would do if that, and sorting, cost a fortune."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    return rows.values_list("pk", flat=True)[:50].explain()


@pytest.fixture
def mine():
    branch = factories.branch(factories.shop(factories.city()), "Mitte")
    factories.offer(branch)
    return access.branch_offers([branch])


def test_all_goods_in_the_order_of_their_titles(mine):
    told = plan(mine.order_by("sort_title", "pk"))

    assert "shops_offer_shelf" in told
    assert "SORT" not in told.upper()
    assert "TEMP B-TREE" not in told.upper()


def test_what_to_count_next_in_the_order_of_its_worth(mine):
    told = plan(recount.faded(mine, now=NOW))

    assert "shops_offer_worth" in told
    assert "TEMP B-TREE" not in told.upper()
    assert "SORT KEY" not in told.upper()


def test_doubtful_counts_are_found_among_many(mine):
    told = plan(recount.doubtful(mine))

    assert "shops_offer_unsure" in told or "shops_offer_worth" in told
