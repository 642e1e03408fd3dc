"""A shop's terms and what it says of defects and guarantees. Pure.

Where it has written no terms of its own it gets ours: they say how this marketplace works, and no
lawyer of the shop has read them.
"""

from shops.domain.legal.written import GERMAN, GOVERNS, Written, join
from shops.models import ShopLegal


def terms(legal: ShopLegal, *, language: str) -> Written:
    """The shop's own terms, else our sample that follows from how goods are sold here."""
    if language == GERMAN:
        own = legal.terms_de
        return Written("Allgemeine Geschäftsbedingungen", own or join(_GERMAN), not own)
    # LAW: own German terms are not beside English ones that say something else.
    if legal.terms_de or legal.terms_en:
        own = legal.terms_en or join([
            "These terms exist in German only; the German text is part of the contract.",
            legal.terms_de,
        ])  # fmt: skip
        return Written("Terms and conditions", join([own, GOVERNS]))
    return Written("Terms and conditions", join([*_ENGLISH, GOVERNS]), True)


def guarantee(legal: ShopLegal, *, language: str) -> Written:
    """Statutory rights for defects, and the shop's own commercial guarantee if it gives one.

    LAW: BGB §§ 434 to 442, 475, 477, 479; repair first informs on 12 more months (A15).
    """
    if language == GERMAN:
        own = legal.guarantee_de
        more = ["## Unsere Garantie", own] if own else ["## Garantie", _NO_OWN_DE]
        return Written("Gewährleistung und Garantie", join([*_DEFECTS_DE, *more]))
    own = legal.guarantee_en or legal.guarantee_de
    more = ["## Our commercial guarantee", own] if own else ["## Commercial guarantee", _NO_OWN_EN]
    return Written("Statutory and commercial guarantee", join([*_DEFECTS_EN, *more, GOVERNS]))


