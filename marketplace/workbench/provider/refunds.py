"""Money back, bounded by what was captured; and what goes back because nobody captured it."""

from typing import Any

from marketplace.workbench.provider import events
from marketplace.workbench.provider.calls import Call
from marketplace.workbench.provider.refusals import Refusal, missing_parameter, no_such
from marketplace.workbench.provider.store import Store, Thing, new_id


def create(call: Call) -> Thing:
    """Refund a charge, whole or in part, never more than is left of it."""
    store, account = call.store, call.account
    charge = _charge(call)
    if not charge["captured"]:
        raise Refusal(
            "This charge has not been captured; cancel its PaymentIntent to release the funds.",
            code="charge_not_captured",
        )
    left = charge["amount"] - charge["amount_refunded"]
    if left <= 0:
        raise Refusal(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if store.known("payment_intent", charge["payment_intent"])["_disputed"]:
        raise Refusal(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    amount = call.whole("amount")
    if amount is None:
        amount = left
    if amount < 1:
        raise Refusal("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise Refusal(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
            param="amount",
        )
    refund = _new(store, account, charge, amount)
    later = charge["payment_method_details"]["type"] != "card"
    refund |= {
        "metadata": call.metadata("metadata"),
        "reason": call.text("reason"),
        "status": "pending" if later else "succeeded",
    }
    refund["_fee"] = _give_fee_back(
        store, charge, amount, asked=call.flag("refund_application_fee")
    )
    store.add(refund, account)
    _book(store, account, charge, amount)
    events.emit(store, "refund.created", refund, account, asked=(call.request_id, call.key))
    events.emit(store, "charge.refunded", charge, account)
    if later:
        store.plan(store.clock() + 5, "refund", refund["id"], account)
    else:
        events.emit(store, "refund.updated", refund, account)
    return refund


def release(store: Store, account: str, intent: Thing, charge: Thing, amount: int) -> None:
    """What was held and never captured goes back. Stripe shows it as a refund on the charge."""
    refund = _new(store, account, charge, amount) | {"_release": True}
    store.add(refund, account)
    _book(store, account, charge, amount)
    events.emit(store, "refund.created", refund, account)
    events.emit(store, "charge.refunded", charge, account)


def retrieve(call: Call) -> Thing:
    return find(call.store, call.args["refund"], call.account)


def find(store: Store, key: str, account: str | None) -> Thing:
    found = store.get("refund", key, account)
    if found is None:
        raise no_such("refund", key)
    return found


def settle(store: Store, account: str, key: str) -> None:
    """A refund that took its time has arrived."""
    refund = find(store, key, account)
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        store.save(refund)
        events.emit(store, "refund.updated", refund, account, before={"status": "pending"})


def fail(store: Store, key: str, reason: str = "expired_or_canceled_card") -> Thing:
    """The shopper's bank sent the money back: it lies with the shop again."""
    account = store.account_of(key)
    refund = find(store, key, account)
    if refund["status"] in {"failed", "canceled"}:
        return refund
    before = {"status": refund["status"]}
    refund |= {
        "status": "failed",
        "failure_reason": reason,
        "failure_balance_transaction": new_id("txn"),
    }
    store.save(refund)
    charge = store.known("charge", refund["charge"], account)
    _book(store, account, charge, -refund["amount"])
    _take_fee_again(store, charge, refund["_fee"])
    events.emit(store, "refund.failed", refund, account, before=before)
    events.emit(store, "refund.updated", refund, account, before=before)
    return refund


def _charge(call: Call) -> Thing:
    key: str | None = call.text("charge")
    intent_key = call.text("payment_intent")
    if intent_key is not None:
        intent = call.store.get("payment_intent", intent_key, call.account)
        if intent is None:
            raise no_such("payment_intent", intent_key, "payment_intent")
        key = intent["latest_charge"]
        if key is None:
            raise Refusal(
                f"This PaymentIntent ({intent_key}) does not have a successful charge to refund."
            )
    if key is None:
        raise missing_parameter("payment_intent")
    found = call.store.get("charge", key, call.account)
    if found is None:
        raise no_such("charge", key, "charge")
    return found


def _new(store: Store, account: str, charge: Thing, amount: int) -> dict[str, Any]:
    del account
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": new_id("txn"),
        "charge": charge["id"],
        "created": store.now(),
        "currency": charge["currency"],
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
        "_release": False,
        "_fee": 0,
    }


def _book(store: Store, account: str, charge: Thing, amount: int) -> None:
    del account
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] >= charge["amount"]
    store.save(charge)


def _give_fee_back(store: Store, charge: Thing, amount: int, *, asked: bool) -> int:
    """The operator's fee in proportion, whole cents, never more than is left of it."""
    fee = store.get("application_fee", charge["application_fee"] or "")
    if fee is None or not asked:
        return 0
    left = fee["amount"] - fee["amount_refunded"]
    given = left if amount >= charge["amount"] - charge["amount_refunded"] else 0
    given = given or min(left, fee["amount"] * amount // charge["amount_captured"])
    fee["amount_refunded"] += given
    fee["refunded"] = fee["amount_refunded"] >= fee["amount"]
    store.save(fee)
    return given


def _take_fee_again(store: Store, charge: Thing, amount: int) -> None:
    fee = store.get("application_fee", charge["application_fee"] or "")
    if fee is not None and amount:
        fee["amount_refunded"] -= amount
        fee["refunded"] = False
        store.save(fee)
