"""Fields of the desk that choose goods and shops; what they offer is `cms.views.choosers`."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.blocks import ChooserBlock

from shops.models import Product, Shop


class _Chooser(BaseChooser):
    """Shows what was chosen, if it is still there."""

    show_edit_link = False

    def get_instance(self, value: Any) -> Any:
        return super().get_instance(getattr(value, "pk", value))


class GoodsChooser(_Chooser):
    """Chooses one product of the city."""

    model = Product
    chooser_modal_url_name = "goods_chooser:choose"
    icon = "tag"
    choose_one_text = _("Choose goods")
    choose_another_text = _("Choose other goods")


class ShopChooser(_Chooser):
    """Chooses one shop of the city."""

    model = Shop
    chooser_modal_url_name = "shop_chooser:choose"
    icon = "home"
    choose_one_text = _("Choose a shop")
    choose_another_text = _("Choose another shop")


class _ByIdBlock(ChooserBlock):
    """Holds who was chosen without reading them: a page reads all its goods and shops together, and
    asks again whether they may be shown. Their columns are read when somebody asks for them."""

    def to_python(self, value: Any) -> Any:
        return self.bulk_to_python([value])[0]

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        known = self.model_class.from_db
        return [None if pk is None else known(None, ["id"], [pk]) for pk in values]


class GoodsChooserBlock(_ByIdBlock):
    """A product in a page's body."""

    target_model = Product
    widget = GoodsChooser()

    class Meta:
        label = _("Goods")
        icon = "tag"


class ShopChooserBlock(_ByIdBlock):
    """A shop in a page's body."""

    target_model = Shop
    widget = ShopChooser()

    class Meta:
        label = _("Shop")
        icon = "home"
