from django.urls import path, register_converter

from shops.domain.legal.pages import KINDS
from shops.views import goods, legal, outward, places, rights

app_name = "shops"


class Id:
    """A row's number: never larger than a database holds."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Text:
    """A legal text of a shop, by the last part of its address."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Id, "id")
register_converter(Text, "text")

urlpatterns = [
    path("suche/", goods.search, name="search"),
    path("suche/so-sortieren-wir/", goods.ranking, name="ranking"),
    path("gewaehrleistung/hinweis/", rights.guarantee, name="guarantee"),
    path("produkt/<slug:slug>-<id:pk>/", goods.product, name="product"),
    path("weiter/angebot/<id:pk>/", outward.to_offer, name="to_offer"),
    path("weiter/laden/<id:pk>/", outward.to_shop, name="to_shop"),
    path("laeden/", places.shop_list, name="shop_list"),
    path("laden/<slug:slug>/", places.shop, name="shop"),
    path("laden/<slug:slug>/<text:text>/", legal.of_shop, name="legal"),
]
