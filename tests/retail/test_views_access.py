"""Nobody sees or moves what is not theirs: foreign rows do not exist."""

import uuid

import pytest
from django.test import Client
from django.urls import get_resolver

from marketplace.reservations.models import Reservation
from marketplace.retail import urls
from shops.models import Member
from tests import factories

ACTS = ("annehmen", "ablehnen", "bereit", "uebergeben", "absagen", "wieder-bereit", "vertrag")
ACTS += ("zurueckgelegt", "rueckgaengig")
COUNTS = ("anpassen", "ausverkauft", "zaehlen", "ungezaehlt", "behalten")
COUNTS += ("preis", "preis/ende", "preis/art", "preis/empfehlung")


def everything(base, shop, reservation, offer):
    """Every address of the rooms, with its method."""
    yield "get", f"/en/haendler/{shop.slug}/"
    yield "post", f"/en/haendler/{shop.slug}/zaehlen/"
    yield "get", f"/en/haendler/{shop.slug}/waren/warengruppen/"
    yield "get", f"/en/haendler/{shop.slug}/waren/vorschlaege/"
    yield "post", f"/en/haendler/{shop.slug}/waren/vorschlaege/1/"
    yield "post", f"/en/haendler/{shop.slug}/waren/vorschlaege/zusammenlegen/1/"
    yield "get", f"{base}/waren/{offer.pk}/korrektur/title/"
    yield "get", f"{base}/waren/{offer.pk}/barcode/"
    for path in ("", "fassungen/", "fassungen/999999999/"):
        yield "get", f"/en/haendler/{shop.slug}/recht/{path}"
    yield "get", f"/en/haendler/{shop.slug}/zahlungen/"
    yield "get", f"/en/haendler/{shop.slug}/zahlungen/1/"
    yield "post", f"/en/haendler/{shop.slug}/zahlungen/1/erstatten/"
    yield "post", f"/en/haendler/{shop.slug}/zahlungen/1/erstatten/1/nochmal/"
    yield "get", f"/en/haendler/{shop.slug}/widerrufe/"
    yield "get", f"/en/haendler/{shop.slug}/widerrufe/1/"
    for act in ("zurueck", "ablehnen", "herausgenommen"):
        yield "post", f"/en/haendler/{shop.slug}/widerrufe/1/{act}/"
    for path in ("", "verfahren/", "2026.zip", "WOB-1-2026-000001.pdf"):
        yield "get", f"/en/haendler/{shop.slug}/belege/{path}"
    for path in ("reklamationen/", "reklamationen/1/", "aushang/gewaehrleistung.pdf"):
        yield "get", f"/en/haendler/{shop.slug}/{path}"
    for act in ("information", "nacherfuellung", "fertig", "beenden"):
        yield "post", f"/en/haendler/{shop.slug}/reklamationen/1/{act}/"
    yield "get", f"{base}/theke/{reservation.pk}/reklamation/"
    article = f"/en/haendler/{shop.slug}/waren/{offer.variant.product_id}/"
    yield "get", article
    yield "get", f"{article}hersteller/"
    for act in ("1/", "aendern/", "hinweis/"):
        yield "post", f"{article}hersteller/{act}"
    for path in ("theke/", "theke/code/", "waren/", f"theke/{reservation.pk}/"):
        yield "get", f"{base}/{path}"
    yield "post", f"{base}/theke/code/"
    for act in ACTS:
        yield "post", f"{base}/theke/{reservation.pk}/{act}/"
    for act in COUNTS:
        yield "post", f"{base}/waren/{offer.pk}/{act}/"
    for path in ("scannen/", "scannen/neu/", "scannen/runde/", "scannen/offen/", "nachzaehlen/"):
        yield "get", f"{base}/waren/{path}"
    for act in (
        "ins-regal",
        "runde/beginnen",
        "runde/menge/999999999",
        "runde/zurueck",
        "runde/fertig",
    ):
        yield "post", f"{base}/waren/scannen/{act}/"
    yield "get", f"{base}/waren/scannen/runde/999999999/"
    yield "post", f"{base}/waren/scannen/offen/999999999/weglassen/"
    yield "post", f"{base}/waren/tabelle/"
    yield "post", f"{base}/waren/behalten/"
    photos = f"/en/haendler/{shop.slug}/waren/{offer.variant.product_id}/fotos"
    yield "get", f"{photos}/"
    for act in ("text", "drehen", "zuschneiden", "verschieben", "entfernen"):
        yield "post", f"{photos}/1/{act}/"
    for path in ("", "tag/2026-12-24/", "woche/", "abholung/", "saisons/", "bereit/"):
        yield "get", f"{base}/zeiten/{path}"
    for act in ("heute/", "tag/2026-12-24/", "tag/2026-12-24/zurueck/", "woche/", "abholung/"):
        yield "post", f"{base}/zeiten/{act}"
    for act in ("saisons/", "saisons/1/entfernen/", "bereit/"):
        yield "post", f"{base}/zeiten/{act}"
    for act in ("mitmachen/", "absagen/"):
        yield "post", f"{base}/zeiten/sonntage/1/{act}"
    # Taking back what is gone or was never theirs does nothing (test_views_hours).
    for act in ("geschlossen/", "geschlossen/999999999/zurueck/", "pause/", "stimmt/"):
        yield "post", f"{base}/zeiten/{act}"
    yield "get", f"{base}/preise/"
    yield "get", f"{base}/waren/{offer.pk}/preis/"
    yield "post", f"{base}/preise/aktion/"
    yield "post", f"{base}/preise/steuer/"
    yield "post", f"{base}/preise/aktion/999999999/beenden/"
    yield "get", f"{base}/kasse/"
    yield "get", f"{base}/kasse/lieferung/999999999/"
    for act in ("hochladen", "schluessel", "schluessel/999999999/sperren"):
        yield "post", f"{base}/kasse/{act}/"
    yield "post", f"{base}/kasse/lieferung/999999999/entscheiden/"
    for method, file in (("get", "dateien/"), ("post", "dateien/"), ("get", "geschlossen.ics")):
        yield method, f"{base}/zeiten/{file}"


