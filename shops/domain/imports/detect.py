"""Which door a file belongs to."""

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from shops.domain.imports import spree, tabular, till
from shops.domain.imports.goods import Goods


def read(content: bytes) -> Goods:
    """The goods in a shop's file. Raises `Refused`, and nothing else, for what is none."""
    table = tabular.read(content)
    for at, row in enumerate(table.rows[: tabular.HEAD]):
        for is_header, door in ((spree.is_header, spree.read), (till.columns, till.read)):
            if is_header(row.cells):
                goods = door(table, at)
                if not goods.rows:
                    raise Refused(_("Below its header this file holds no rows."), code="empty")
                return goods
    raise Refused(
        _(
            "This file is not understood. So far we read the product export of Spree and German "
            "till sheets with at least the columns “Bezeichnung” and “VK” (or “Preis”)."
        ),
        code="unknown_file",
    )
