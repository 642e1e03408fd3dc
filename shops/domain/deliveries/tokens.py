"""Keys by which a till is known to be one branch's. A secret is shown once and kept nowhere."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.models import Branch, StockToken

#: How every key begins, so that people and secret scanners know one when they see it.
BEGINNING = "srk"
#: Keys in use at one branch; more are a mistake, and each is a door.
MOST = 10
#: "Last used" is written this often at most: pages read it, nothing is decided by it.
NOTED_EVERY = timedelta(minutes=1)
_NOBODYS = hashlib.sha256(b"nobody's key").hexdigest()


@transaction.atomic
def create(*, branch: Branch, name: str, by: Actor, now: datetime) -> tuple[StockToken, str]:
    """A new key for one till; the row and the secret, which nobody can look up again."""
    # RACE: the branch's row is the turnstile; two who add the tenth key stand in line here.
    Branch.objects.select_for_update().get(pk=branch.pk)
    if StockToken.objects.filter(branch=branch, revoked_at=None).count() >= MOST:
        raise Refused(
            _("This branch has ten keys already. Please revoke one that is not used."),
            code="too_many_keys",
        )
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    whole = f"{BEGINNING}_{prefix}_{secret}"
    token = StockToken.objects.create(
        branch=branch, name=name.strip(), prefix=prefix, digest=_digest(whole), created_at=now
    )
    _record("stock.key_created", token, by, now)
    return token, whole


@transaction.atomic
def revoke(*, token: StockToken, by: Actor, now: datetime) -> bool:
    """From now on the key opens nothing; returns whether it still did."""
    done = StockToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
    if done:
        _record("stock.key_revoked", token, by, now)
    return bool(done)


def of_secret(*, whole: str, now: datetime) -> StockToken | None:
    """The row of a key that opens, with branch, shop and city; notes that it was used."""
    start, _dash, rest = whole.partition("_")
    prefix, _dash, _secret = rest.partition("_")
    known = StockToken.objects.select_related("branch__shop__city")
    row = known.filter(prefix=prefix).first() if start == BEGINNING and prefix else None
    # SECURITY: the whole key is compared, in constant time, also where no row was found.
    same = hmac.compare_digest(_digest(whole), row.digest if row else _NOBODYS)
    if row is None or not same or row.revoked_at is not None:
        return None
    if row.last_used_at is None or now - row.last_used_at >= NOTED_EVERY:
        StockToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return row


def _digest(whole: str) -> str:
    # 256 bits of chance need no slow hash: there is nothing to guess.
    return hashlib.sha256(whole.encode()).hexdigest()


def _record(verb: str, token: StockToken, by: Actor, now: datetime) -> None:
    history.record(
        verb=verb,
        subject=f"stock_token:{token.pk}",
        scope=f"shop:{token.branch.shop_id}",
        by=by,
        now=now,
        data={"prefix": token.prefix},
    )
