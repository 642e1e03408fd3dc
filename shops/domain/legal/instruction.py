"""Withdrawal instruction and model form, from a shop's choices. Pure.

LAW: EGBGB Art. 246a § 1 (2), Annex 1 with its notes 1 to 5 as in force since 19 June 2026, and
Annex 2; in English the wording of Directive 2011/83/EU Annex I as amended by (EU) 2023/2673. Who
uses the model unaltered has instructed rightly, so its sentences are not "improved" here (law A6).
"""

from marketplace.core.money import format_price
from shops.domain.legal.written import GERMAN, GOVERNS, Written, join, lines
from shops.enums_legal import ReturnCosts
from shops.models import ShopLegal

#: Where the withdrawal function stands below a city's address (BGB § 356a).
FUNCTION = "/widerruf/"


def function_url(base_url: str) -> str:
    """The absolute address that the instruction names."""
    return base_url.rstrip("/") + FUNCTION


def withdrawal(legal: ShopLegal, *, language: str, base_url: str) -> Written:
    """The instruction on the right of withdrawal; one hand-over or several, the last one counts."""
    url = function_url(base_url)
    if language == GERMAN:
        return Written("Widerrufsbelehrung", join(_german(legal, url)))
    return Written("Withdrawal instruction", join([*_english(legal, url), GOVERNS]))


def form(legal: ShopLegal, *, language: str) -> Written:
    """The model form (Annex 2), addressed to the shop, to print and to fill in."""
    to = lines(legal.legal_name, legal.street, f"{legal.postcode} {legal.town}")
    if language == GERMAN:
        return Written(
            "Muster-Widerrufsformular",
            join([
                "(Wenn Sie den Vertrag widerrufen wollen, dann füllen Sie bitte dieses Formular "
                "aus und senden Sie es zurück.)",
                lines("An", to, f"E-Mail: {legal.email}"),
                "Hiermit widerrufe(n) ich/wir (*) den von mir/uns (*) abgeschlossenen Vertrag über "
                "den Kauf der folgenden Waren (*):",
                "______________________________",
                "Bestellt am (*) / erhalten am (*): ______________________________",
                "Name des/der Verbraucher(s): ______________________________",
                "Anschrift des/der Verbraucher(s): ______________________________",
                "Unterschrift des/der Verbraucher(s) (nur bei Mitteilung auf Papier): "
                "______________________________",
                "Datum: ______________________________",
                "(*) Unzutreffendes streichen.",
            ]),
        )  # fmt: skip
    return Written(
        "Model withdrawal form",
        join([
            "(complete and return this form only if you wish to withdraw from the contract)",
            lines("To", to, f"E-mail: {legal.email}"),
            "I/We (*) hereby give notice that I/we (*) withdraw from my/our (*) contract of sale "
            "of the following goods (*):",
            "______________________________",
            "Ordered on (*) / received on (*): ______________________________",
            "Name of consumer(s): ______________________________",
            "Address of consumer(s): ______________________________",
            "Signature of consumer(s) (only if this form is notified on paper): "
            "______________________________",
            "Date: ______________________________",
            "(*) Delete as appropriate.",
            GOVERNS,
        ]),
    )  # fmt: skip


