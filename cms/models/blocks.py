"""The bricks of a page's text. SECURITY: no block takes HTML, so no editor can add a script."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

#: What a paragraph may hold beside words. No pictures and no embeds: those are blocks or nothing.
FEATURES = ["bold", "italic", "link", "document-link", "ol", "ul"]


class Body(blocks.StreamBlock):
    """Text alternative and credit of a picture are its own (`CityImage`), so they are said once."""

    heading = blocks.CharBlock(
        label=_("Heading"), icon="title", max_length=120, template="cms/blocks/heading.html"
    )
    paragraph = blocks.RichTextBlock(
        label=_("Paragraph"),
        icon="pilcrow",
        features=FEATURES,
        template="cms/blocks/paragraph.html",
    )
    image = ImageChooserBlock(label=_("Picture"), icon="image", template="cms/blocks/image.html")
