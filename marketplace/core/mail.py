"""A mail as its author thinks of it, and as mail programs want it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import formataddr, parseaddr
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import SafeMIMEMultipart


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file with a mail; with `cid` a picture that the HTML part shows as `cid:<cid>`."""

    name: str
    content: bytes
    mimetype: str
    cid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a renderer returns. `host` is the city's, for Message-ID; `sender` the name before the
    address of the installation.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    attachments: Sequence[Attachment] = ()
    host: str
    sender: str = ""
    reply_to: str = ""


class Mail(EmailMultiAlternatives):
    """mixed( alternative( text, related( html, inline pictures ) ), files )

    Django puts everything beside the text; many mail programs then show a QR code as a file.
    """

    inline: Sequence[Attachment] = ()

    def _create_alternatives(self, msg: Any) -> Any:
        message = super()._create_alternatives(msg)  # type: ignore[misc]
        if self.inline and self.alternatives:
            parts = message.get_payload()
            related = SafeMIMEMultipart(_subtype="related")
            related.attach(parts[-1])
            for picture in self.inline:
                related.attach(_inline(picture))
            parts[-1] = related
        return message


def build(message: Message, *, headers: Mapping[str, str]) -> Mail:
    """The mail to hand to Django's mail backend. Line breaks in a header raise BadHeaderError."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    mail = Mail(
        subject=" ".join(message.subject.split()),
        body=message.text,
        from_email=formataddr((message.sender, address))
        if message.sender
        else settings.DEFAULT_FROM_EMAIL,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=dict(headers),
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    mail.inline = [each for each in message.attachments if each.cid]
    for each in message.attachments:
        if not each.cid:
            mail.attach(each.name, each.content, each.mimetype)
    return mail


def digest(message: Message) -> str:
    """SHA-256 over what was told, in words and files, and to whom. The wire form would differ with
    each try: its boundaries are drawn at random."""
    files = [[each.name, sha256(each.content).hexdigest()] for each in message.attachments]
    told = [message.to, message.subject, message.text, message.html, files]
    return sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _inline(picture: Attachment) -> MIMEBase:
    part = MIMEBase(*picture.mimetype.split("/", 1))
    part.set_payload(picture.content)
    encode_base64(part)
    part.add_header("Content-ID", f"<{picture.cid}>")
    part.add_header("Content-Disposition", "inline", filename=picture.name)
    return part
