"""Who somebody is, and what they say of consumer arbitration, as texts. Pure.

LAW: DDG § 5 (law D13), VSBG §§ 36, 37 (law A16). No link to the Commission's dispute platform: it
is closed since 20 July 2025 and a link to it misleads.
"""

from shops.domain.legal.written import GERMAN, GOVERNS, Written, join, lines
from shops.enums_legal import Arbitration, LegalForm
from shops.models.legal import Trader

#: As German law calls its registers.
_REGISTER = {LegalForm.EG: "Genossenschaftsregister", LegalForm.EV: "Vereinsregister",
             LegalForm.EGBR: "Gesellschaftsregister"}  # fmt: skip


def imprint(trader: Trader, *, called: str, language: str, editor: str = "") -> Written:
    """Everything told of somebody; `called` is the name above the door where it differs."""
    de = language == GERMAN
    name = called if called and called != trader.legal_name else ""
    who = lines(
        trader.legal_name,
        name,
        trader.street,
        f"{trader.postcode} {trader.town}".strip(),
    )
    parts = [who]
    if trader.representative:
        parts.append(f"{'Vertreten durch' if de else 'Represented by'}: {trader.representative}")
    parts.append(
        lines(
            *("## Kontakt" if de else "## Contact",),
        )
    )
    parts.append(
        lines(
            f"{'Telefon' if de else 'Telephone'}: {trader.phone}" if trader.phone else "",
            f"{'E-Mail' if de else 'E-mail'}: {trader.email}" if trader.email else "",
        )
    )
    parts += _registers(trader, de)
    parts += _profession(trader, de)
    if editor:
        parts.append("## Redaktionell verantwortlich" if de else "## Editorial responsibility")
        parts.append(editor)
    parts.append("## Verbraucherschlichtung" if de else "## Consumer arbitration")
    parts.append(_arbitration(trader, de))
    if de:
        return Written("Impressum", join(parts))
    return Written("Legal notice (Impressum)", join([*parts, GOVERNS]))


def dispute(trader: Trader, *, language: str) -> Written:
    """The notice of VSBG § 36 alone, as it stands with the terms."""
    if language == GERMAN:
        return Written("Verbraucherschlichtung", _arbitration(trader, True))
    return Written("Consumer arbitration", join([_arbitration(trader, False), GOVERNS]))


def _registers(trader: Trader, de: bool) -> list[str]:
    parts = []
    if trader.register_number:
        form = LegalForm(trader.legal_form) if trader.legal_form else LegalForm.OTHER
        book = _REGISTER.get(form, "Handelsregister")
        parts += [
            "## Registereintrag" if de else "## Register",
            lines(book, trader.register_court, trader.register_number),
        ]
    if trader.vat_id or trader.w_idnr:
        vat = "Umsatzsteuer-Identifikationsnummer" if de else "VAT ID"
        parts += [
            "## Steuernummern" if de else "## Tax numbers",
            lines(
                f"{vat}: {trader.vat_id}" if trader.vat_id else "",
                f"Wirtschafts-Identifikationsnummer: {trader.w_idnr}" if trader.w_idnr else "",
            ),
        ]
    return parts


def _profession(trader: Trader, de: bool) -> list[str]:
    parts = []
    if trader.authority:
        parts += ["## Aufsichtsbehörde" if de else "## Supervisory authority", trader.authority]
    told = lines(
        f"{'Kammer' if de else 'Chamber'}: {trader.chamber}" if trader.chamber else "",
        f"{'Berufsbezeichnung' if de else 'Title'}: {trader.profession}"
        if trader.profession
        else "",
        f"{'Berufsrecht' if de else 'Rules'}: {trader.profession_rules}"
        if trader.profession_rules
        else "",
    )
    if told:
        parts += ["## Berufsrechtliche Angaben" if de else "## Professional rules", told]
    return parts


def _arbitration(trader: Trader, de: bool) -> str:
    body = f"{trader.body_name}, {trader.body_address}, {trader.body_url}"
    match trader.arbitration:
        case Arbitration.WILLING:
            return (
                "Wir sind bereit, an einem Streitbeilegungsverfahren vor einer "
                f"Verbraucherschlichtungsstelle teilzunehmen. Zuständig ist: {body}."
                if de
                else "We are willing to take part in dispute resolution proceedings before a "
                f"consumer arbitration board. The competent body is: {body}."
            )
        case Arbitration.OBLIGED:
            return (
                "Wir sind verpflichtet, an einem Streitbeilegungsverfahren vor einer "
                f"Verbraucherschlichtungsstelle teilzunehmen. Zuständig ist: {body}."
                if de
                else "We are obliged to take part in dispute resolution proceedings before a "
                f"consumer arbitration board. The competent body is: {body}."
            )
        case Arbitration.SILENT:
            return (
                "Wir sind nicht verpflichtet, an einem Streitbeilegungsverfahren vor einer "
                "Verbraucherschlichtungsstelle teilzunehmen."
                if de
                else "We are not obliged to take part in dispute resolution proceedings before a "
                "consumer arbitration board."
            )
    return (
        "Wir sind nicht bereit und nicht verpflichtet, an Streitbeilegungsverfahren vor einer "
        "Verbraucherschlichtungsstelle teilzunehmen."
        if de
        else "We are neither willing nor obliged to take part in dispute resolution proceedings "
        "before a consumer arbitration board."
    )
