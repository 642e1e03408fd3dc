"""The whole site in one table: every door of ours, who knocks, and what they are told.

`test_url_access` knocks at every door in every role; `test_scope_mutations` does so again with a
filter taken away. A new URL is one more `Door` here.
"""

from dataclasses import dataclass, field

LOGIN = 302  # always to /konto/login/
OK = 0  # the door's own answer, `Door.answers`

#: Who knocks. Everybody below `shopper` is signed in.
ROLES = (
    "anonymous",  # no cookie at all
    "shopper",  # a basket in the session, and the secret link
    "staff",  # works in the shop
    "owner",  # owns the shop
    "left",  # worked in the shop
    "neighbour",  # works in another shop of the city
    "far",  # works in a shop of the other city
    "editor",  # city staff
    "superuser",  # may do everything in /cms/, and is a member of no shop
)
SIGNED_IN = ROLES[2:]
EVERYBODY = dict.fromkeys(ROLES, OK)
MEMBERS = dict.fromkeys(ROLES, 404) | {
    "anonymous": LOGIN,
    "shopper": LOGIN,
    "staff": OK,
    "owner": OK,
}
#: What binds the shop: for its counter staff these pages do not exist.
OWNERS = MEMBERS | {"staff": 404}
#: The list of my shops: everybody's own, be it empty.
MINE = EVERYBODY | {"anonymous": LOGIN, "shopper": LOGIN}
#: The way into the desk: signed in without rights there, one is told so.
DESK = EVERYBODY | dict.fromkeys(("staff", "owner", "left", "neighbour", "far"), 403)


@dataclass(frozen=True)
class Door:
    """One URL pattern of ours. `answers` are the statuses for who may; POSTs are sent empty."""

    name: str
    path: str
    role: str
    answers: dict[str, int]
    who: dict[str, int] = field(default_factory=lambda: EVERYBODY)
    #: Guarded by `@same_origin` instead of a form token.
    same_origin: bool = False
    #: Opened by a signature over what is sent, instead of a form token.
    signed: bool = False
    #: Cookies that a GET may set for somebody who came without one.
    cookies: frozenset[str] = frozenset()
    translated: bool = True
    #: Statuses that differ in one role: (role, method) -> status.
    but: dict[tuple[str, str], int] = field(default_factory=dict)
    #: What stands for a page that is not there, where it is not 404.
    foreign: int = 404


GET, POST = "GET", "POST"
_DESK = "/haendler/{shop}/{branch}/theke/"
_ONE = _DESK + "{reservation}/"
_PAID = "/haendler/{shop}/zahlungen/"
_BACK_OUT = "/haendler/{shop}/widerrufe/"
_GOODS = "/haendler/{shop}/{branch}/waren/"
_SHARED = "/haendler/{shop}/waren/"
_OFFER = _GOODS + "{offer}/"
_PRICES = "/haendler/{shop}/{branch}/preise/"
_SCAN = _GOODS + "scannen/"
_PHOTOS = "/haendler/{shop}/waren/{article}/fotos/"
_PHOTO = _PHOTOS + "{photo}/"
_ARTICLE = "/haendler/{shop}/waren/{article}/"
_HOURS = "/haendler/{shop}/{branch}/zeiten/"
_TILL = "/haendler/{shop}/{branch}/kasse/"
_PAYING = "/haendler/{shop}/online-zahlung/"
_LEGAL = "/haendler/{shop}/recht/"
_LINK = "/abholung/{token}/"
_PART = _LINK + "{part}/"
_CLAIMS = "/haendler/{shop}/reklamationen/"
_RECEIPTS = "/haendler/{shop}/belege/"
_FORM = frozenset({"form"})


def _room(name: str, path: str, **answers: int) -> Door:
    return Door(f"retail:{name}", path, "member", answers, MEMBERS)


def _owners_room(name: str, path: str, **answers: int) -> Door:
    return Door(f"retail:{name}", path, "owner", answers, OWNERS)


