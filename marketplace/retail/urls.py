"""The retailer's rooms, below `/haendler/`."""

from django.urls import include, path

from marketplace.retail.views import counter, goods, home, taps

app_name = "retail"

_reservation = [
    path("", counter.reservation, name="reservation"),
    path("annehmen/", taps.accept, name="accept"),
    path("ablehnen/", taps.decline, name="decline"),
    path("bereit/", taps.ready, name="ready"),
    path("uebergeben/", taps.hand_over, name="hand_over"),
    path("absagen/", taps.cancel, name="cancel"),
    path("wieder-bereit/", taps.reinstate, name="reinstate"),
    path("zurueckgelegt/", taps.shelve, name="shelve"),
    path("rueckgaengig/", taps.undo, name="undo"),
]

_offer = [
    path("anpassen/", goods.step, name="step"),
    path("ausverkauft/", goods.sold_out, name="sold_out"),
    path("zaehlen/", goods.count, name="count"),
    path("ungezaehlt/", goods.forget, name="forget"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("<slug:shop>/", home.shop, name="shop"),
    path("<slug:shop>/<slug:branch>/theke/", counter.counter, name="counter"),
    path("<slug:shop>/<slug:branch>/theke/code/", counter.code, name="code"),
    path("<slug:shop>/<slug:branch>/theke/<int:reservation>/", include(_reservation)),
    path("<slug:shop>/<slug:branch>/waren/", goods.goods, name="goods"),
    path("<slug:shop>/<slug:branch>/waren/<int:offer>/", include(_offer)),
]
