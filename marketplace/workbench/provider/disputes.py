"""Disputes: the shopper's bank takes the money back first and asks afterwards."""

from typing import Any

from marketplace.workbench.provider import events
from marketplace.workbench.provider.calls import Call
from marketplace.workbench.provider.refusals import Refusal, no_such
from marketplace.workbench.provider.store import Store, Thing, new_id

_EVIDENCE = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
]
#: Days to answer a dispute.
DAYS = 14


def retrieve(call: Call) -> Thing:
    found = call.store.get("dispute", call.args["dispute"], call.account)
    if found is None:
        raise no_such("dispute", call.args["dispute"], "dispute")
    return found


def start(
    store: Store, intent_key: str, reason: str = "product_not_received", *, inquiry: bool = False
) -> Thing:
    """Open a dispute over what is left of a captured payment.

    An inquiry asks first: no money moves, and a refund is still possible.
    """
    account = store.account_of(intent_key)
    intent = store.get("payment_intent", intent_key, account)
    charge = store.get("charge", (intent or {}).get("latest_charge") or "", account)
    if intent is None or charge is None or not charge["captured"]:
        raise Refusal("Only a captured payment can be disputed.")
    if charge["disputed"]:
        raise Refusal("There is a dispute over this payment already.")
    amount = charge["amount"] - charge["amount_refunded"]
    dispute: dict[str, Any] = {
        "id": new_id("dp"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": store.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": store.now() + DAYS * 24 * 3600,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": intent_key,
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    store.add(dispute, account)
    charge["disputed"] = True
    store.save(charge)
    intent["_disputed"] = 0 if inquiry else amount
    store.save(intent)
    events.emit(store, "charge.dispute.created", dispute, account)
    return dispute


def finish(store: Store, key: str, *, won: bool) -> Thing:
    """The bank has decided. Won: the shop has its money again. An inquiry just ends."""
    account = store.account_of(key)
    dispute = store.get("dispute", key, account)
    if dispute is None or not dispute["status"].endswith("needs_response"):
        raise Refusal("This dispute is not open.")
    before = {"status": dispute["status"]}
    inquiry = dispute["status"] == "warning_needs_response"
    dispute["status"] = "warning_closed" if inquiry else "won" if won else "lost"
    store.save(dispute)
    if won:
        intent = store.known("payment_intent", dispute["payment_intent"], account)
        intent["_disputed"] = 0
        store.save(intent)
    events.emit(store, "charge.dispute.closed", dispute, account, before=before)
    return dispute
