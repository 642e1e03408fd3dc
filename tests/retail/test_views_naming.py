"""Names of categories in files: one page, one form, answered at once."""

import pytest

from shops.domain import tree
from shops.models import CategoryAlias, Product
from tests import factories
from tests.shops.imports_help import take

HEADER = "Art.-Nr.;Bezeichnung;VK;Bestand;MwSt;Warengruppe\n"


@pytest.fixture
def path(shop):
    return f"/en/haendler/{shop.slug}/waren/warengruppen/"


@pytest.fixture
def asked(branch) -> list[CategoryAlias]:
    tree.plant()
    rows = "1;Rad;9,00;1;19;Fahrradzubehoer\n2;Helm;9,00;1;19;Fahrradzubehoer\n"
    take(HEADER + rows + "3;Ding;1,00;1;19;WG 17\n", branch)
    return list(CategoryAlias.objects.order_by("key"))


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_nothing_to_answer(client, path):
    assert "Every category of your files is known" in text(client.get(path))


def test_names_come_with_their_goods_and_a_proposal(client, path, asked, shop):
    page = text(client.get(path))
    assert page.index("Fahrradzubehoer") < page.index("WG 17")
    assert "2 products wait" in page
    assert '<option value="fahrradteile" selected>' in page
    assert "2 names of categories in your files wait" in text(
        client.get(f"/en/haendler/{shop.slug}/")
    )


def test_answers_sort_the_goods_at_once(client, path, asked):
    bicycle, number = asked
    said = {f"name_{bicycle.pk}": "fahrradteile", f"name_{number.pk}": "-"}
    answer = client.post(path, said, follow=True)
    assert "2 names remembered. 2 products sorted." in text(answer)
    assert Product.objects.filter(category__slug="fahrradteile").count() == 2
    page = text(client.get(path))
    assert "No name waits for an answer." in page
    assert "2 answered names" in page


def test_what_is_left_open_is_asked_again(client, path, asked):
    answer = client.post(path, {f"name_{asked[0].pk}": ""}, follow=True)
    assert "Nothing was changed." in text(answer)
    assert all(each.is_open for each in CategoryAlias.objects.all())


def test_an_answer_is_changed(client, path, asked):
    name = f"name_{asked[0].pk}"
    client.post(path, {name: "fahrradteile"})
    client.post(path, {name: "helme-schloesser"})
    assert Product.objects.filter(category__slug="helme-schloesser").count() == 2


def test_a_category_that_is_none_changes_nothing(client, path, asked):
    answer = client.post(path, {f"name_{asked[0].pk}": "gibt-es-nicht"})
    assert answer.status_code == 422
    assert CategoryAlias.objects.get(pk=asked[0].pk).is_open


def test_another_shops_names_are_not_answered_here(client, path, city):
    tree.plant()
    other = factories.branch(factories.shop(city, "Ahlers"))
    take(HEADER + "1;Rad;9,00;1;19;WG 17\n", other)
    row = CategoryAlias.objects.get()
    client.post(path, {f"name_{row.pk}": "fahrrad"})
    row.refresh_from_db()
    assert row.is_open
