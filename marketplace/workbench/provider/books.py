"""The stand-in's own books: where every cent is, per payment and per account."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from marketplace.workbench.provider.store import Store


@dataclass(frozen=True)
class Entry:
    """One payment in whole cents.

    authorised = held + captured + released; `kept` is what the shop has of it in the end.
    """

    intent: str
    account: str
    currency: str
    status: str
    reference: str | None
    authorised: int
    held: int
    captured: int
    released: int
    refunded: int
    disputed: int
    fee: int
    fee_refunded: int

    @property
    def kept(self) -> int:
        """What is with the shop, the operator's fee still in it."""
        return self.captured - self.refunded - self.disputed


#: What is summed per account.
SUMS = (
    *("authorised", "held", "captured", "released", "refunded", "disputed"),
    *("fee", "fee_refunded"),
)


def entries(store: Store, account: str | None = None) -> list[Entry]:
    """Every payment that was ever tried, the oldest first."""
    with store.lock:
        sent: dict[str, int] = {}
        for refund in store.all("refund", account):
            if not refund["_release"] and refund["status"] in {"succeeded", "pending"}:
                key = refund["payment_intent"]
                sent[key] = sent.get(key, 0) + refund["amount"]
        fees = {fee["charge"]: fee for fee in store.all("application_fee", account)}
        found = []
        for intent in store.all("payment_intent", account):
            fee = fees.get(intent["latest_charge"])
            session = store.get("checkout.session", intent["_session"])
            found.append(
                Entry(
                    intent=intent["id"],
                    account=store.account_of(intent["id"]),
                    currency=intent["currency"],
                    status=intent["status"],
                    reference=session["client_reference_id"] if session else None,
                    authorised=intent["amount"] if intent["latest_charge"] else 0,
                    held=intent["amount_capturable"],
                    captured=intent["amount_received"],
                    released=intent["_released"],
                    refunded=sent.get(intent["id"], 0),
                    disputed=intent["_disputed"],
                    fee=fee["amount"] if fee else 0,
                    fee_refunded=fee["amount_refunded"] if fee else 0,
                )
            )
        return found


def sums(found: Iterable[Entry]) -> dict[str, dict[str, int]]:
    """Account -> its sums in cents."""
    total: dict[str, dict[str, int]] = {}
    for entry in found:
        of = total.setdefault(entry.account, dict.fromkeys((*SUMS, "kept"), 0))
        for name in (*SUMS, "kept"):
            of[name] += getattr(entry, name)
    return total


def as_json(store: Store, account: str | None = None) -> dict[str, object]:
    """The books for the control door."""
    found = entries(store, account)
    return {
        "payments": [asdict(entry) | {"kept": entry.kept} for entry in found],
        "accounts": sums(found),
    }
