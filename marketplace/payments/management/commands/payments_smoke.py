"""`manage.py payments_smoke --account acct_…`: one payment with a real test key, by hand.

Opens a payment page on a connected account, waits until somebody has paid there with a test card,
takes a part, gives a part of it back and compares what the provider reports. Each call is made
twice under its key, as after a lost answer. Writes nothing here, and takes no live key.
"""

import time
import uuid
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.payments import gateway
from marketplace.payments.enums import CLOSED, PaymentState
from marketplace.payments.gateway.port import (
    Answer,
    Answered,
    Checkout,
    Gateway,
    PaymentSnapshot,
    Spot,
)

T = TypeVar("T")

#: Taken and given back, as parts of what is authorised; the operator's fee.
TAKEN, BACK, FEE = Decimal("0.75"), Decimal("0.25"), Decimal("0.05")
CENT = Decimal("0.01")


class Command(BaseCommand):
    help = "Pays once at the provider with a test key: open, authorise, take, refund, compare."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--account", required=True, help="a connected test account, acct_…")
        parser.add_argument("--amount", default="20.20", help="EUR (default: %(default)s)")
        parser.add_argument(
            "--wait",
            type=int,
            default=900,
            help="seconds for whoever pays (default: %(default)s)",
        )
        parser.add_argument("--poll", type=int, default=3, help="seconds between two looks")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.STRIPE_SECRET_KEY.startswith(("sk_test_", "rk_test_")):
            raise CommandError("STRIPE_SECRET_KEY is no test key (sk_test_… or rk_test_…).")
        provider = gateway.configured()
        if provider is None or provider.livemode:
            raise CommandError("This needs a provider in test mode.")
        try:
            amount = Decimal(options["amount"]).quantize(CENT)
        except InvalidOperation as error:
            raise CommandError(f"{options['amount']} is no amount like 20.20.") from error
        if amount < 1:
            raise CommandError("Providers take no less than 0.50 EUR; pay 1.00 at least.")
        self.failed = 0
        self._walk(provider, options["account"], amount, options["wait"], options["poll"])
        if self.failed:
            raise CommandError(f"{self.failed} comparisons failed.")
        self.stdout.write("All comparisons hold.")

    def _walk(self, provider: Gateway, account: str, amount: Decimal, wait: int, poll: int) -> None:
        reference, began = f"smoke-{uuid.uuid4().hex[:12]}", timezone.now()
        seen = self._told("the account", provider.fetch_account(account))
        self._same("may take payments", seen.charges_enabled, True)
        if not seen.charges_enabled:
            raise CommandError(f"Account is {seen.state}; missing: {', '.join(seen.missing)}")
        spot = self._open(provider, account, amount, reference)
        paid = self._paid(provider, spot, wait, poll)
        spot = Spot(account=account, session_ref=spot.session_ref, intent_ref=paid.intent_ref)
        self.stdout.write(f"Paid by {paid.method}, capture {paid.capture_mode}.")
        self._same("authorised", paid.authorised, amount)
        taken = amount
        if paid.state == PaymentState.AUTHORISED:
            taken = (amount * TAKEN).quantize(CENT)
            self._take(provider, spot, taken, reference)
        back = (amount * BACK).quantize(CENT)
        self._refund(provider, spot, back, taken, reference)
        events = self._told("the list of events", provider.list_events(account, since=began))
        ours = {one.kind for one in events if one.intent_ref == spot.intent_ref}
        self._same("events about it on the list", bool(ours), True)

    def _open(self, provider: Gateway, account: str, amount: Decimal, reference: str) -> Spot:
        back = f"{settings.BASE_URL}/"
        ask = Checkout(
            account=account,
            reference=reference,
            title="Stadtregal smoke test",
            amount=amount,
            fee=(amount * FEE).quantize(CENT),
            language="de",
            success_url=back,
            cancel_url=back,
            expires_at=timezone.now() + timedelta(minutes=35),
        )
        opened, again = (
            self._told("opening", provider.open_checkout(ask, key=f"{reference}-open"))
            for _ in range(2)
        )
        self._same("opened twice, one page", again.session_ref, opened.session_ref)
        self.stdout.write(
            f"Pay here with the card 4242 4242 4242 4242, any name, any later date:\n"
            f"  {opened.page_url}"
        )
        self.stdout.flush()
        return Spot(account=account, session_ref=opened.session_ref)

    def _paid(self, provider: Gateway, spot: Spot, wait: int, poll: int) -> PaymentSnapshot:
        until = time.monotonic() + wait
        while True:
            found = self._told("looking", provider.fetch_payment(spot))
            if found.state in (PaymentState.AUTHORISED, PaymentState.CAPTURED):
                return found
            if found.state in CLOSED:
                raise CommandError(f"The payment ended: {found.state}.")
            if time.monotonic() > until:
                provider.expire_checkout(spot, key=f"{spot.session_ref}-expire")
                raise CommandError(f"Nobody has paid within {wait:g} seconds; the page is closed.")
            time.sleep(poll)

    def _take(self, provider: Gateway, spot: Spot, taken: Decimal, reference: str) -> None:
        fee = (taken * FEE).quantize(CENT)
        for _ in range(2):
            made = provider.capture(spot, amount=taken, fee=fee, key=f"{reference}-take")
            report = self._told("taking", made)
        self._same("state after taking twice", report.state, PaymentState.CAPTURED)
        self._same("taken", report.captured, taken)

    def _refund(
        self, provider: Gateway, spot: Spot, back: Decimal, taken: Decimal, reference: str
    ) -> None:
        first, second = (
            self._told(
                "refunding",
                provider.refund(spot, amount=back, reference=reference, key=f"{reference}-back"),
            )
            for _ in range(2)
        )
        self._same("refunded twice, one refund", second.provider_id, first.provider_id)
        report = self._told("looking", provider.fetch_payment(spot))
        ours = [(one.amount, one.reference) for one in report.refunds]
        self._same("refunds in the report", ours, [(back, reference)])
        self._same("still taken", report.captured, taken)

    def _told(self, what: str, answer: Answer[T]) -> T:
        if isinstance(answer, Answered):
            return answer.value
        raise CommandError(f"The provider did not answer {what}: {answer}")

    def _same(self, what: str, found: object, wanted: object) -> None:
        good = found == wanted
        self.failed += not good
        self.stdout.write(f"  {'ok    ' if good else 'FAILED'}  {what}: {_plain(found)}")
        if not good:
            self.stdout.write(f"          wanted: {_plain(wanted)}")


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(" ".join(str(part) for part in one) for one in value) or "none"
    return str(value)