DOORS = (
    Door("operations:healthz", "/healthz", "probe", {GET: 200}, translated=False),
    Door("operations:readyz", "/readyz", "probe", {GET: 503}, translated=False),
    # Without a provider, as here, there is no such door; with one, see tests/payments.
    Door("payments:webhook", "/stripe/webhook/", "machine", {POST: 404}, translated=False,
         signed=True),
    Door("media", "/media/gibt-es-nicht.webp", "public", {GET: 404}, translated=False),
    Door("robots", "/robots.txt", "public", {GET: 200}, translated=False),
    Door("manifest", "/manifest.webmanifest", "public", {GET: 200}, translated=False),
    Door("icon", "/favicon.ico", "public", {GET: 302}, translated=False),
    Door("sitemap_index", "/sitemap.xml", "public", {GET: 200}, translated=False),
    Door("sitemap", "/sitemap-waren.xml", "public", {GET: 200}, translated=False),
    Door("social_preview", "/vorschau/1.jpg", "public", {GET: 404}, translated=False),
    Door("film", "/filme/1/", "public", {GET: 404}, translated=False),
    Door("credits", "/bildnachweis/", "public", {GET: 200}),
    Door("legal_texts", "/rechtliches/", "public", {GET: 200}),
    Door("page_versions", "/fassungen/{wording}/", "public", {GET: 200}),
    Door("page_version", "/fassungen/{wording}/1/", "public", {GET: 200}),
    Door("report_content", "/melden/", "public", {GET: 200, POST: 422}, same_origin=True),
    Door("report_barrier", "/barriere/", "public", {GET: 200, POST: 422}, same_origin=True),
    Door("colours", "/farben/0e5a48.css", "public", {GET: 200}, translated=False),
    Door("desk_login", "/cms/login/", "public", {GET: 302}, DESK, translated=False),
    Door("desk_login", "/_util/login/", "public", {GET: 302}, DESK, translated=False),
    Door("no_such_page", "/konto/signup/", "public", {GET: 404}),
    Door("no_such_page", "/konto/email/", "public", {GET: 404}),
    Door("no_such_page", "/konto/confirm-email/", "public", {GET: 404}),
    Door("no_such_page", "/konto/confirm-email/abc:def/", "public", {GET: 404}),
    # Mounted in the demo only.
    Door("guide:styleguide", "/styleguide/", "public", {GET: 200}),
    Door("workbench:dark", "/styleguide/dunkel.css", "public", {GET: 200}, translated=False),
    Door("workbench:post", "/werkbank/post/", "public", {GET: 200}, translated=False),
    Door("workbench:letter", "/werkbank/post/keiner/", "public", {GET: 404}, translated=False),
    Door("workbench:html", "/werkbank/post/keiner/html/", "public", {GET: 404}, translated=False),
    Door("workbench:picture", "/werkbank/post/keiner/bild/a/", "public", {GET: 404},
         translated=False),
    # The city's shops and goods.
    Door("shops:search", "/suche/", "public", {GET: 200}),
    Door("shops:ranking", "/suche/so-sortieren-wir/", "public", {GET: 200}),
    Door("shops:guarantee", "/gewaehrleistung/hinweis/", "public", {GET: 200}),
    Door("shops:product", "/produkt/{product}/", "public", {GET: 200}),
    Door("shops:to_offer", "/weiter/angebot/{public_offer}/", "public", {GET: 303}),
    Door("shops:to_shop", "/weiter/laden/{public_id}/", "public", {GET: 303}),
    Door("shops:shop_list", "/laeden/", "public", {GET: 200}),
    Door("shops:shop", "/laden/{public_shop}/", "public", {GET: 200}),
    Door("shops:legal", "/laden/{public_shop}/impressum/", "public", {GET: 200}),
    # The shopper.
    Door("reservations:basket", "/korb/", "shopper", {GET: 200}),
    Door("reservations:basket_add", "/korb/dazu/", "shopper", {POST: 422}, same_origin=True),
    Door("reservations:basket_change", "/korb/aendern/", "shopper", {POST: 422}),
    Door("reservations:checkout", "/korb/pruefen/", "shopper", {GET: 200, POST: 422}),
    Door("reservations:order", "/korb/bezahlen/", "shopper", {GET: 200, POST: 422}),
    Door("reservations:status", _LINK, "shopper", {GET: 200}, cookies=_FORM),
    # A contract is made of what is paid online; here is a reservation.
    Door("reservations:contract", _LINK + "vertrag/", "shopper", {GET: 404}),
    Door("reservations:choose", _LINK + "auswahl/", "shopper", {POST: 422}),
    Door("reservations:pay", _LINK + "zahlen/", "shopper", {GET: 303, POST: 303}),
    Door("reservations:give_up", _PART + "aufgeben/", "shopper", {POST: 409}),
    Door("reservations:again", _PART + "nochmal/", "shopper", {POST: 303}),
    Door("reservations:cancel", _PART + "absagen/", "shopper", {GET: 200, POST: 303},
         cookies=_FORM),
    Door("reservations:paper", _PART + "beleg/{number}.pdf", "shopper", {GET: 200}),
    # Up to 250 euros nobody needs an invoice, so there is no form.
    Door("reservations:invoice", _PART + "rechnung/", "shopper", {GET: 200, POST: 303}),
    Door("reservations:code", _PART + "code.svg", "shopper", {GET: 200}),
    # Of what is paid online and handed over, see tests/reservations/test_views_complaints.
    Door("reservations:complain", _PART + "reklamation/", "shopper", {GET: 200, POST: 422}),
    Door("reservations:complaint_wish", _PART + "reklamation/wahl/", "shopper", {POST: 422}),
    Door("reservations:termin", _PART + "termin.ics", "shopper", {GET: 200}),
    Door("reservations:withdraw", "/widerruf/", "public", {GET: 200, POST: 422}, same_origin=True),
    Door("reservations:withdraw_order", "/widerruf/{contract}/", "shopper", {GET: 200, POST: 422},
         same_origin=True),
    Door("reservations:withdrawal_receipt", "/widerruf/eingang/{arrival}/", "shopper", {GET: 200}),
    # The retailer's rooms.
    Door("retail:home", "/haendler/", "member", {GET: 200}, MINE,
         but={("neighbour", GET): 302}),  # a single branch: straight to its counter
    _room("shop", "/haendler/{shop}/", GET=200),
    _room("count_shelves", "/haendler/{shop}/zaehlen/", POST=422),
    # Without a provider, as here, this room does not exist; with one, see tests/retail.
    _owners_room("legal", _LEGAL, GET=200, POST=422),
    _owners_room("legal_versions", _LEGAL + "fassungen/", GET=200),
    _owners_room("legal_version", _LEGAL + "fassungen/{text}/", GET=200),
    _owners_room("paying", _PAYING, GET=404),
    _owners_room("paying_go", _PAYING + "weiter/", POST=404),
    _owners_room("paying_back", _PAYING + "zurueck/", GET=404),
    _owners_room("paying_change", _PAYING + "wechseln/", GET=404, POST=404),
    _owners_room("paying_stop", _PAYING + "wechsel-stoppen/", POST=404),
    _room("counter", _DESK, GET=200),
    _room("code", _DESK + "code/", GET=302, POST=422),
    _room("reservation", _ONE, GET=200),
    _room("accept", _ONE + "annehmen/", POST=422),
    _room("decline", _ONE + "ablehnen/", POST=422),
    _room("ready", _ONE + "bereit/", POST=422),
    _room("hand_over", _ONE + "uebergeben/", POST=422),
    _room("contract", _ONE + "vertrag/", GET=404, POST=404),
    _room("cancel", _ONE + "absagen/", POST=422),
    _room("reinstate", _ONE + "wieder-bereit/", POST=422),
    _room("shelve", _ONE + "zurueckgelegt/", POST=422),
    _room("complaint_note", _ONE + "reklamation/", GET=200, POST=422),
    _room("undo", _ONE + "rueckgaengig/", POST=409),
    _room("withdrawals", _BACK_OUT, GET=200),
    _room("withdrawal", _BACK_OUT + "{withdrawal}/", GET=200),
    _room("withdrawal_back", _BACK_OUT + "{withdrawal}/zurueck/", POST=422),
    _room("withdrawal_reject", _BACK_OUT + "{withdrawal}/ablehnen/", POST=422),
    _room("withdrawal_take_out", _BACK_OUT + "{withdrawal}/herausgenommen/", POST=409),
    _owners_room("payments", _PAID, GET=200),
    _owners_room("payment", _PAID + "{payment}/", GET=200),
    _owners_room("refund", _PAID + "{payment}/erstatten/", POST=422),
    _owners_room("refund_again", _PAID + "{payment}/erstatten/{refund}/nochmal/", POST=422),
    _room("complaints", _CLAIMS, GET=200),
    _room("complaint", _CLAIMS + "{complaint}/", GET=200),
    _room("complaint_information", _CLAIMS + "{complaint}/information/", GET=200, POST=302),
    _room("complaint_cure", _CLAIMS + "{complaint}/nacherfuellung/", POST=422),
    # Nothing is being repaired.
    _room("complaint_cured", _CLAIMS + "{complaint}/fertig/", POST=409),
    _room("complaint_end", _CLAIMS + "{complaint}/beenden/", POST=422),
    _room("guarantee_poster", "/haendler/{shop}/aushang/gewaehrleistung.pdf", GET=200),
    _owners_room("receipts", _RECEIPTS, GET=200),
    _owners_room("receipts_procedure", _RECEIPTS + "verfahren/", GET=200),
    _owners_room("receipts_year", _RECEIPTS + "2026.zip", GET=200),
    _owners_room("receipt", _RECEIPTS + "{receipt}.pdf", GET=200),
    _room("goods", _GOODS, GET=200),
    _room("scan", _SCAN, GET=200, POST=422),
    _room("new_article", _SCAN + "neu/", GET=200),
    _room("put_on_shelf", _SCAN + "ins-regal/", POST=422),
    # Nobody here has a list open.
    _room("scan_session", _SCAN + "runde/", GET=200, POST=409),
    _room("scan_begin", _SCAN + "runde/beginnen/", POST=422),
    _room("scan_quantity", _SCAN + "runde/menge/999999999/", POST=409),
    _room("scan_undo", _SCAN + "runde/zurueck/", POST=409),
    _room("scan_finish", _SCAN + "runde/fertig/", POST=409),
    _room("scan_done", _SCAN + "runde/{scan}/", GET=200),
    _room("scan_waiting", _SCAN + "offen/", GET=200),
    _room("scan_drop", _SCAN + "offen/{line}/weglassen/", POST=302),
    _room("recount", _GOODS + "nachzaehlen/", GET=200),
    _room("grid", _GOODS + "tabelle/", GET=200, POST=302),
    _room("keep_all", _GOODS + "behalten/", POST=422),
    _room("keep", _OFFER + "behalten/", POST=422),
    _room("photos", _PHOTOS, GET=200, POST=422),
    _room("photo_describe", _PHOTO + "text/", POST=422),
    _room("photo_turn", _PHOTO + "drehen/", POST=422),
    _room("photo_cut", _PHOTO + "zuschneiden/", GET=200, POST=422),
    _room("photo_move", _PHOTO + "verschieben/", POST=422),
    _room("photo_remove", _PHOTO + "entfernen/", POST=302),
    _room("product", _ARTICLE, GET=200, POST=302),
    _room("maker", _ARTICLE + "hersteller/", GET=200, POST=422),
    _room("maker_take", _ARTICLE + "hersteller/{maker}/", POST=302),
    _room("maker_correct", _ARTICLE + "hersteller/aendern/", GET=200, POST=422),
    _room("maker_note", _ARTICLE + "hersteller/hinweis/", POST=422),
    _room("step", _OFFER + "anpassen/", POST=422),
    _room("sold_out", _OFFER + "ausverkauft/", POST=302),
    _room("count", _OFFER + "zaehlen/", POST=422),
    _room("forget", _OFFER + "ungezaehlt/", POST=302),
    _room("price", _OFFER + "preis/", GET=200, POST=422),
    _room("end_reduction", _OFFER + "preis/ende/", POST=302),
    _room("kind", _OFFER + "preis/art/", POST=302),
    _room("recommend", _OFFER + "preis/empfehlung/", POST=302),
    _room("prices", _PRICES, GET=200),
    _owners_room("start_sale", _PRICES + "aktion/", POST=422),
    _owners_room("small_business", _PRICES + "steuer/", POST=302),
    _owners_room("end_sale", _PRICES + "aktion/{sale}/beenden/", POST=302),
    _room("correct", _OFFER + "korrektur/title/", GET=200, POST=422),
    _owners_room("barcode", _GOODS + "{own_goods}/barcode/", GET=200, POST=422),
    _owners_room("proposals", _SHARED + "vorschlaege/", GET=200),
    _owners_room("decide", _SHARED + "vorschlaege/{correction}/", POST=422),
    _owners_room("join", _SHARED + "vorschlaege/zusammenlegen/{pair}/", POST=422),
    _room("category_names", _SHARED + "warengruppen/", GET=200, POST=302),
    _room("hours", _HOURS, GET=200),
    _room("hours_early", _HOURS + "heute/", POST=422),
    _room("hours_day", _HOURS + "tag/2031-05-06/", GET=200, POST=409),
    _room("hours_clear_day", _HOURS + "tag/2031-05-06/zurueck/", POST=409),
    _owners_room("hours_week", _HOURS + "woche/", GET=200, POST=422),
    _owners_room("hours_collecting", _HOURS + "abholung/", GET=200, POST=200),
    _owners_room("hours_seasons", _HOURS + "saisons/", GET=200, POST=422),
    _owners_room("hours_remove_season", _HOURS + "saisons/999999999/entfernen/", POST=302),
    _owners_room("hours_preparing", _HOURS + "bereit/", GET=200, POST=422),
    _owners_room("hours_take_part", _HOURS + "sonntage/999999999/mitmachen/", POST=422),
    _owners_room("hours_stay_away", _HOURS + "sonntage/999999999/absagen/", POST=409),
    _room("hours_close", _HOURS + "geschlossen/", POST=422),
    _room("hours_reopen", _HOURS + "geschlossen/1/zurueck/", POST=302),
    _room("hours_pause", _HOURS + "pause/", POST=422),
    _room("hours_confirm", _HOURS + "stimmt/", POST=302),
    _room("hours_files", _HOURS + "dateien/", GET=200, POST=422),
    _room("hours_closures", _HOURS + "geschlossen.ics", GET=200),
    _room("till", _TILL, GET=200),
    _room("till_upload", _TILL + "hochladen/", POST=422),
    _owners_room("till_key", _TILL + "schluessel/", POST=422),
    _owners_room("till_revoke", _TILL + "schluessel/{stock_key}/sperren/", POST=302),
    _room("till_delivery", _TILL + "lieferung/{delivery}/", GET=200),
    _room("till_decide", _TILL + "lieferung/{delivery}/entscheiden/", POST=422),
    # Machines, by the keys of their branches.
    Door("api:push", "/api/v1/stock", "machine", {POST: 401}, translated=False, signed=True),
    Door("api:delivery", "/api/v1/stock/deliveries/d-1", "machine", {GET: 401}, translated=False,
         signed=True),
    Door("api:contract", "/api/v1/openapi.json", "public", {GET: 200}, translated=False),
    Door("stock_manual", "/api/", "public", {GET: 200}),
)  # fmt: skip


