"""Who may word a page: the shop that is alone with it at once, others by proposal."""

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import Picture
from shops import access
from shops.domain import catalogue
from shops.domain.sharing import corrections
from shops.domain.sharing.corrections import Outcome
from shops.enums import Correctable, Verdict
from shops.models import Correction, Product, ProductPicture, SearchDocument
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()


@pytest.fixture
def city():
    return factories.city()


@pytest.fixture
def product(city) -> Product:
    return factories.product(city, "Laufschuh Strda", brand="Aller")


@pytest.fixture
def mine(city, product):
    shop = factories.shop(city, "Laufwerk")
    factories.offer(factories.branch(shop), product=product)
    return shop


@pytest.fixture
def theirs(city, product):
    shop = factories.shop(city, "Schuh Ahlers")
    factories.offer(factories.branch(shop), product=product)
    return shop


def propose(shop, product, field=Correctable.TITLE, **said):
    plain = {"old": product.title, "new": "Laufschuh Strada", "reason": "Tippfehler."} | said
    return corrections.propose(
        shop=shop, product_id=product.pk, field=field, by=BY, now=NOW, **plain
    )


def decide(row, accepts=True, note=""):
    return corrections.decide(correction_id=row.pk, accepts=accepts, note=note, by=BY, now=NOW)


def test_a_shop_alone_with_the_goods_changes_them_at_once(mine, product):
    assert propose(mine, product, reason="") == Outcome.CHANGED
    product.refresh_from_db()
    assert (product.title, product.slug) == ("Laufschuh Strada", "laufschuh-strada")
    assert "strada" in SearchDocument.objects.get(product=product).title
    assert not Correction.objects.exists()


def test_with_others_it_is_a_proposal_that_they_decide(mine, theirs, product):
    assert propose(mine, product) == Outcome.PROPOSED
    product.refresh_from_db()
    assert product.title == "Laufschuh Strda"
    row = access.shop_corrections(theirs).get()
    # Whoever proposes does not decide.
    assert not access.shop_corrections(mine).exists()
    assert decide(row).verdict == Verdict.ACCEPTED
    product.refresh_from_db()
    assert product.title == "Laufschuh Strada"
    assert not access.shop_corrections(theirs).exists()


def test_a_no_has_a_reason_and_changes_nothing(mine, theirs, product):
    propose(mine, product)
    row = Correction.objects.get()
    with pytest.raises(Refused):
        decide(row, accepts=False, note="  ")
    assert decide(row, accepts=False, note="Heißt wirklich so.").verdict == Verdict.REJECTED
    product.refresh_from_db()
    assert product.title == "Laufschuh Strda"
    with pytest.raises(Stale):
        decide(row)


def test_a_page_that_changed_meanwhile_is_told_and_left(mine, theirs, product):
    propose(mine, product)
    catalogue.update_product(product=product, now=NOW, title="Ganz anders")
    row = Correction.objects.select_related("product").get()
    assert corrections.overtaken([row]) == {row.pk}
    assert decide(row).verdict == Verdict.STALE
    product.refresh_from_db()
    assert product.title == "Ganz anders"


def test_what_somebody_saw_must_still_stand_there(mine, theirs, product):
    with pytest.raises(Stale):
        propose(mine, product, old="Früher")


def test_one_wish_per_thing_waits_at_a_time(mine, theirs, product):
    propose(mine, product)
    with pytest.raises(Refused) as no:
        propose(mine, product, new="Noch anders")
    assert no.value.code == "waits"
    decide(Correction.objects.get(), accepts=False, note="Nein.")
    assert propose(mine, product, new="Noch anders") == Outcome.PROPOSED
    # The other shop may have a wish of its own.
    assert propose(theirs, product, new="Strada") == Outcome.PROPOSED


def test_a_category_and_a_brand(mine, theirs, product):
    category = factories.category("Laufschuhe")
    assert propose(
        mine, product, Correctable.CATEGORY, old=product.category.slug, new=category.slug
    )
    assert propose(mine, product, Correctable.BRAND, old="Aller", new="")
    for row in Correction.objects.all():
        decide(row)
    product.refresh_from_db()
    assert (product.category, product.brand) == (category, "")


def test_a_picture_that_does_not_belong_there(mine, theirs, product):
    picture = Picture.objects.create(
        sha256="a" * 64, width=1, height=1, created_at=NOW, asked_at=NOW
    )
    catalogue.attach_picture(product=product, picture=picture)
    propose(mine, product, Correctable.PICTURE, old=str(picture.pk), new="")
    row = Correction.objects.get()
    assert decide(row).verdict == Verdict.ACCEPTED
    assert not ProductPicture.objects.exists()
    with pytest.raises(Stale):
        propose(mine, product, Correctable.PICTURE, old=str(picture.pk), new="")


@pytest.mark.parametrize(
    ("field", "said", "code"),
    [
        (Correctable.TITLE, {"new": " "}, "no_title"),
        (Correctable.TITLE, {"new": "x" * 201}, "too_long"),
        (Correctable.TITLE, {"new": "Laufschuh  Strda"}, "no_change"),
        (Correctable.CATEGORY, {"old": "", "new": "gibt-es-nicht"}, "no_category"),
        (Correctable.TITLE, {"reason": ""}, "no_reason"),
    ],
)
def test_what_cannot_be_is_refused(mine, theirs, product, field, said, code):
    with pytest.raises(Refused) as no:
        propose(mine, product, field, **said)
    assert no.value.code == code


def test_line_ends_of_browsers_are_no_difference(mine, product):
    catalogue.update_product(product=product, now=NOW, text="Leicht.\nSchnell.")
    with pytest.raises(Refused) as no:
        propose(
            mine, product, Correctable.TEXT, old="Leicht.\r\nSchnell.", new="Leicht.\r\nSchnell."
        )
    assert no.value.code == "no_change"
    propose(mine, product, Correctable.TEXT, old="Leicht.\r\nSchnell.", new="Leicht.\r\nLeise.")
    product.refresh_from_db()
    assert product.text == "Leicht.\nLeise."
