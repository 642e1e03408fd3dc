"""Bricks for what a legal page must say in fields, so that nobody forgets one (law.md 9).

They are translated like every other brick; what a kind of page must hold is `NEEDED`.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.enums import Legal
from cms.models.blocks import Body

_GROUP = _("Facts that the law wants")


class Imprint(blocks.StructBlock):
    """LAW: DDG § 5, MStV § 18: who answers for the pages."""

    name = blocks.CharBlock(label=_("Name with legal form"), max_length=160)
    represented_by = blocks.CharBlock(label=_("Represented by"), max_length=160)
    address = blocks.TextBlock(label=_("Street, postcode, town"), max_length=240, rows=3)
    email = blocks.EmailBlock(label=_("E-mail address"))
    phone = blocks.CharBlock(label=_("Telephone"), max_length=40)
    register = blocks.CharBlock(
        label=_("Register court and number"), max_length=160, required=False, default=""
    )
    vat_id = blocks.CharBlock(
        label=_("VAT identification number"), max_length=20, required=False, default=""
    )
    business_id = blocks.CharBlock(
        label=_("Business identification number"), max_length=24, required=False, default=""
    )
    authority = blocks.CharBlock(
        label=_("Supervisory authority"), max_length=200, required=False, default=""
    )
    editor = blocks.TextBlock(
        label=_("Responsible for editorial content, with address"), max_length=240, rows=2
    )

    class Meta:
        label = _("Details of the publisher")
        icon = "user"
        group = _GROUP
        template = "cms/blocks/imprint.html"
        description = _("Name, representative, address, register: what an imprint must say.")


class Purpose(blocks.StructBlock):
    what = blocks.CharBlock(label=_("What for"), max_length=160)
    data = blocks.CharBlock(label=_("Which data"), max_length=240)
    basis = blocks.CharBlock(label=_("Legal basis"), max_length=160)
    receivers = blocks.CharBlock(label=_("Who gets them"), max_length=200)
    kept = blocks.CharBlock(label=_("How long"), max_length=200)


class Purposes(blocks.ListBlock):
    """LAW: GDPR Art. 13: purpose, basis, recipients and duration of everything that is kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Purpose(label=_("Purpose")), min_num=1, max_num=30, **options)

    class Meta:
        label = _("Purposes of processing")
        icon = "table"
        group = _GROUP
        template = "cms/blocks/purposes.html"
        description = _("A table: what for, which data, on what basis, who gets them, how long.")


class Cookies(blocks.StaticBlock):
    """LAW: TDDDG § 25. Told from the settings, so that it cannot be wrong."""

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        return context | {
            "session": settings.SESSION_COOKIE_NAME,
            "days": settings.SESSION_COOKIE_AGE // 86_400,
            "form": settings.CSRF_COOKIE_NAME,
        }

    class Meta:
        label = _("Cookies")
        icon = "list-ul"
        group = _GROUP
        template = "cms/blocks/cookies.html"
        description = _("The cookies that these pages set; made by the program.")
        admin_text = _("The cookies that these pages set; made by the program.")


class ContactPoint(blocks.StructBlock):
    who = blocks.CharBlock(label=_("For whom or what"), max_length=160)
    email = blocks.EmailBlock(label=_("E-mail address"))
    phone = blocks.CharBlock(label=_("Telephone"), max_length=40, required=False, default="")
    languages = blocks.CharBlock(label=_("Languages"), max_length=80)
    rule = blocks.CharBlock(label=_("Rule"), max_length=80, required=False, default="")


class Contacts(blocks.ListBlock):
    """LAW: DSA Art. 11 and 12, GPSR Art. 22: points of contact with their languages."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            ContactPoint(label=_("Point of contact")), min_num=1, max_num=12, **options
        )

    class Meta:
        label = _("Points of contact")
        icon = "mail"
        group = _GROUP
        template = "cms/blocks/contacts.html"
        description = _("Whom authorities, users and consumers write to, and in which languages.")


class Statement(blocks.StructBlock):
    """LAW: NBGG § 9b, BFSG § 14 and annex 3: how accessible, examined how and when, who helps."""

    examined_on = blocks.DateBlock(label=_("Examined on"))
    method = blocks.CharBlock(label=_("How it was examined"), max_length=240)
    standard = blocks.CharBlock(label=_("Standard"), max_length=160)
    gaps = blocks.ListBlock(
        blocks.CharBlock(label=_("What is not accessible yet, and why"), max_length=240),
        label=_("Known gaps"),
        min_num=0,
        max_num=30,
    )
    feedback = blocks.EmailBlock(label=_("Address for reports"))
    body = blocks.TextBlock(
        label=_("Arbitration board or supervisory authority"), max_length=300, rows=3
    )
    body_address = blocks.URLBlock(label=_("Its address on the web"), required=False, default="")

    class Meta:
        label = _("Accessibility in facts")
        icon = "check"
        group = _GROUP
        template = "cms/blocks/statement.html"
        description = _("Examined when and how, known gaps, whom to write to, who arbitrates.")


class Game(blocks.StructBlock):
    """LAW: DDG § 6(1) no. 4, UWG § 5a: clear conditions of a prize game."""

    organiser = blocks.CharBlock(label=_("Organiser with address"), max_length=240)
    first_day = blocks.DateBlock(label=_("First day"))
    last_day = blocks.DateBlock(label=_("Last day"))
    prizes = blocks.TextBlock(label=_("Prizes"), max_length=600)
    who = blocks.TextBlock(label=_("Who may take part, minors included"), max_length=400)
    data = blocks.TextBlock(label=_("What happens to the data"), max_length=600)

    class Meta:
        label = _("Prize game in facts")
        icon = "pick"
        group = _GROUP
        template = "cms/blocks/game.html"
        description = _("Organiser, days, prizes, who may take part, data.")


class Told(blocks.StructBlock):
    """What the operator has told of itself (`shops.OperatorLegal`), so that it is typed once."""

    kind = blocks.ChoiceBlock(
        label=_("Which text"),
        choices=[
            ("IMPRINT", _("legal notice of the operator")),
            ("DISPUTE", _("the operator's word on arbitration")),
        ],
    )

    class Meta:
        label = _("Text of the operator")
        icon = "doc-full"
        group = _GROUP
        template = "cms/blocks/told.html"
        description = _("Made from what the operator has told of itself.")


class LegalBody(Body):
    """Text, and the facts that a legal page must say."""

    imprint = Imprint()
    told = Told()
    purposes = Purposes()
    cookies = Cookies()
    contacts = Contacts()
    statement = Statement()
    game = Game()

    class Meta:
        block_counts: ClassVar = {
            name: {"max_num": 1} for name in ("imprint", "cookies", "statement", "game")
        }


#: Kind -> the bricks without which it is not what it says; one of each group is enough.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    Legal.IMPRINT: (("imprint", "told"),),
    Legal.PRIVACY: (("purposes",), ("cookies",)),
    Legal.ACCESSIBILITY: (("statement",),),
    Legal.BFSG: (("statement",),),
    Legal.CONTACT: (("contacts",),),
    Legal.SAFETY: (("contacts",),),
    Legal.COMPETITION: (("game",),),
}