#: Our pages in the desk, behind Wagtail's door; it sends back whoever does not speak for the city.
SPEAKERS = dict.fromkeys(ROLES, 302) | {"editor": OK, "superuser": OK}


def _desk(name: str, path: str, **answers: int) -> Door:
    return Door(name, f"/cms/{path}", "editor", answers, SPEAKERS, translated=False)


_YEAR, _CASES, _WAREN = "kalender/", "zahlungen/", "waren/"
_REVIEW = "waren-pruefung/"
DESK_DOORS = (
    _desk("goods_review", _REVIEW, GET=200),
    _desk("goods_release", _REVIEW + "{goods}/freigeben/", POST=409),
    _desk("goods_refuse", _REVIEW + "{goods}/ablehnen/", POST=422),
    _desk("maker_note_done", _REVIEW + "hersteller/{note}/", POST=302),
    _desk("duties", "pflichten/", GET=200),
    _desk("reports", "meldungen/", GET=200),
    _desk("report", "meldungen/{report}/", GET=200, POST=422),
    _desk("withdrawals", "widerrufe/", GET=200),
    _desk("withdrawal", "widerrufe/{unknown}/", GET=200),
    _desk("withdrawal_assign", "widerrufe/{unknown}/zuordnen/", POST=422),
    _desk("withdrawal_reject", "widerrufe/{unknown}/ablehnen/", POST=422),
    _desk("cases", _CASES, GET=200),
    _desk("case", _CASES + "{case}/", GET=200),
    _desk("case_close", _CASES + "{case}/erledigt/", POST=422),
    _desk("case_ask", _CASES + "{case}/nachfragen/", POST=302),
    _desk("case_revive", _CASES + "{case}/nochmal/", POST=409),
    _desk("shared_goods", _WAREN, GET=200),
    _desk("shared_merge", _WAREN + "zusammenlegen/{merge}/", GET=200, POST=422),
    _desk("shared_correction", _WAREN + "korrektur/{wish}/", GET=200, POST=422),
    _desk("shared_undo", _WAREN + "zusammengelegt/{merged}/zurueck/", POST=302),
    _desk("city_operator", "stadt/betreiber/", GET=200, POST=422),
    _desk("city_vat", "stadt/steuernummern/", GET=200),
    _desk("city_vat_confirm", "stadt/steuernummern/{legal}/", POST=422),
    _desk("calendar", _YEAR, GET=200),
    _desk("calendar_plan", _YEAR + "planen/", POST=422),
    _desk("calendar_permit", _YEAR + "{opening}/genehmigt/", POST=422),
    _desk("calendar_withdraw", _YEAR + "{opening}/zurueckziehen/", GET=200, POST=302),
    _desk("calendar_zones", _YEAR + "ortsbereiche/", GET=200),
    _desk("calendar_zone_add", _YEAR + "ortsbereiche/neu/", POST=422),
    _desk("calendar_place", _YEAR + "ortsbereiche/zuordnen/", POST=422),
    _desk("calendar_zone", _YEAR + "ortsbereiche/{zone}/", POST=422),
    _desk("calendar_confirmed", _YEAR + "bestaetigt/", GET=200),
)