def _german(legal: ShopLegal, url: str) -> list[str]:
    us = f"{legal.legal_name}, {legal.address}, Telefon: {legal.phone}, E-Mail: {legal.email}"
    return [
        "## Widerrufsrecht",
        "Sie haben das Recht, binnen vierzehn Tagen ohne Angabe von Gründen diesen Vertrag zu "
        "widerrufen.",
        # Note 1 c: right for one hand-over as well, whose last good is the last one.
        "Die Widerrufsfrist beträgt vierzehn Tage ab dem Tag, an dem Sie oder ein von Ihnen "
        "benannter Dritter, der nicht der Beförderer ist, die letzte Ware in Besitz genommen haben "
        "bzw. hat.",
        f"Um Ihr Widerrufsrecht auszuüben, müssen Sie uns ({us}) mittels einer eindeutigen "
        "Erklärung (z. B. ein mit der Post versandter Brief oder eine E-Mail) über Ihren "
        "Entschluss, diesen Vertrag zu widerrufen, informieren. Sie können dafür das beigefügte "
        "Muster-Widerrufsformular verwenden, das jedoch nicht vorgeschrieben ist.",
        # Note 3: existence and place of the withdrawal function.
        f"Sie können Ihr Widerrufsrecht auch online unter {url} ausüben. Wenn Sie diese "
        "Online-Funktion nutzen, übermitteln wir Ihnen auf einem dauerhaften Datenträger (z. B. "
        "durch eine E-Mail) unverzüglich eine Eingangsbestätigung mit Informationen zum Inhalt der "
        "Widerrufserklärung sowie dem Datum und der Uhrzeit ihres Eingangs.",
        "Zur Wahrung der Widerrufsfrist reicht es aus, dass Sie die Mitteilung über die Ausübung "
        "des Widerrufsrechts vor Ablauf der Widerrufsfrist absenden.",
        "## Folgen des Widerrufs",
        "Wenn Sie diesen Vertrag widerrufen, haben wir Ihnen alle Zahlungen, die wir von Ihnen "
        "erhalten haben, einschließlich der Lieferkosten (mit Ausnahme der zusätzlichen Kosten, "
        "die sich daraus ergeben, dass Sie eine andere Art der Lieferung als die von uns "
        "angebotene, günstigste Standardlieferung gewählt haben), unverzüglich und spätestens "
        "binnen vierzehn Tagen ab dem Tag zurückzuzahlen, an dem die Mitteilung über Ihren "
        "Widerruf dieses Vertrags bei uns eingegangen ist. Für diese Rückzahlung verwenden wir "
        "dasselbe Zahlungsmittel, das Sie bei der ursprünglichen Transaktion eingesetzt haben, es "
        "sei denn, mit Ihnen wurde ausdrücklich etwas anderes vereinbart; in keinem Fall werden "
        "Ihnen wegen dieser Rückzahlung Entgelte berechnet.",
        *_german_return(legal),
        "Sie müssen für einen etwaigen Wertverlust der Waren nur aufkommen, wenn dieser "
        "Wertverlust auf einen zur Prüfung der Beschaffenheit, Eigenschaften und Funktionsweise "
        "der Waren nicht notwendigen Umgang mit ihnen zurückzuführen ist.",
        "## Ausschluss und vorzeitiges Erlöschen",
        "Das Widerrufsrecht besteht nicht bei Waren, die nach Ihren Wünschen angefertigt oder auf "
        "Ihre persönlichen Bedürfnisse zugeschnitten sind, bei Waren, die schnell verderben können "
        "oder deren Verfallsdatum schnell überschritten würde, und bei einzelnen Zeitungen, "
        "Zeitschriften und Illustrierten.",
        "Es erlischt vorzeitig bei versiegelten Waren, die aus Gründen des Gesundheitsschutzes "
        "oder der Hygiene nicht zur Rückgabe geeignet sind, und bei Ton- oder Videoaufnahmen und "
        "Software in einer versiegelten Packung, wenn Sie die Versiegelung nach der Übergabe "
        "entfernt haben, sowie bei Waren, die nach der Übergabe untrennbar mit anderen Gütern "
        "vermischt wurden.",
        "Ob einer dieser Fälle vorliegt, steht bei jedem Artikel und noch einmal vor der "
        "Bestellung. Fehlt ein solcher Hinweis, gilt das Widerrufsrecht ohne Einschränkung.",
    ]


def _german_return(legal: ShopLegal) -> list[str]:
    if legal.fetches_returns:
        return ["Wir holen die Waren ab. Wir tragen die Kosten der Rücksendung der Waren."]
    to = f"an {legal.return_address}" if legal.return_address else "an uns"
    costs = "Wir tragen die Kosten der Rücksendung der Waren."
    if legal.return_costs == ReturnCosts.BUYER:
        costs = "Sie tragen die unmittelbaren Kosten der Rücksendung der Waren."
        if legal.return_most is not None:
            costs += (
                " Die Kosten für Waren, die nicht auf dem normalen Postweg zurückgesandt werden "
                "können, werden auf höchstens etwa "
                f"{format_price(legal.return_most, GERMAN)} geschätzt."
            )
    return [
        "Wir können die Rückzahlung verweigern, bis wir die Waren wieder zurückerhalten haben oder "
        "bis Sie den Nachweis erbracht haben, dass Sie die Waren zurückgesandt haben, je nachdem, "
        "welches der frühere Zeitpunkt ist.",
        "Sie haben die Waren unverzüglich und in jedem Fall spätestens binnen vierzehn Tagen ab "
        f"dem Tag, an dem Sie uns über den Widerruf dieses Vertrags unterrichten, {to} "
        "zurückzusenden oder zu übergeben. Die Frist ist gewahrt, wenn Sie die Waren vor Ablauf "
        "der Frist von vierzehn Tagen absenden.",
        costs,
    ]


