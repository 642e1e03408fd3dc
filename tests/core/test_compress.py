"""What everybody may see travels compressed; what is somebody's does not."""

import gzip

import pytest

from cms.domain import pages
from marketplace.core.domain.history import Actor
from tests import factories

pytestmark = pytest.mark.django_db

GZIP = {"accept-encoding": "gzip, br"}


@pytest.fixture(autouse=True)
def town():
    city = factories.city()
    pages.plant(city=city, by=Actor.system(), now=factories.NOW)
    return city


@pytest.mark.parametrize("path", ["/", "/laeden/", "/suche/", "/en/suche/"])
def test_public_pages_travel_compressed(client, path):
    bare, packed = client.get(path), client.get(path, headers=GZIP)
    assert "Content-Encoding" not in bare
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert int(packed["Content-Length"]) == len(packed.content) < len(bare.content) / 2
    assert b"<html" in gzip.decompress(packed.content)


@pytest.mark.parametrize("path", ["/korb/", "/konto/login/", "/cms/login/"])
def test_pages_with_a_form_token_do_not(client, path):
    assert "Content-Encoding" not in client.get(path, headers=GZIP, follow=True)
