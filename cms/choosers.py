"""Fields of the desk that choose goods and shops; what they offer is `cms.views.choosers`."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.blocks import ChooserBlock

from shops.models import Product, Shop


class GoodsChooser(BaseChooser):
    """Chooses one product of the city."""

    model = Product
    chooser_modal_url_name = "goods_chooser:choose"
    icon = "tag"
    choose_one_text = _("Choose goods")
    choose_another_text = _("Choose other goods")
    show_edit_link = False


class ShopChooser(BaseChooser):
    """Chooses one shop of the city."""

    model = Shop
    chooser_modal_url_name = "shop_chooser:choose"
    icon = "home"
    choose_one_text = _("Choose a shop")
    choose_another_text = _("Choose another shop")
    show_edit_link = False


class GoodsChooserBlock(ChooserBlock):
    """A product in a page's body. Pages ask again whether it may be shown."""

    target_model = Product
    widget = GoodsChooser()

    class Meta:
        label = _("Goods")
        icon = "tag"


class ShopChooserBlock(ChooserBlock):
    """A shop in a page's body. Pages ask again whether it may be shown."""

    target_model = Shop
    widget = ShopChooser()

    class Meta:
        label = _("Shop")
        icon = "home"
