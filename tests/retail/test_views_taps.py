"""What members do, over HTTP: once, with a way back, never half, never a 500."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client

from marketplace.reservations.domain import lifecycle
from marketplace.reservations.enums import EndReason, State
from marketplace.reservations.models import Line, Tap
from tests import factories
from tests.factories import NOW


@pytest.fixture
def offer(branch):
    return factories.offer(branch, count=5)


@pytest.fixture
def row(offer):
    return factories.reservation((offer, 2))


@pytest.fixture
def line(row):
    return row.lines.get()


def numbers(offer):
    offer.refresh_from_db()
    return offer.on_hand, offer.reserved, offer.set_aside


def fields_of(page, action):
    """What a browser would send from the form with this action."""
    form = re.search(rf'<form[^>]*action="[^"]*/{action}/".*?</form>', page, re.S).group()
    inputs = re.findall(r"<input[^>]*>", form)
    return {
        re.search(r'name="([^"]+)"', each).group(1): (
            re.search(r'value="([^"]*)"', each) or re.match("()", "")
        ).group(1)
        for each in inputs
        if 'type="radio"' not in each
    }


def post(client, base, row, act, **fields):
    return client.post(
        f"{base}/theke/{row.pk}/{act}/", {"client_id": str(uuid.uuid4())} | fields, follow=True
    )


def test_found_in_a_compartment_is_one_button_on_the_counter(base, client, row, offer):
    page = client.get(f"{base}/theke/").content.decode()
    fields = fields_of(page, f"{row.pk}/bereit")
    assert fields["shelf"] == "1"

    answer = client.post(f"{base}/theke/{row.pk}/bereit/", fields, follow=True)

    row.refresh_from_db()
    assert (row.state, row.shelf) == (State.READY, "1")
    assert numbers(offer) == (5, 2, 2)
    assert answer.redirect_chain == [(f"{base}/theke/", 302)]
    assert "compartment 1" in answer.content.decode()
    assert "Undo" in answer.content.decode()


def test_a_single_thing_is_not_there_in_one_tap(branch, base, client):
    row = factories.reservation((factories.offer(branch, count=5), 1))
    page = client.get(f"{base}/theke/").content.decode()
    yes, no = re.findall(rf'<form[^>]*action="[^"]*/{row.pk}/bereit/".*?</form>', page, re.S)
    fields = fields_of(no, f"{row.pk}/bereit")
    assert fields["client_id"] != fields_of(yes, f"{row.pk}/bereit")["client_id"]
    assert 'form="nothing-' in yes

    answer = client.post(f"{base}/theke/{row.pk}/bereit/", fields, follow=True)

    row.refresh_from_db()
    assert (row.state, row.reason) == (State.CANCELLED, EndReason.NOT_THERE)
    assert "Undo" in answer.content.decode()


def test_of_several_people_say_how_many_are_there(base, client, row):
    page = client.get(f"{base}/theke/").content.decode()

    assert f"/theke/{row.pk}/#found" in page
    assert "nothing-" not in page
    assert 'id="found"' in client.get(f"{base}/theke/{row.pk}/").content.decode()


def test_a_request_is_refused_in_one_tap(branch, base, client, asking):
    row = factories.reservation((factories.offer(branch, **asking), 1))
    page = client.get(f"{base}/theke/").content.decode()

    client.post(f"{base}/theke/{row.pk}/ablehnen/", fields_of(page, f"{row.pk}/ablehnen"))

    row.refresh_from_db()
    assert (row.state, row.reason) == (State.DECLINED, EndReason.NOT_THERE)


def test_request_to_ready_in_two_taps(branch, base, client, asking):
    row = factories.reservation((factories.offer(branch, **asking), 1))
    page = client.get(f"{base}/theke/").content.decode()
    fields = fields_of(page, f"{row.pk}/annehmen")
    answer = client.post(f"{base}/theke/{row.pk}/annehmen/", fields, follow=True)
    fields = fields_of(answer.content.decode(), f"{row.pk}/bereit")
    client.post(f"{base}/theke/{row.pk}/bereit/", fields)

    row.refresh_from_db()
    assert row.state == State.READY


def test_a_double_tap_is_one_act(base, client, row, offer):
    fields = {"client_id": str(uuid.uuid4()), f"found_{row.lines.get().pk}": "2", "shelf": "4"}

    for _tap in range(3):
        answer = client.post(f"{base}/theke/{row.pk}/bereit/", fields)
        assert answer.status_code == 302

    assert Tap.objects.count() == 1
    assert numbers(offer) == (5, 2, 2)


def test_partly_found_corrects_the_stock(base, client, row, line, offer):
    post(client, base, row, "bereit", **{f"found_{line.pk}": "1", "shelf": "4"})

    line.refresh_from_db()
    assert (line.held, line.missing) == (1, 1)
    assert numbers(offer) == (4, 1, 1)


def test_nothing_found_cancels_and_says_so(base, client, row, line):
    answer = post(client, base, row, "bereit", **{f"found_{line.pk}": "0"})

    row.refresh_from_db()
    assert (row.state, row.reason) == (State.CANCELLED, EndReason.NOT_THERE)
    assert "Nothing found, so cancelled." in answer.content.decode()


@pytest.mark.parametrize("bad", ["", "-1", "3", "1e9", "½", "1000000000", "x", "9" * 5000])
@pytest.mark.parametrize("act", ["bereit", "uebergeben"])
def test_numbers_that_cannot_be_are_asked_for_again(base, client, row, line, offer, act, bad):
    name = {"bereit": "found", "uebergeben": "taken"}[act]
    answer = post(client, base, row, act, **{f"{name}_{line.pk}": bad, "shelf": "Kühlung"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Please enter a whole number from 0 to 2." in page
    assert act == "uebergeben" or "Kühlung" in page
    assert numbers(offer) == (5, 2, 0)


@pytest.mark.parametrize("bad", ["", "nonsense", "\0"])
def test_a_form_without_its_id_is_asked_for_again(base, client, row, line, bad):
    answer = post(client, base, row, "bereit", client_id=bad, **{f"found_{line.pk}": "2"})

    assert answer.status_code == 422
    assert "did not arrive whole" in answer.content.decode()
    assert not Tap.objects.exists()


@pytest.mark.parametrize("shelf", ["\0", "a" * 13])
def test_a_compartment_that_cannot_be_is_asked_for_again(base, client, row, line, shelf):
    answer = post(client, base, row, "bereit", **{f"found_{line.pk}": "2", "shelf": shelf})

    assert answer.status_code == 422


def test_lines_of_others_are_not_listened_to(branch, base, client, row, line):
    foreign = factories.reservation((factories.offer(branch), 1)).lines.get()
    post(client, base, row, "bereit", **{f"found_{line.pk}": "2", f"found_{foreign.pk}": "0"})

    foreign.refresh_from_db()
    assert (foreign.held, foreign.missing) == (1, 0)


def test_hand_over_takes_what_is_taken(base, client, clerk, row, line, offer):
    lifecycle.mark_ready(reservation_id=row.pk, shelf="3", by=clerk, now=NOW)

    answer = post(client, base, row, "uebergeben", **{f"taken_{line.pk}": "1"})

    row.refresh_from_db()
    assert row.state == State.COLLECTED
    assert numbers(offer) == (4, 1, 1)
    assert "Handed over." in answer.content.decode()
    assert "1 back on the shelf, please" in answer.content.decode()


def test_handing_over_nothing_is_refused_with_a_sentence(base, client, row, line):
    answer = post(client, base, row, "uebergeben", **{f"taken_{line.pk}": "0"})

    assert answer.status_code == 409
    assert "Nothing was taken." in answer.content.decode()


def test_the_second_clerk_is_told_who_was_first(base, client, owner_client, row, line):
    fields = {f"taken_{line.pk}": "2"}
    post(client, base, row, "uebergeben", **fields)
    answer = post(owner_client, base, row, "uebergeben", **fields)

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "This was handed over already." in page
    assert "by Jana Brandt." in page


@pytest.mark.parametrize(("act", "state"), [("ablehnen", "REQUESTED"), ("absagen", "CONFIRMED")])
def test_the_shop_says_no_with_a_reason(branch, base, client, asking, act, state):
    kind = asking if state == "REQUESTED" else {}
    row = factories.reservation((factories.offer(branch, **kind), 1))
    assert row.state == state

    missing = post(client, base, row, act)
    assert missing.status_code == 422
    assert "Please choose a reason." in missing.content.decode()
    for bad in ("SHOPPER", "SILENT", "\0"):
        assert post(client, base, row, act, reason=bad).status_code == 422

    post(client, base, row, act, reason="DAMAGED")
    row.refresh_from_db()
    assert (row.state, row.reason) == (
        {"ablehnen": "DECLINED", "absagen": "CANCELLED"}[act],
        "DAMAGED",
    )


def test_put_back_and_reinstate(base, client, clerk, row, line, offer, clock):
    lifecycle.mark_ready(reservation_id=row.pk, shelf="3", by=clerk, now=NOW)
    later = NOW + timedelta(days=9)
    lifecycle.expire(reservation_id=row.pk, now=later)
    clock.move_to(later)

    answer = post(client, base, row, "wieder-bereit")
    row.refresh_from_db()
    assert row.state == State.READY
    assert answer.redirect_chain[-1][0] == f"{base}/theke/{row.pk}/"

    lifecycle.cancel(reservation_id=row.pk, reason=EndReason.CLOSED, by=clerk, now=later)
    post(client, base, row, "zurueckgelegt")
    assert numbers(offer) == (5, 0, 0)
    again = post(client, base, row, "zurueckgelegt")
    assert again.status_code == 409
    assert "back on the shelf already" in again.content.decode()


def test_undo_within_a_minute(base, client, row, line, offer, clock):
    post(client, base, row, "uebergeben", **{f"taken_{line.pk}": "2"})
    clock.shift(timedelta(seconds=59))
    assert "rueckgaengig" in client.get(f"{base}/theke/").content.decode()

    answer = client.post(f"{base}/theke/{row.pk}/rueckgaengig/", follow=True)

    row.refresh_from_db()
    assert row.state == State.CONFIRMED
    assert numbers(offer) == (5, 2, 0)
    assert "Taken back." in answer.content.decode()
    assert "rueckgaengig" not in client.get(f"{base}/theke/").content.decode()


def test_undo_after_a_minute_is_gone_and_refused(base, client, row, line, clock):
    post(client, base, row, "uebergeben", **{f"taken_{line.pk}": "2"})
    clock.shift(timedelta(seconds=61))

    assert "rueckgaengig" not in client.get(f"{base}/theke/").content.decode()
    answer = client.post(f"{base}/theke/{row.pk}/rueckgaengig/")
    assert answer.status_code == 409
    assert "A minute has passed." in answer.content.decode()


def test_only_who_did_it_is_offered_the_way_back(base, client, owner_client, row, line):
    post(client, base, row, "uebergeben", **{f"taken_{line.pk}": "2"})

    assert "rueckgaengig" not in owner_client.get(f"{base}/theke/").content.decode()
    assert owner_client.post(f"{base}/theke/{row.pk}/rueckgaengig/").status_code == 409


def test_the_old_button_does_not_repeat_what_was_taken_back(base, client, row, line):
    fields = {"client_id": str(uuid.uuid4()), f"taken_{line.pk}": "2"}
    client.post(f"{base}/theke/{row.pk}/uebergeben/", fields)
    client.post(f"{base}/theke/{row.pk}/rueckgaengig/")

    answer = client.post(f"{base}/theke/{row.pk}/uebergeben/", fields)

    assert answer.status_code == 409
    assert "Please use the new one." in answer.content.decode()
    row.refresh_from_db()
    assert row.state == State.CONFIRMED


def test_one_id_for_two_reservations_is_refused(base, client, row, line, offer):
    other = factories.reservation((offer, 1))
    fields = {"client_id": str(uuid.uuid4())}
    client.post(f"{base}/theke/{row.pk}/bereit/", fields | {f"found_{line.pk}": "2"})

    answer = client.post(
        f"{base}/theke/{other.pk}/bereit/", fields | {f"found_{other.lines.get().pk}": "1"}
    )

    assert answer.status_code == 409
    other.refresh_from_db()
    assert other.state == State.CONFIRMED


@pytest.mark.parametrize(
    "act",
    ["annehmen", "ablehnen", "bereit", "uebergeben", "absagen", "wieder-bereit", "zurueckgelegt"],
)
def test_stale_buttons_are_told_what_is_so_now(base, client, row, line, act, clerk):
    lifecycle.hand_over(reservation_id=row.pk, by=clerk, now=NOW)
    fields = {"reason": "DAMAGED", f"found_{line.pk}": "2", f"taken_{line.pk}": "2"}

    answer = post(client, base, row, act, **fields)

    assert answer.status_code == 409
    assert "Already handed over" in answer.content.decode()
    assert Line.objects.get(pk=line.pk).consumed == 2


def test_undoing_nothing_is_refused(base, client, row):
    answer = client.post(f"{base}/theke/{row.pk}/rueckgaengig/")

    assert answer.status_code == 409
    assert "There is nothing to undo." in answer.content.decode()


def test_forms_work_with_tokens_as_a_browser_sends_them(base, user, row):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    page = client.get(f"{base}/theke/").content.decode()

    answer = client.post(f"{base}/theke/{row.pk}/bereit/", fields_of(page, f"{row.pk}/bereit"))

    assert answer.status_code == 302
    page = client.get(f"{base}/theke/").content.decode()
    undo = client.post(
        f"{base}/theke/{row.pk}/rueckgaengig/", fields_of(page, f"{row.pk}/rueckgaengig")
    )
    assert undo.status_code == 302
