"""What a city's desk has to do, for the world: one row of each kind, in either city."""

from datetime import date, time

from cms.domain import reports
from cms.enums import Legal, ReportKind
from cms.models import ContentPage
from marketplace.core.domain.history import Actor
from marketplace.payments.domain import cases
from marketplace.payments.enums import CaseKind
from marketplace.payments.models import Payment
from shops.domain import sundays
from shops.models import City
from tests.factories import NOW

BY = Actor.system()


def sunday(city: City) -> dict[str, str]:
    """A zone and a Sunday planned for it."""
    zone = sundays.set_zone(city=city, name="Mitte", is_excursion=False, by=BY, now=NOW)
    wanted = sundays.Plan(
        date=date(2027, 4, 11), opens=time(13), closes=time(18), reason="Fest", zone=zone
    )
    opening = sundays.plan(city=city, wanted=wanted, by=BY, now=NOW)
    return {"zone": str(zone.pk), "opening": str(opening.pk)}


def report(city: City) -> str:
    """Somebody has met a barrier."""
    said = reports.Said(kind=ReportKind.BARRIER, words="Der Knopf hat keinen Namen.")
    made = reports.receive(city=city, said=said, language="de", by=Actor.shopper(), now=NOW)
    return str(made.pk)


def legal(city: City) -> str:
    """A legal page with one wording."""
    page = ContentPage(title="Bedingungen", slug="bedingungen", legal=Legal.TERMS)
    city.site.root_page.specific.add_child(instance=page)
    page.save_revision().publish()
    return str(page.pk)


def case(payment: Payment) -> str:
    """Somebody has to look at a payment."""
    made = cases.open_case(
        kind=CaseKind.CAPTURE_FAILED,
        about=f"payment:{payment.pk}",
        detail="",
        shop_id=payment.shop_id,
        now=NOW,
    )
    return str(made.pk)
