"""Lists of goods and shops to choose from: those everybody may see in the city of this host."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet

from cms.choosers import GoodsChooser, ShopChooser
from marketplace.core.text import fold
from shops import access
from shops.models import Product, Shop
from shops.requests import city_of


class _TitleForm(BaseFilterForm):
    """Filters by words of the folded name."""

    column = "sort_title"
    q = forms.CharField(label=_("Search"), required=False, max_length=100)

    def filter(self, objects: Any) -> Any:
        for word in fold(self.cleaned_data["q"]).split():
            objects = objects.filter(**{f"{self.column}__contains": word})
        return super().filter(objects)


class _NameForm(_TitleForm):
    column = "sort_name"


def _goods(request: HttpRequest) -> "QuerySet[Product]":
    return access.public_products(city_of(request)).order_by("sort_title", "pk")


def _shops(request: HttpRequest) -> "QuerySet[Shop]":
    return access.public_shops(city_of(request)).order_by("sort_name", "pk")


class _GoodsList:
    filter_form_class = _TitleForm
    request: HttpRequest

    def get_object_list(self) -> "QuerySet[Product]":
        return _goods(self.request)


class _ShopList:
    filter_form_class = _NameForm
    request: HttpRequest

    def get_object_list(self) -> "QuerySet[Shop]":
        return _shops(self.request)


class _GoodsView(_GoodsList, chooser.ChooseView):
    pass


class _GoodsResultsView(_GoodsList, chooser.ChooseResultsView):
    pass


class _GoodsChosenView(chooser.ChosenView):
    def get_object(self, pk: Any) -> Product:
        # SECURITY: another city's goods do not exist here.
        return _found(_goods(self.request), pk)


class _ShopsView(_ShopList, chooser.ChooseView):
    pass


class _ShopsResultsView(_ShopList, chooser.ChooseResultsView):
    pass


class _ShopChosenView(chooser.ChosenView):
    def get_object(self, pk: Any) -> Shop:
        # SECURITY: another city's shops do not exist here.
        return _found(_shops(self.request), pk)


def _found(rows: "QuerySet[Any]", pk: Any) -> Any:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


class GoodsChooserViewSet(ChooserViewSet):
    """Wagtail builds its choosers from classes; these only name rows and filter."""

    model = Product
    icon = "tag"
    register_widget = False
    widget_class = GoodsChooser
    choose_one_text = _("Choose goods")
    choose_another_text = _("Choose other goods")
    choose_view_class = _GoodsView
    choose_results_view_class = _GoodsResultsView
    chosen_view_class = _GoodsChosenView


class ShopChooserViewSet(ChooserViewSet):
    """Wagtail builds its choosers from classes; these only name rows and filter."""

    model = Shop
    icon = "home"
    register_widget = False
    widget_class = ShopChooser
    choose_one_text = _("Choose a shop")
    choose_another_text = _("Choose another shop")
    choose_view_class = _ShopsView
    choose_results_view_class = _ShopsResultsView
    chosen_view_class = _ShopChosenView
