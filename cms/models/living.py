"""Blocks that live: they name what is wanted, and each view shows what is there now.

What cannot be had disappears by itself and is refilled as `fallback` says, so no editor ever writes
a word about stock. `cms.domain.living` reads what they show.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

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


class CategoryBlock(blocks.ChoiceBlock):
    """A category by its slug.

    Its choices are rows. The desk asks for them to draw and to check its form; Wagtail would also
    ask for each value that a page reads, only to find the slug that is stored.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"choices": categories, "required": False} | options)

    def normalize_choice(self, value: Any) -> Any:
        return value


class Fact(blocks.CharBlock):
    """Words that are compared with what shops say, and so the same in every language."""

    def get_translatable_segments(self, value: str) -> list[Any]:
        return []

    def restore_translated_segments(self, value: str, segments: list[Any]) -> str:
        return value


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


class Living(blocks.StructBlock):
    """A block that shows what is there now."""

    #: (kind of block, request) -> what its preview in the desk shows besides its own words;
    #: `cms.apps` says who reads it.
    sample: ClassVar[Callable[[str, Any], dict[str, Any]]]

    def get_preview_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context = super().get_preview_context(value, parent_context)
        return context | type(self).sample(self.name, context["request"])


class GoodsByRule(Living):
    heading = _heading()
    category = CategoryBlock(label=_("Category"))
    words = Fact(label=_("Words"), max_length=60, required=False, help_text=_("As in the search."))
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
        form_attrs: ClassVar = {"data-goods-rule": ""}  # static/js/desk.js counts what it finds
        icon = "table"
        template = "cms/blocks/shelf.html"
        preview_value: ClassVar = {"heading": _("Small things under 25 euros")}
        description = _(
            "Goods that fit a rule and are there now. Sold out goods vanish, others follow."
        )


class GoodsPicked(Living):
    heading = _heading()
    goods = blocks.ListBlock(
        GoodsChooserBlock(), label=_("Goods"), min_num=1, max_num=MOST, collapsed=False
    )
    fallback = _fallback()

    class Meta:
        label = _("Goods you pick")
        icon = "tag"
        template = "cms/blocks/shelf.html"
        preview_value: ClassVar = {"heading": _("What we would give")}
        description = _("Goods you choose one by one. What sells out is replaced as you say here.")


class ShopsByRule(Living):
    heading = _heading()
    quarter = Fact(label=_("Quarter"), max_length=80, required=False)
    trade = CategoryBlock(label=_("Branch of trade"))
    open = blocks.BooleanBlock(label=_("Only those open now"), required=False)
    number = _number(6)

    class Meta:
        label = _("Shops by rule")
        icon = "table"
        template = "cms/blocks/shops.html"
        preview_value: ClassVar = {"heading": _("Open in the old town")}
        description = _("Shops of a quarter or a branch of trade, with today's hours.")


class ShopsPicked(Living):
    heading = _heading()
    shops = blocks.ListBlock(
        ShopChooserBlock(), label=_("Shops"), min_num=1, max_num=MOST, collapsed=False
    )

    class Meta:
        label = _("Shops you pick")
        icon = "home"
        template = "cms/blocks/shops.html"
        preview_value: ClassVar = {"heading": _("With a workshop of their own")}
        description = _("Shops you choose one by one, with today's hours.")


class OnlineOffers(Living):
    heading = _heading()
    shop = ShopChooserBlock()
    number = _number(4)

    class Meta:
        label = _("Online offers of a shop")
        icon = "link-external"
        template = "cms/blocks/online.html"
        preview_value: ClassVar = {"heading": _("In their own online shop")}
        description = _(
            "Goods that a shop also sells in its own online shop, each with a link there."
        )


class Locator(Living):
    heading = _heading()
    shop = ShopChooserBlock()

    class Meta:
        label = _("Way to a shop")
        icon = "site"
        template = "cms/blocks/locator.html"
        preview_value: ClassVar = {"heading": _("The way there")}
        description = _("Our own drawing of where a shop is, with address and hours.")


class Visit(Living):
    """A visit to a shop; vanishes with the shop."""

    heading = _heading()
    shop = ShopChooserBlock()
    picture = ImageChooserBlock(label=_("Picture"), required=False)
    text = blocks.RichTextBlock(
        label=_("Three or four sentences"), features=["bold", "italic", "link"], max_length=600
    )
    label = blocks.CharBlock(
        label=_("Words on the button"),
        max_length=40,
        help_text=_("It leads to the page of the shop."),
    )

    class Meta:
        label = _("Visit to a shop")
        icon = "openquote"
        template = "cms/blocks/visit.html"
        preview_value: ClassVar = {
            "heading": _("Three in the morning, Rothenfelder Straße"),
            "picture": None,
            "text": _("While the town is still asleep, the second tray goes into the oven."),
            "label": _("To the shop"),
        }
        description = _("Picture, a few sentences and one way forward. Vanishes with the shop.")


class OneDate(blocks.StructBlock):
    day = blocks.DateBlock(label=_("Day"))
    what = blocks.CharBlock(label=_("What"), max_length=120)
    when = blocks.CharBlock(label=_("When"), max_length=40)

    class Meta:
        label = _("One date")
        icon = "date"


class Dates(Living):
    """Dates as a plain table; those that have passed are not shown."""

    heading = _heading()
    dates = blocks.ListBlock(OneDate(), label=_("Dates"), min_num=1, max_num=20)

    class Meta:
        label = _("Dates")
        icon = "date"
        template = "cms/blocks/dates.html"
        description = _("Dates as a plain table. Those that have passed vanish.")

    def get_preview_value(self) -> Any:
        soon = timezone.localdate() + timedelta(days=9)
        one = {"day": soon, "what": _("Weekly market"), "when": _("8:00 to 13:00")}
        return self.normalize({"heading": _("When the town glows"), "dates": [one]})


class LivingBody(Body):
    """Text and living blocks."""

    goods_by_rule = GoodsByRule()
    goods_picked = GoodsPicked()
    shops_by_rule = ShopsByRule()
    shops_picked = ShopsPicked()
    online_offers = OnlineOffers()
    locator = Locator()
    visit = Visit()
    dates = Dates()

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        plain = (*Body.base_blocks, "visit", "dates")
        living = [each for each in cleaned if each.block_type not in plain]
        if len(living) > AT_MOST:
            message = _("At most %(number)d blocks with goods or shops on one page.")
            raise blocks.StreamBlockValidationError(
                non_block_errors=[message % {"number": AT_MOST}]
            )
        return cleaned
