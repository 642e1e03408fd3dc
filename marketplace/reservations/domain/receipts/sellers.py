"""Who sells, as it stands on the documents of a shop; copied when one is issued."""

from shops.models import Branch, Shop, ShopLegal


def facts(shop: Shop, branch: Branch) -> dict[str, str]:
    """Name, address and tax number of the seller: as it says by law, else as its branch is found.

    LAW: UStG § 14 (4) no. 1 and 2, UStDV § 33 no. 1: the full name and address of who supplies.
    """
    legal = ShopLegal.objects.filter(shop=shop).first() or ShopLegal()
    where = legal if legal.street else branch
    register = f"{legal.register_court} {legal.register_number}".strip()
    return {
        "shop": shop.name,
        "name": legal.legal_name or shop.name,
        "street": where.street,
        "place": f"{where.postcode} {where.town}".strip(),
        "phone": legal.phone or branch.phone,
        "email": legal.email or shop.email or branch.email,
        "vat_id": legal.vat_id,
        "register": register,
    }
