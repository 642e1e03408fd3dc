import pytest

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    factories.city()
    settings.MEDIA_ROOT = tmp_path
    names = ["pictures/ab/0123456789abcdef-320.webp", "images/x.jpg", "documents/a.pdf"]
    for name in [*names, "original_images/big.jpg", ".hidden"]:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"data")


def test_pictures_are_served_and_kept(client):
    answer = client.get("/media/pictures/ab/0123456789abcdef-320.webp")
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" not in client.get("/media/images/x.jpg")["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        *("documents/a.pdf", "original_images/big.jpg", ".hidden", "pictures/", "no.jpg"),
        *("pictures/ab", "../x.py", "%2e%2e/x", "pictures/%2e%2e/documents/a.pdf", "a%00b"),
    ],
)
def test_what_is_not_for_everybody_is_not_there(client, path):
    assert client.get(f"/media/{path}").status_code in (400, 404)
