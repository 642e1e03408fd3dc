"""The mails to all owners of a shop when its account at the provider is changed."""

from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils import translation

from marketplace.core.domain import notices
from marketplace.core.domain.notices import Message
from marketplace.core.models import Notice
from marketplace.payments.models import ProviderAccount
from shops.enums import Role
from shops.models import Member


class Kind(StrEnum):
    """One folder under `templates/emails/` each."""

    CHANGING = "account_changing"
    STOPPED = "account_stopped"
    CHANGED = "account_changed"


def changing(*, account: ProviderAccount, now: datetime) -> None:
    """Somebody wants the money to go elsewhere: every owner can stop it."""
    _send(Kind.CHANGING, account, now)


def stopped(*, account: ProviderAccount, now: datetime) -> None:
    notices.void(unique_prefix=f"account:{account.pk}:", now=now)
    _send(Kind.STOPPED, account, now)


def changed(*, account: ProviderAccount, now: datetime) -> None:
    _send(Kind.CHANGED, account, now)


def register() -> None:
    """Called once at start: core asks us to render what it sends."""
    for kind in Kind:
        notices.register(f"payments.{kind}", _render)


def _send(kind: Kind, account: ProviderAccount, now: datetime) -> None:
    """One mail to each owner, so that none can be kept from another."""
    owners = Member.objects.filter(shop_id=account.shop_id, role=Role.OWNER, is_active=True)
    for pk in owners.order_by("pk").values_list("pk", flat=True):
        notices.send(
            kind=f"payments.{kind}",
            subject=f"member:{pk}",
            language="de",
            thread=f"account:{account.pk}",
            now=now,
            unique=f"account:{account.pk}:{kind}:{pk}",
        )


def _render(notice: Notice) -> Message | None:
    """The mail of a notice; None where the person no longer owns the shop."""
    owners = Member.objects.filter(pk=_id(notice.subject), role=Role.OWNER, is_active=True)
    owner = owners.select_related("user", "shop__city").first()
    account = ProviderAccount.objects.filter(pk=_id(notice.thread)).first()
    if owner is None or account is None:
        return None
    city, folder = owner.shop.city, f"emails/{notice.kind.removeprefix('payments.')}"
    context = {
        "city": city,
        "shop": owner.shop,
        "account": account,
        "name": owner.user.name,
        "link": f"{city.base_url.rstrip('/')}/haendler/{owner.shop.slug}/online-zahlung/",
        "language": notice.language,
    }
    with translation.override(notice.language):
        subject = render_to_string(f"{folder}/subject.txt", context)
        return Message(
            to=owner.user.email,
            subject=" ".join(subject.split()),
            text=render_to_string(f"{folder}/body.txt", context),
            html=render_to_string(f"{folder}/body.html", context),
            host=urlsplit(city.base_url).hostname or "localhost",
            sender=city.name,
        )


def _id(reference: str) -> int:
    return int(reference.partition(":")[2])