@pytest.fixture
def offer(branch):
    return factories.offer(branch)


@pytest.fixture
def reservation(offer):
    return factories.reservation((offer, 1))


def test_strangers_find_nothing(base, shop, reservation, offer):
    other = factories.shop(shop.city, "Nebenan")
    factories.branch(other)
    client = Client()
    client.force_login(factories.member(other))

    for method, path in everything(base, shop, reservation, offer):
        assert getattr(client, method)(path).status_code == 404, path


def test_who_has_left_finds_nothing(base, shop, reservation, offer, client, user):
    Member.objects.filter(user=user).update(is_active=False)

    for method, path in everything(base, shop, reservation, offer):
        assert getattr(client, method)(path).status_code == 404, path


def test_nobody_gets_in_without_signing_in(base, shop, reservation, offer):
    for method, path in everything(base, shop, reservation, offer):
        answer = getattr(Client(), method)(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/en/konto/login/"), path


def test_the_same_branch_does_not_exist_on_another_citys_host(
    base, shop, reservation, offer, client
):
    factories.city("Braunschweig", host="bs.example")

    for method, path in everything(base, shop, reservation, offer):
        assert getattr(client, method)(path, HTTP_HOST="bs.example").status_code == 404, path


def test_rows_of_one_branch_do_not_open_through_another(base, shop, reservation, offer, client):
    other = factories.branch(shop, "Vorsfelde")
    there = f"/en/haendler/{shop.slug}/{other.slug}"

    for method, path in everything(there, shop, reservation, offer):
        parts = path.removeprefix(there).split("/") if path.startswith(there) else []
        if str(reservation.pk) in parts or str(offer.pk) in parts:
            assert getattr(client, method)(path).status_code == 404, path
    reservation.refresh_from_db()
    assert reservation.state == "CONFIRMED"


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
def test_ids_that_cannot_be_do_not_exist(base, client, number):
    assert client.get(f"{base}/theke/{number}/").status_code == 404
    assert client.post(f"{base}/theke/{number}/bereit/").status_code == 404
    assert client.post(f"{base}/waren/{number}/zaehlen/").status_code == 404


def test_acts_are_posts_and_carry_a_token(base, reservation, client, user):
    path = f"{base}/theke/{reservation.pk}/bereit/"
    assert client.get(path).status_code == 405

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    assert strict.post(path, {"client_id": uuid.uuid4()}).status_code == 403
    assert Reservation.objects.get(pk=reservation.pk).state == "CONFIRMED"


def test_every_address_is_in_this_test(base, shop, reservation, offer):
    """A new page has to be listed above."""

    def count(patterns):
        return sum(
            count(each.url_patterns) if hasattr(each, "url_patterns") else 1 for each in patterns
        )

    assert get_resolver().reverse_dict  # the patterns load
    listed = {path for _method, path in everything(base, shop, reservation, offer)}
    # And /haendler/ itself; the account's room needs a provider: `test_views_paying`.
    assert count(urls.urlpatterns) == len(listed) + 1 + count(urls._paying)
