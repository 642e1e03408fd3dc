from django.urls import path

from marketplace.reservations.views import (
    basket,
    calendar_file,
    checkout,
    complaints,
    contract,
    paying,
    receipts,
    status,
    withdrawal,
)

app_name = "reservations"

urlpatterns = [
    path("korb/", basket.show, name="basket"),
    path("korb/dazu/", basket.add, name="basket_add"),
    path("korb/aendern/", basket.change, name="basket_change"),
    path("korb/pruefen/", checkout.check, name="checkout"),
    path("korb/bezahlen/", checkout.order, name="order"),
    path("abholung/<str:token>/", status.show, name="status"),
    path("abholung/<str:token>/vertrag/", contract.show, name="contract"),
    path("abholung/<str:token>/auswahl/", status.choose, name="choose"),
    path("abholung/<str:token>/zahlen/", paying.go, name="pay"),
    path("abholung/<str:token>/<id:pk>/aufgeben/", paying.give_up, name="give_up"),
    path("abholung/<str:token>/<id:pk>/nochmal/", paying.again, name="again"),
    path("abholung/<str:token>/<id:pk>/absagen/", status.cancel, name="cancel"),
    path("abholung/<str:token>/<id:pk>/beleg/<slug:number>.pdf", receipts.paper, name="paper"),
    path("abholung/<str:token>/<id:pk>/rechnung/", receipts.invoice, name="invoice"),
    path("abholung/<str:token>/<id:pk>/code.svg", status.code, name="code"),
    path("widerruf/", withdrawal.withdraw, name="withdraw"),
    path("widerruf/eingang/<str:token>/", withdrawal.receipt, name="withdrawal_receipt"),
    path("widerruf/<str:token>/", withdrawal.from_order, name="withdraw_order"),
    path("abholung/<str:token>/<id:pk>/termin.ics", calendar_file.termin, name="termin"),
    path("abholung/<str:token>/<id:pk>/reklamation/", complaints.complain, name="complain"),
    path(
        "abholung/<str:token>/<id:pk>/reklamation/wahl/", complaints.choose, name="complaint_wish"
    ),
]
