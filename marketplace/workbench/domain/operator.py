"""Who runs the demo towns' marketplace: an invented company of the city (law.md 1, model B)."""

from datetime import datetime

from marketplace.core.domain.history import Actor
from shops.domain.legal import operators
from shops.enums_legal import Arbitration, LegalForm, OperatorModel
from shops.models import City


def tell(*, city: City, now: datetime) -> None:
    """Keep what the operator says of itself; its imprint and its word on arbitration follow."""
    said = {
        "operator_model": OperatorModel.COMPANY,
        "public_share": 100,
        "legal_name": f"Stadtregal {city.name} Muster gGmbH",
        "legal_form": LegalForm.GMBH,
        "representative": "Geschäftsführerin Maria Mustermann",
        "street": "Musterplatz 1",
        "postcode": "38440",
        "town": "Musterstadt",
        "phone": "0171 3920000",
        "email": "hallo@stadtregal.example",
        "register_court": "Amtsgericht Musterstadt",
        "register_number": "HRB 000000",
        "w_idnr": "DE000000000-00001",
        "arbitration": Arbitration.REFUSES,
        "editor": f"Ina Redlich, Stadt {city.name}, Musterplatz 1, 38440 Musterstadt",
    }
    operators.save(city=city, said=said, by=Actor.system(), now=now)
