"""Pages in Leichte Sprache. LAW: BITV § 4 and Annex 2 (law.md H4); NBGG for cities of Lower Saxony.

Each sentence stands on a line of its own. What the rules forbid is refused with a hint how to say
it better, so that an editor learns them by writing.
"""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from cms.models.blocks import Action, Heading, Picture
from cms.models.fields import BodyField
from cms.models.pages import Published

#: Words in a sentence, letters in a word without a hyphen.
MOST_WORDS, MOST_LETTERS = 12, 15
_SHORT = re.compile(
    r"\b(z\. ?B|d\. ?h|u\. ?a|usw|bzw|ca|etc|inkl|zzgl|evtl|ggf|Nr|Tel|Abs|e\. ?g|i\. ?e)\.", re.I
)
_PASSIVE = re.compile(
    r"\b(wird|werden|wurden?|worden)\b.*"
    r"\b((ab|an|auf|aus|ein|hin|mit|nach|vor|weg|zu|zurück)?ge[a-zäöüß]+t|\w+iert"
    r"|\w*(geschrieben|gegeben|genommen|gehalten))\b"
)
_ENDS = re.compile(r"[.?!](?:\s+|$)")
_WORD = re.compile(r"\w+")


def hints(line: str) -> Iterator[str]:
    """What one line does against the rules of Leichte Sprache, in words for its writer."""
    if _SHORT.search(line):
        yield gettext("Write the abbreviation out.")
        return
    if len(_ENDS.findall(line)) > 1:
        yield gettext("Put each sentence on a line of its own.")
    if re.search(r"[()\[\];§%/]", line):
        yield gettext("Do without brackets, semicolons and signs such as § or %.")
    if len(line.split()) > MOST_WORDS:
        yield gettext("More than %(most)d words: make two sentences of it.") % {"most": MOST_WORDS}
    if _PASSIVE.search(line):
        yield gettext("Say who does it, instead of what is done.")
    for word in _WORD.findall(line):
        if len(word) > MOST_LETTERS:
            yield gettext("“%(word)s” is long: take another word, or divide it by hyphens.") % {
                "word": word
            }


def check(text: str) -> None:
    """`ValidationError` naming every line that breaks a rule, and why."""
    found = [
        f"„{line.strip()}“: {hint}"
        for line in text.splitlines()
        if line.strip()
        for hint in hints(line.strip())
    ]
    if found:
        raise ValidationError(found)


class Line(blocks.CharBlock):
    """One short line."""

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        check(cleaned or "")
        return cleaned


class Sentences(blocks.TextBlock):
    """Sentences, each on its own line."""

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        check(cleaned or "")
        return cleaned

    class Meta:
        label = _("Sentences")
        icon = "pilcrow"
        template = "cms/blocks/sentences.html"
        description = _("Short sentences; each begins on a new line and says one thing.")
        preview_value = _("Here you find things.\nThe things are in a shop.")


class Points(blocks.ListBlock):
    """More than three things, below each other."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Line(max_length=120), min_num=2, max_num=12, collapsed=False, **options)

    class Meta:
        label = _("Points")
        icon = "list-ul"
        template = "cms/blocks/points.html"
        description = _("A list. Use it for more than three things.")
        preview_value: ClassVar = [_("a book"), _("a toy"), _("a pair of shoes")]


class Word(blocks.StructBlock):
    """A hard word and what it means."""

    word = blocks.CharBlock(label=_("Hard word"), max_length=60)
    meaning = Sentences(label=_("What it means"), max_length=400)

    class Meta:
        label = _("A hard word explained")
        icon = "help"
        template = "cms/blocks/word.html"
        description = _("A word that one must know here, and what it means.")
        preview_value: ClassVar = {"word": _("Code"), "meaning": _("A code has 6 signs.")}


class Address(blocks.TextBlock):
    """An address or a number to call, apart from the sentences."""

    class Meta:
        label = _("Address")
        icon = "mail"
        template = "cms/blocks/easy_address.html"
        description = _("Addresses and telephone numbers stand apart, line by line.")
        preview_value = _("City of Wolfsburg\nTelephone: 0 53 61")


class EasyBody(blocks.StreamBlock):
    heading = Heading(max_length=80)
    sentences = Sentences(max_length=1200)
    points = Points()
    word = Word()
    image = Picture()
    address = Address(max_length=400)
    action = Action()


class EasyPage(Published, Page):  # type: ignore[django-manager-missing]
    """A page in Leichte Sprache: large letters, each sentence on a line of its own."""

    body = BodyField(EasyBody(), blank=True, verbose_name=_("text"))
    tested_by = models.CharField(
        _("who has tested the text"),
        max_length=120,
        blank=True,
        help_text=_(
            "People who need Leichte Sprache read it and say what they did not understand."
        ),
    )

    content_panels = (
        *Page.content_panels,
        FieldPanel("body"),
        FieldPanel("tested_by"),
        Published.publishing_panel,
    )
    search_fields = (*Page.search_fields, index.SearchField("body"))

    page_description = _("A page in Leichte Sprache. Its rules are checked while you write.")
    template = "cms/easy.html"
    parent_page_types = ("cms.HomePage",)
    subpage_types = ()

    class Meta:
        verbose_name = _("page in Leichte Sprache")
        verbose_name_plural = _("pages in Leichte Sprache")
