"""Blocks that live: they name what is wanted, and each view shows what is there now.

What cannot be had disappears by itself and is refilled as `fallback` says, so no editor ever writes
a word about stock. `cms.domain.living` reads what they show.
"""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.choosers import GoodsChooserBlock, ShopChooserBlock
from cms.enums import Fallback
from cms.models.blocks import Body
from shops.models import Category

#: Living blocks on one page: each looks for its goods with a query of its own.
AT_MOST = 8
#: Goods or shops in one block.
MOST = 10


def categories() -> list[tuple[str, str]]:
    """The goods tree for a list, in the language of the desk."""
    is_english = get_language() == "en"
    rows = Category.objects.order_by("sort_name", "pk")
    return [(each.slug, each.name_en if is_english else each.name) for each in rows]


def _heading() -> blocks.CharBlock:
    return blocks.CharBlock(label=_("Heading"), max_length=80)


def _number(default: int = 5) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(
        label=_("How many at most"), min_value=2, max_value=MOST, default=default
    )


def _fallback() -> blocks.ChoiceBlock:
    return blocks.ChoiceBlock(
        label=_("When too few are there"),
        choices=Fallback.choices,
        default=Fallback.CATEGORY,
        help_text=_("What fills the shelf when goods sell out or shops close."),
    )


class GoodsByRule(blocks.StructBlock):
    heading = _heading()
    category = blocks.ChoiceBlock(label=_("Category"), choices=categories, required=False)
    words = blocks.CharBlock(
        label=_("Words"), max_length=60, required=False, help_text=_("As in the search.")
    )
    price = blocks.DecimalBlock(
        label=_("Price up to, in euros"),
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
    )
    shop = ShopChooserBlock(label=_("Only of this shop"), required=False)
    today = blocks.BooleanBlock(label=_("Only what can be collected today"), required=False)
    number = _number()
    fallback = _fallback()

    class Meta:
        label = _("Goods by rule")
        icon = "table"
        template = "cms/blocks/shelf.html"
        description = _(
            "Goods that fit a rule and are there now. Sold out goods vanish, others follow."
        )


class GoodsPicked(blocks.StructBlock):
    heading = _heading()
    goods = blocks.ListBlock(
        GoodsChooserBlock(), label=_("Goods"), min_num=1, max_num=MOST, collapsed=False
    )
    fallback = _fallback()

    class Meta:
        label = _("Goods you pick")
        icon = "tag"
        template = "cms/blocks/shelf.html"
        description = _("Goods you choose one by one. What sells out is replaced as you say here.")


class ShopsByRule(blocks.StructBlock):
    heading = _heading()
    quarter = blocks.CharBlock(label=_("Quarter"), max_length=80, required=False)
    trade = blocks.ChoiceBlock(label=_("Branch of trade"), choices=categories, required=False)
    open = blocks.BooleanBlock(label=_("Only those open now"), required=False)
    number = _number(6)

    class Meta:
        label = _("Shops by rule")
        icon = "table"
        template = "cms/blocks/shops.html"
        description = _("Shops of a quarter or a branch of trade, with today's hours.")


class ShopsPicked(blocks.StructBlock):
    heading = _heading()
    shops = blocks.ListBlock(
        ShopChooserBlock(), label=_("Shops"), min_num=1, max_num=MOST, collapsed=False
    )

    class Meta:
        label = _("Shops you pick")
        icon = "home"
        template = "cms/blocks/shops.html"
        description = _("Shops you choose one by one, with today's hours.")


class OnlineOffers(blocks.StructBlock):
    heading = _heading()
    shop = ShopChooserBlock()
    number = _number(4)

    class Meta:
        label = _("Online offers of a shop")
        icon = "link-external"
        template = "cms/blocks/online.html"
        description = _(
            "Goods that a shop also sells in its own online shop, each with a link there."
        )


class Locator(blocks.StructBlock):
    heading = _heading()
    shop = ShopChooserBlock()

    class Meta:
        label = _("Way to a shop")
        icon = "site"
        template = "cms/blocks/locator.html"
        description = _("Our own drawing of where a shop is, with address and hours.")


class LivingBody(Body):
    """Text and living blocks."""

    goods_by_rule = GoodsByRule()
    goods_picked = GoodsPicked()
    shops_by_rule = ShopsByRule()
    shops_picked = ShopsPicked()
    online_offers = OnlineOffers()
    locator = Locator()

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        living = [each for each in cleaned if each.block_type not in Body.base_blocks]
        if len(living) > AT_MOST:
            message = _("At most %(number)d blocks with goods or shops on one page.")
            raise blocks.StreamBlockValidationError(
                non_block_errors=[message % {"number": AT_MOST}]
            )
        return cleaned
