"""What decides how a kind's price is told: drained weight, loose sale, no base price, no binding.

Facts of the goods, not of one shop's offer.
"""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from shops.domain import article
from shops.domain.contents import Content
from shops.enums import NoBasePrice, Unbound, Unit
from shops.models import Product, Shop, Variant

#: A reason that a shop gives; being used or damaged is the article's condition.
BY_SHOP = (Unbound.LIFTED, Unbound.FOREIGN)


@transaction.atomic
def tell(
    *,
    variant: Variant,
    shop: Shop,
    drained: Content | None,
    is_loose: bool,
    no_base_price: NoBasePrice | None,
    unbound: Unbound | None,
) -> None:
    """Write them. `Refused` where other shops sell these goods too, and for a drained weight or a
    loose sale that the contents do not allow (PAngV §§ 4, 5)."""
    product = Product.objects.select_for_update(of=("self",)).get(pk=variant.product_id)
    if not article.is_alone(product=product, shop=shop):
        raise Refused(
            _("Other shops sell these goods too. Please propose a correction of their page."),
            code="shared",
        )
    held = Variant.objects.get(pk=variant.pk)
    if drained is not None and (
        held.content_amount is None
        or drained.unit != held.content_unit
        or drained.amount > held.content_amount
    ):
        raise Refused(
            _("The drained weight is no more than the contents, and told in the same unit."),
            code="drained",
        )
    small = held.content_unit in (Unit.KG, Unit.L) and held.content_amount == Decimal("0.1")
    if is_loose and not (held.content_amount == 1 or small):
        raise Refused(
            _(
                "Loose goods have a price per kilogram, litre, 100 g or 100 ml:"
                " set the contents so."
            ),
            code="loose",
        )
    # LAW: what the condition says stays; only these two are a shop's word.
    kept = held.unbound if held.unbound not in BY_SHOP else ""
    Variant.objects.filter(pk=held.pk).update(
        drained_amount=drained.amount if drained else None,
        is_loose=is_loose,
        no_base_price=no_base_price or "",
        unbound=kept or unbound or "",
    )
