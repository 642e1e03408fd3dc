"""A shop that takes payments."""

from pathlib import Path
from typing import Any

import pytest

from tests import money


@pytest.fixture
def desk(own_database: Any, tmp_path: Path) -> money.Desk:
    """On both databases, with real commits."""
    return money.desk(tmp_path)
