"""The bricks of a page's text. SECURITY: no block takes HTML, so no editor can add a script."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

#: What a paragraph may hold beside words. No pictures and no embeds: those are blocks or nothing.
FEATURES = ["bold", "italic", "link", "document-link", "ol", "ul"]


class Heading(blocks.CharBlock):
    class Meta:
        label = _("Heading")
        icon = "title"
        template = "cms/blocks/heading.html"
        description = _("Begins a new part of the page.")
        preview_value = _("Advent in the old town")


class Paragraph(blocks.RichTextBlock):
    class Meta:
        label = _("Paragraph")
        icon = "pilcrow"
        template = "cms/blocks/paragraph.html"
        description = _("Text with links and lists.")
        preview_value = _("Two or three sentences that one reads while waiting for the bus.")


class Picture(ImageChooserBlock):
    class Meta:
        label = _("Picture")
        icon = "image"
        template = "cms/blocks/image.html"
        description = _("One picture; its text alternative and credit are those of the library.")
        preview_template = "cms/previews/picture.html"


class Gallery(blocks.ListBlock):
    """Two to eight pictures side by side."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            ImageChooserBlock(label=_("Picture")), min_num=2, max_num=8, collapsed=False, **options
        )

    class Meta:
        label = _("Gallery")
        icon = "image"
        template = "cms/blocks/gallery.html"
        description = _("Two to eight pictures side by side; none moves by itself.")
        preview_template = "cms/previews/gallery.html"


class Quote(blocks.StructBlock):
    text = blocks.TextBlock(label=_("What was said"), max_length=400)
    who = blocks.CharBlock(label=_("Who said it"), max_length=120)

    class Meta:
        label = _("Quotation")
        icon = "openquote"
        template = "cms/blocks/quote.html"
        description = _("What somebody said, with their name.")
        preview_value: ClassVar = {
            "text": _("We know who comes in on Saturdays."),
            "who": _("a bookseller"),
        }


class Question(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=160)
    answer = blocks.RichTextBlock(label=_("Answer"), features=FEATURES)

    class Meta:
        label = _("Question")
        icon = "help"


class Accordion(blocks.ListBlock):
    """Questions that open; they work without JavaScript."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Question(), min_num=1, max_num=20, **options)

    class Meta:
        label = _("Questions and answers")
        icon = "help"
        template = "cms/blocks/accordion.html"
        description = _("Questions whose answers open when one presses them.")
        preview_value: ClassVar = [
            {
                "question": _("Do I have to pay online?"),
                "answer": _("No. You look at the goods in the shop and pay there."),
            },
            {
                "question": _("What if I cannot come?"),
                "answer": _("Then cancel by the link in the mail, or simply stay away."),
            },
        ]


class Action(blocks.StructBlock):
    """One way forward: to a page of this city or to an address elsewhere, named as such."""

    label = blocks.CharBlock(label=_("Words on the button"), max_length=40)
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    address = blocks.URLBlock(
        label=_("or an address elsewhere"),
        required=False,
        help_text=_("Begins with https://. Its host is shown beside the words."),
    )

    class Meta:
        label = _("Button")
        icon = "link"
        template = "cms/blocks/action.html"
        description = _("One button to a page or to an address elsewhere. One per part is enough.")
        preview_value: ClassVar = {
            "label": _("To the Christmas market"),
            "page": None,
            "address": "https://www.wolfsburg.example/",
        }

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if bool(cleaned["page"]) == bool(cleaned["address"]):
            raise blocks.StructBlockValidationError(
                block_errors={"page": ValidationError(_("Choose a page or give an address."))}
            )
        return cleaned


class Body(blocks.StreamBlock):
    """Text alternative and credit of a picture are its own (`CityImage`), so they are said once."""

    heading = Heading(max_length=120)
    paragraph = Paragraph(features=FEATURES)
    image = Picture()
    gallery = Gallery()
    quote = Quote()
    accordion = Accordion()
    action = Action()
