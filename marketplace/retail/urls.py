"""The retailer's rooms, below `/haendler/`."""

from django.urls import include, path

from marketplace.retail.views import (
    article,
    beeps,
    complaints,
    contract,
    counter,
    goods,
    home,
    hours,
    hours_files,
    legal,
    naming,
    papers,
    paying,
    payments,
    photos,
    prices,
    receipts,
    scanning,
    sharing,
    table,
    taps,
    till,
    weeks,
    withdrawals,
)

app_name = "retail"

_reservation = [
    path("", counter.reservation, name="reservation"),
    path("annehmen/", taps.accept, name="accept"),
    path("ablehnen/", taps.decline, name="decline"),
    path("bereit/", taps.ready, name="ready"),
    path("uebergeben/", taps.hand_over, name="hand_over"),
    path("vertrag/", contract.contract, name="contract"),
    path("absagen/", taps.cancel, name="cancel"),
    path("wieder-bereit/", taps.reinstate, name="reinstate"),
    path("zurueckgelegt/", taps.shelve, name="shelve"),
    path("rueckgaengig/", taps.undo, name="undo"),
    path("reklamation/", complaints.note, name="complaint_note"),
]

_offer = [
    path("anpassen/", goods.step, name="step"),
    path("ausverkauft/", goods.sold_out, name="sold_out"),
    path("zaehlen/", goods.count, name="count"),
    path("ungezaehlt/", goods.forget, name="forget"),
    path("behalten/", goods.keep, name="keep"),
    path("barcode/", sharing.barcode, name="barcode"),
    path("korrektur/<slug:what>/", sharing.correct, name="correct"),
    path("preis/", prices.price, name="price"),
    path("preis/ende/", prices.end_reduction, name="end_reduction"),
    path("preis/art/", prices.kind, name="kind"),
    path("preis/empfehlung/", prices.recommend, name="recommend"),
]

_legal = [
    path("", legal.room, name="legal"),
    path("fassungen/", legal.versions, name="legal_versions"),
    path("fassungen/<int:text>/", legal.version, name="legal_version"),
]

_prices = [
    path("", prices.prices, name="prices"),
    path("aktion/", prices.start_sale, name="start_sale"),
    path("steuer/", prices.small_business, name="small_business"),
    path("aktion/<int:sale>/beenden/", prices.end_sale, name="end_sale"),
]

_scanner = [
    path("", scanning.scan, name="scan"),
    path("neu/", scanning.new_article, name="new_article"),
    path("ins-regal/", scanning.put_on_shelf, name="put_on_shelf"),
    path("runde/", beeps.session, name="scan_session"),
    path("runde/beginnen/", beeps.begin, name="scan_begin"),
    path("runde/menge/<int:line>/", beeps.quantity, name="scan_quantity"),
    path("runde/zurueck/", beeps.undo, name="scan_undo"),
    path("runde/fertig/", beeps.finish, name="scan_finish"),
    path("runde/<int:session>/", beeps.done, name="scan_done"),
    path("offen/", beeps.waiting, name="scan_waiting"),
    path("offen/<int:line>/weglassen/", beeps.drop, name="scan_drop"),
]

_goods = [
    path("", goods.goods, name="goods"),
    path("scannen/", include(_scanner)),
    path("nachzaehlen/", goods.recount, name="recount"),
    path("tabelle/", table.grid, name="grid"),
    path("behalten/", goods.keep_all, name="keep_all"),
    path("<int:offer>/", include(_offer)),
]

_photos = [
    path("", photos.photos, name="photos"),
    path("<int:photo>/text/", photos.describe, name="photo_describe"),
    path("<int:photo>/drehen/", photos.turn, name="photo_turn"),
    path("<int:photo>/zuschneiden/", photos.cut, name="photo_cut"),
    path("<int:photo>/verschieben/", photos.move, name="photo_move"),
    path("<int:photo>/entfernen/", photos.remove, name="photo_remove"),
]

_hours = [
    path("", hours.hours, name="hours"),
    path("geschlossen/", hours.close, name="hours_close"),
    path("geschlossen/<int:closure>/zurueck/", hours.reopen, name="hours_reopen"),
    path("pause/", hours.pause, name="hours_pause"),
    path("stimmt/", hours.confirm, name="hours_confirm"),
    path("heute/", hours.early, name="hours_early"),
    path("tag/<str:day>/", hours.day, name="hours_day"),
    path("tag/<str:day>/zurueck/", hours.clear_day, name="hours_clear_day"),
    path("woche/", weeks.week, name="hours_week"),
    path("abholung/", weeks.collecting, name="hours_collecting"),
    path("saisons/", weeks.seasons, name="hours_seasons"),
    path("saisons/<int:season>/entfernen/", weeks.remove_season, name="hours_remove_season"),
    path("bereit/", weeks.preparing, name="hours_preparing"),
    path("sonntage/<int:opening>/mitmachen/", hours.take_part, name="hours_take_part"),
    path("sonntage/<int:opening>/absagen/", hours.stay_away, name="hours_stay_away"),
    path("dateien/", hours_files.files, name="hours_files"),
    path("geschlossen.ics", hours_files.closures, name="hours_closures"),
]

