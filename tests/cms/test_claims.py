"""Percentages in a page's own words (law B4)."""

import pytest

from cms.domain import claims
from cms.models import CampaignIndex, HomePage

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Alles -50 % bis Sonntag", ["-50 %"]),
        ("Jetzt −20% und 10 % Rabatt", ["−20%", "10 % Rabatt"]),
        ("30 percent off, really", ["30 percent off"]),
        ("Baumwolle 80 %, Leinen 20 %", []),
        ("Mo–Fr 10–18 Uhr, 1–3 Stück", []),
        ("100 % Wolle", []),
        ("", []),
    ],
)
@pytest.mark.law("B4")
def test_b4_what_is_a_claim(text, found):
    assert claims.percentages([{"type": "paragraph", "value": {"text": text}}]) == found
    assert claims.percentages(text, text) == found


@pytest.fixture
def index(city):
    home = HomePage.objects.get(pk=city.site.root_page_id)
    return home.add_child(instance=CampaignIndex(title="Aktionen", slug="aktionen"))


def published(client, index, title, text):
    said = {
        "title": title,
        "intro": "Eine Woche lang.",
        "slug": "",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "heading",
        "body-0-value": text,
        "publisher": "CITY",
        "basis": "EDITORIAL",
        "action-publish": "1",
    }
    answer = client.post(f"/cms/pages/add/cms/campaignpage/{index.pk}/", said, follow=True)
    assert answer.status_code == 200
    assert "form" not in (answer.context or {}), answer.context["form"].errors
    index.refresh_from_db()
    assert index.get_children().get(title=title).live
    return answer.content.decode()


@pytest.mark.law("B4")
def test_b4_who_publishes_a_percentage_is_told(desk, index):
    told = published(desk, index, "Schuhwoche", "Alle Schuhe -50 %")
    assert "This page says -50 %." in told
    assert "This page says" not in published(desk, index, "Buchwoche", "Alle Bücher")