_GERMAN = (
    "## 1. Wofür diese Bedingungen gelten",
    "Diese Bedingungen gelten für Waren, die Sie auf diesem Marktplatz bei uns online bezahlen und "
    "in unserem Laden abholen. Ihr Vertragspartner sind wir, der Laden. Der Betreiber des "
    "Marktplatzes vermittelt nur die technische Verbindung und wird nicht Vertragspartner.",
    "## 2. Wie der Vertrag zustande kommt",
    "Die Darstellung von Waren ist noch kein bindendes Angebot. Mit dem Knopf „zahlungspflichtig "
    "bestellen“ geben Sie ein verbindliches Angebot ab. Dass es eingegangen ist, bestätigen wir "
    "sofort per E-Mail. Der Vertrag kommt zustande, wenn wir Ihr Angebot per E-Mail annehmen; "
    "beides kann in einer Nachricht stehen. Nehmen wir es nicht an, wird nichts abgebucht.",
    "Finden wir einen bestellten Artikel nicht, sagen wir es Ihnen. Was fehlt, bezahlen Sie nicht.",
    "Reservieren Sie nur, ohne online zu bezahlen, gelten diese Bedingungen nicht: Der Kaufvertrag "
    "kommt dann erst im Laden zustande.",
    "## 3. Preise und Zahlung",
    "Die Preise sind Endpreise. Ob Mehrwertsteuer darin enthalten ist, steht beim Preis. Pfand "
    "wird getrennt ausgewiesen. Die Abholung kostet nichts.",
    "Sie bezahlen über den Zahlungsdienst, der vor der Bestellung genannt wird. Der Betrag wird "
    "bei der Bestellung vorgemerkt und abgebucht, sobald die Ware zur Abholung bereitliegt; "
    "einige Zahlungsarten buchen sofort ab. Kein Zahlungsmittel kostet Sie einen Aufschlag.",
    "## 4. Abholung",
    "Wir übergeben die Ware in der Filiale, die Sie gewählt haben, gegen den Abholcode. Wer den "
    "Code vorlegt, darf abholen. Bei Waren mit Altersgrenze sehen wir uns einen Altersnachweis an. "
    "Holen Sie bezahlte Ware nicht zum vereinbarten Zeitpunkt ab, erinnern wir Sie; Ihr Anspruch "
    "auf die Ware bleibt bestehen.",
    "## 5. Widerruf",
    "Als Verbraucherin oder Verbraucher können Sie den Vertrag widerrufen. Einzelheiten stehen in "
    "der Widerrufsbelehrung, die Sie mit der Vertragsbestätigung erhalten.",
    "## 6. Mängel",
    "Es gelten die gesetzlichen Rechte bei Mängeln. Einzelheiten stehen unter „Gewährleistung und "
    "Garantie“.",
    "## 7. Vertragstext und Sprache",
    "Der Vertragstext wird gespeichert und Ihnen per E-Mail zugesandt. Verträge schließen wir auf "
    "Deutsch und auf Englisch; maßgeblich ist die deutsche Fassung.",
    "## 8. Anwendbares Recht",
    "Es gilt deutsches Recht. Haben Sie Ihren gewöhnlichen Aufenthalt in einem anderen Staat, "
    "bleiben zwingende Schutzvorschriften dieses Staates unberührt.",
)  # fmt: skip
_ENGLISH = (
    "## 1. What these terms apply to",
    "These terms apply to goods that you pay for online with us on this marketplace and collect in "
    "our shop. Your contracting party is us, the shop. The operator of the marketplace only "
    "provides the technical connection and does not become a party to the contract.",
    "## 2. How the contract is made",
    "Goods on these pages are not yet a binding offer. With the button “Order with obligation to "
    "pay” you make a binding offer. We confirm by e-mail at once that it has arrived. The contract "
    "is made when we accept your offer by e-mail; one message may say both. If we do not accept, "
    "nothing is charged.",
    "If we do not find an article you ordered, we tell you. You do not pay for what is missing.",
    "If you only reserve, without paying online, these terms do not apply: the contract of sale is "
    "then made in the shop.",
    "## 3. Prices and payment",
    "Prices are total prices. Whether they include VAT is said beside the price. Deposits are "
    "shown separately. Collecting costs nothing.",
    "You pay through the payment service that is named before you order. The amount is reserved "
    "when you order and charged as soon as the goods are ready to collect; some means of payment "
    "charge at once. No means of payment costs you extra.",
    "## 4. Collection",
    "We hand the goods over in the branch you chose, against the collection code. Whoever presents "
    "the code may collect. For goods with an age limit we look at proof of age. If you do not "
    "collect paid goods at the agreed time, we remind you; your right to the goods remains.",
    "## 5. Withdrawal",
    "As a consumer you may withdraw from the contract. Details are in the withdrawal instruction "
    "that you receive with the confirmation of the contract.",
    "## 6. Defects",
    "The statutory rights for defects apply. Details are under “Statutory and commercial "
    "guarantee”.",
    "## 7. Text of the contract and language",
    "The text of the contract is stored and sent to you by e-mail. We conclude contracts in German "
    "and in English; the German version governs.",
    "## 8. Applicable law",
    "German law applies. If you have your habitual residence in another state, mandatory "
    "protection under the law of that state is not affected.",
)  # fmt: skip
_DEFECTS_DE = (
    "## Ihre gesetzlichen Rechte",
    "Für alle Waren bestehen die gesetzlichen Mängelrechte. Zeigt sich innerhalb von zwei Jahren "
    "nach der Übergabe ein Mangel, können Sie kostenlos Nacherfüllung verlangen und dabei zwischen "
    "Reparatur und Ersatz wählen. Gelingt sie nicht, können Sie den Preis mindern oder vom Vertrag "
    "zurücktreten und unter den gesetzlichen Voraussetzungen Schadensersatz verlangen.",
    "Zeigt sich der Mangel im ersten Jahr, wird vermutet, dass er von Anfang an bestand. Wählen "
    "Sie die Reparatur, verlängert sich die Frist für Ihre Rechte einmalig um zwölf Monate.",
    "Für gebrauchte Waren kann vor dem Kauf ausdrücklich und gesondert eine kürzere Frist von "
    "mindestens einem Jahr vereinbart werden; ohne eine solche Vereinbarung gelten zwei Jahre.",
)  # fmt: skip
_DEFECTS_EN = (
    "## Your statutory rights",
    "The statutory rights for defects exist for all goods. If a defect shows within two years of "
    "hand-over, you may demand cure free of charge and choose between repair and replacement. If "
    "it fails, you may reduce the price or rescind the contract and, where the law provides, claim "
    "damages.",
    "If the defect shows in the first year, it is presumed to have existed from the beginning. If "
    "you choose repair, the period for your rights is extended once by twelve months.",
    "For used goods a shorter period of at least one year may be agreed expressly and separately "
    "before the purchase; without such an agreement two years apply.",
)  # fmt: skip
_NO_OWN_DE = (
    "Wir geben keine eigene Garantie. Garantiert ein Hersteller länger als das Gesetz, steht es "
    "beim Artikel. Ihre gesetzlichen Rechte bestehen daneben und kosten nichts."
)
_NO_OWN_EN = (
    "We give no commercial guarantee of our own. If a producer guarantees for longer than the law, "
    "it is said beside the article. Your statutory rights exist beside it, free of charge."
)
