from django.urls import path, register_converter

from shops.views import goods, places

app_name = "shops"


class Id:
    """A row's number: never larger than a database holds."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Id, "id")

urlpatterns = [
    path("suche/", goods.search, name="search"),
    path("suche/so-sortieren-wir/", goods.ranking, name="ranking"),
    path("produkt/<slug:slug>-<id:pk>/", goods.product, name="product"),
    path("laeden/", places.shop_list, name="shop_list"),
    path("laden/<slug:slug>/", places.shop, name="shop"),
]
