"""Who runs a city's marketplace: one of three models, and what follows from it (law section 1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain.legal import facts, texts
from shops.enums_legal import OperatorModel
from shops.models import City, OperatorLegal
from shops.models.legal import NO_SME_FROM

FIELDS = (
    *facts.TRADER, "operator_model", "public_share", "dsa_small", "dsa_reason", "editor",
)  # fmt: skip
_SHARES = {
    OperatorModel.CITY: range(100, 101),
    OperatorModel.COMPANY: range(51, 101),
    OperatorModel.PRIVATE: range(51),
}


def of(city: City) -> OperatorLegal | None:
    """Who runs it, or None where nobody has said. One query."""
    return OperatorLegal.objects.filter(city=city).first()


def missing(legal: OperatorLegal | None) -> list[Any]:
    """What its Impressum lacks, in words."""
    if legal is None:
        return [_("all details of the operator")]
    return facts.missing_of_trader(legal)


@transaction.atomic
def save(*, city: City, said: Mapping[str, Any], by: Actor, now: datetime) -> OperatorLegal:
    """Keep who runs the marketplace and write the texts that follow.

    `Refused` where model, public share and the claim to be a small enterprise do not fit together.
    """
    City.objects.select_for_update().get(pk=city.pk)
    before = of(city)
    legal = OperatorLegal(city=city, pk=before.pk if before else None, saved_at=now)
    for name in FIELDS:
        setattr(legal, name, said.get(name, getattr(before or legal, name)))
    facts.settle(legal)
    _fit(legal)
    legal.save(force_insert=before is None, force_update=before is not None)
    history.record(
        verb="operator.facts",
        subject=f"city:{city.pk}",
        scope="",
        by=by,
        now=now,
        data={"model": legal.operator_model, "public_share": legal.public_share},
    )
    texts.regenerate_operator(city=city, by=by, now=now)
    return legal


def _fit(legal: OperatorLegal) -> None:
    if legal.public_share not in _SHARES[OperatorModel(legal.operator_model)]:
        raise Refused(
            _(
                "Model and public share contradict each other: the city itself is 100 percent "
                "public, a company of the city more than half, a private operator at most half."
            ),
            code="model_and_share",
        )
    if not legal.dsa_small:
        legal.dsa_reason = ""
    # LAW: Recommendation 2003/361/EC Art. 3 (4), law D9.
    elif legal.public_share >= NO_SME_FROM:
        raise Refused(
            _(
                "Whoever is a quarter or more in public hands is no small enterprise under the "
                "Digital Services Act."
            ),
            code="dsa_small",
        )
    elif not legal.dsa_reason.strip():
        raise Refused(
            _("Please say why it is a small enterprise: people, turnover, owners."), code="reason"
        )
