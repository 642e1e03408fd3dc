"""A shop that takes payments."""

import pytest

from tests import factories, money, tills
from tests.payments.fake import FakeGateway


@pytest.fixture
def desk(own_database, tmp_path) -> money.Desk:
    """Real commits: nobody may be called inside the wrapper of `db`."""
    shop = factories.shop(factories.city(), auto_accept=True)
    tills.open_till(shop)
    return money.Desk(factories.offer(factories.branch(shop), count=5), FakeGateway(tmp_path))