@dataclass(frozen=True)
class Library:
    """Doors that a library brings, by the beginning of their paths; the probes are knocked at."""

    prefix: str
    #: path -> role -> status; a role not named is not asked.
    probes: dict[str, dict[str, int]]


_OUT = {"anonymous": 302, "shopper": 302}
LIBRARIES = (
    Library("/cms/", {}),  # each one is knocked at, see test_url_access
    Library("/dokumente/", {"/dokumente/1/geheim.pdf": dict.fromkeys(ROLES, 404)}),
    Library("/konto/", {
        "/konto/login/": {"anonymous": 200, "shopper": 200, "staff": 302},
        "/konto/login/code/": {"anonymous": 200, "staff": 302},
        "/konto/logout/": _OUT | {"staff": 200},
        "/konto/reauthenticate/": _OUT | {"staff": 200},
        "/konto/inactive/": {"anonymous": 200},
        "/konto/password/change/": _OUT | {"staff": 200},
        "/konto/password/set/": _OUT | {"staff": 302},
        "/konto/password/reset/": {"anonymous": 200},
        "/konto/password/reset/done/": {"anonymous": 200},
        "/konto/password/reset/key/done/": {"anonymous": 200},
        "/konto/password/reset/key/1-set-password/": {"anonymous": 200},
        "/konto/login/code/confirm/": {"anonymous": 302},
    }),
    Library("/_util/", {
        "/_util/authenticate_with_password/1/1/": dict.fromkeys(ROLES, 404),
    }),
)  # fmt: skip
#: Wagtail serves every path that no view took.
PAGES = Library("/", {
    "/": dict.fromkeys(ROLES, 200),
    "/en/": dict.fromkeys(ROLES, 200),
    "/gibt/es/nicht/": dict.fromkeys(ROLES, 404),
    "/braunschweig/": dict.fromkeys(ROLES, 404),
})  # fmt: skip