_till = [
    path("", till.till, name="till"),
    path("hochladen/", till.upload, name="till_upload"),
    path("schluessel/", till.create_key, name="till_key"),
    path("schluessel/<int:token>/sperren/", till.revoke_key, name="till_revoke"),
    path("lieferung/<int:delivery>/", till.delivery, name="till_delivery"),
    path("lieferung/<int:delivery>/entscheiden/", till.decide, name="till_decide"),
]

_paying = [
    path("", paying.room, name="paying"),
    path("weiter/", paying.go, name="paying_go"),
    path("zurueck/", paying.back, name="paying_back"),
    path("wechseln/", paying.change, name="paying_change"),
    path("wechsel-stoppen/", paying.stop, name="paying_stop"),
]

_payment = [
    path("", payments.payment, name="payment"),
    path("erstatten/", payments.refund, name="refund"),
    path("erstatten/<int:refund>/nochmal/", payments.again, name="refund_again"),
]

_withdrawals = [
    path("", withdrawals.listing, name="withdrawals"),
    path("<int:withdrawal>/", withdrawals.withdrawal, name="withdrawal"),
    path("<int:withdrawal>/zurueck/", withdrawals.back, name="withdrawal_back"),
    path("<int:withdrawal>/ablehnen/", withdrawals.reject, name="withdrawal_reject"),
    path("<int:withdrawal>/herausgenommen/", withdrawals.take_out, name="withdrawal_take_out"),
]

_complaint = [
    path("", complaints.complaint, name="complaint"),
    path("information/", complaints.information, name="complaint_information"),
    path("nacherfuellung/", complaints.cure, name="complaint_cure"),
    path("fertig/", complaints.cured, name="complaint_cured"),
    path("beenden/", complaints.end, name="complaint_end"),
]

_receipts = [
    path("", receipts.listing, name="receipts"),
    path("verfahren/", receipts.procedure, name="receipts_procedure"),
    path("<int:year>.zip", receipts.year, name="receipts_year"),
    path("<slug:number>.pdf", receipts.paper, name="receipt"),
]

_article = [
    path("", article.article, name="product"),
    path("hersteller/", article.maker, name="maker"),
    path("hersteller/<int:maker>/", article.take, name="maker_take"),
    path("hersteller/aendern/", article.correct, name="maker_correct"),
    path("hersteller/hinweis/", article.note, name="maker_note"),
]

_shared = [
    path("vorschlaege/", sharing.listing, name="proposals"),
    path("vorschlaege/<int:correction>/", sharing.decide, name="decide"),
    path("vorschlaege/zusammenlegen/<int:proposal>/", sharing.join, name="join"),
    path("warengruppen/", naming.names, name="category_names"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("<slug:shop>/", home.shop, name="shop"),
    path("<slug:shop>/zaehlen/", home.count_shelves, name="count_shelves"),
    path("<slug:shop>/waren/<int:product>/fotos/", include(_photos)),
    path("<slug:shop>/waren/", include(_shared)),
    path("<slug:shop>/online-zahlung/", include(_paying)),
    path("<slug:shop>/recht/", include(_legal)),
    path("<slug:shop>/widerrufe/", include(_withdrawals)),
    path("<slug:shop>/zahlungen/", payments.listing, name="payments"),
    path("<slug:shop>/zahlungen/<int:payment>/", include(_payment)),
    path("<slug:shop>/aushang/gewaehrleistung.pdf", papers.guarantee, name="guarantee_poster"),
    path("<slug:shop>/reklamationen/", complaints.listing, name="complaints"),
    path("<slug:shop>/reklamationen/<int:complaint>/", include(_complaint)),
    path("<slug:shop>/belege/", include(_receipts)),
    path("<slug:shop>/waren/<int:product>/", include(_article)),
    path("<slug:shop>/<slug:branch>/theke/", counter.counter, name="counter"),
    path("<slug:shop>/<slug:branch>/theke/code/", counter.code, name="code"),
    path("<slug:shop>/<slug:branch>/theke/<int:reservation>/", include(_reservation)),
    path("<slug:shop>/<slug:branch>/waren/", include(_goods)),
    path("<slug:shop>/<slug:branch>/preise/", include(_prices)),
    path("<slug:shop>/<slug:branch>/zeiten/", include(_hours)),
    path("<slug:shop>/<slug:branch>/kasse/", include(_till)),
]