def _english(legal: ShopLegal, url: str) -> list[str]:
    us = f"{legal.legal_name}, {legal.address}, telephone: {legal.phone}, e-mail: {legal.email}"
    return [
        "## Right of withdrawal",
        "You have the right to withdraw from this contract within 14 days without giving any "
        "reason.",
        "The withdrawal period will expire after 14 days from the day on which you acquire, or a "
        "third party other than the carrier and indicated by you acquires, physical possession of "
        "the last good.",
        f"To exercise the right of withdrawal, you must inform us ({us}) of your decision to "
        "withdraw from this contract by an unequivocal statement (e.g. a letter sent by post or "
        "e-mail). You may use the attached model withdrawal form, but it is not obligatory.",
        f"You can also exercise your right of withdrawal online at {url}. If you use this online "
        "function, we will send you an acknowledgement of receipt of the withdrawal on a durable "
        "medium (e.g. by e-mail), including its content and the date and time of its submission, "
        "without undue delay.",
        "To meet the withdrawal deadline, it is sufficient for you to send your communication "
        "concerning your exercise of the right of withdrawal before the withdrawal period has "
        "expired.",
        "## Effects of withdrawal",
        "If you withdraw from this contract, we shall reimburse to you all payments received from "
        "you, including the costs of delivery (with the exception of the supplementary costs "
        "resulting from your choice of a type of delivery other than the least expensive type of "
        "standard delivery offered by us), without undue delay and in any event not later than 14 "
        "days from the day on which we are informed about your decision to withdraw from this "
        "contract. We will carry out such reimbursement using the same means of payment as you "
        "used for the initial transaction, unless you have expressly agreed otherwise; in any "
        "event, you will not incur any fees as a result of such reimbursement.",
        *_english_return(legal),
        "You are only liable for any diminished value of the goods resulting from the handling "
        "other than what is necessary to establish the nature, characteristics and functioning of "
        "the goods.",
        "## Exclusion and early loss",
        "There is no right of withdrawal for goods made to your specifications or clearly "
        "personalised, for goods which are liable to deteriorate or expire rapidly, and for single "
        "newspapers, periodicals and magazines.",
        "It is lost early for sealed goods which are not suitable for return due to health "
        "protection or hygiene reasons, and for sealed audio or video recordings and sealed "
        "software, if you unsealed them after they were handed over, and for goods which were "
        "inseparably mixed with other items after they were handed over.",
        "Whether one of these cases applies is said beside each article and once more before you "
        "order. Without such a notice the right of withdrawal is unrestricted.",
    ]


def _english_return(legal: ShopLegal) -> list[str]:
    if legal.fetches_returns:
        return ["We will collect the goods. We will bear the cost of returning the goods."]
    to = f"to {legal.return_address}" if legal.return_address else "to us"
    costs = "We will bear the cost of returning the goods."
    if legal.return_costs == ReturnCosts.BUYER:
        costs = "You will have to bear the direct cost of returning the goods."
        if legal.return_most is not None:
            costs += (
                " The cost for goods which cannot normally be returned by post is estimated at a "
                f"maximum of approximately {format_price(legal.return_most, 'en')}."
            )
    return [
        "We may withhold reimbursement until we have received the goods back or you have supplied "
        "evidence of having sent back the goods, whichever is the earliest.",
        f"You shall send back the goods or hand them over {to}, without undue delay and in any "
        "event not later than 14 days from the day on which you communicate your withdrawal from "
        "this contract to us. The deadline is met if you send back the goods before the period of "
        "14 days has expired.",
        costs,
    ]
