"""PaymentIntents and their charges: authorised, captured once, cancelled, expired.

Amounts are whole cents. The money rules stand here alone: captured <= authorised, once; what is not
captured goes back to the shopper, which Stripe reports as a refund on the charge.
"""

from typing import Any

from marketplace.workbench.provider import events, refunds
from marketplace.workbench.provider.calls import Call
from marketplace.workbench.provider.refusals import Refusal, no_such, wrong_parameter, wrong_state
from marketplace.workbench.provider.store import Store, Thing, new_id

#: How long a card authorisation holds, in seconds.
AUTHORISED_FOR = 7 * 24 * 3600
#: May be cancelled directly although a Checkout Session made it.
CANCELLABLE = {"requires_capture"}


def make(store: Store, account: str, session: Thing) -> Thing:
    """The intent that a session opens when the shopper first tries to pay."""
    plan = session["_plan"]
    intent: Thing = {
        "id": new_id("pi"),
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": plan["fee"],
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "manual" if plan["manual"] else "automatic_async",
        "client_secret": new_id("secret"),
        "confirmation_method": "automatic",
        "created": store.now(),
        "currency": session["currency"],
        "customer": None,
        "description": plan["description"],
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": plan["metadata"],
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": _options(plan),
        "payment_method_types": list(session["payment_method_types"]),
        "processing": None,
        "receipt_email": plan["email"],
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": plan["descriptor"],
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": plan["group"],
        "_session": session["id"],
        "_manual": plan["manual"] or plan["manual_card"],
        "_released": 0,
        "_disputed": 0,
    }
    store.add(intent, account)
    events.emit(store, "payment_intent.created", intent, account)
    return intent


def _options(plan: dict[str, Any]) -> dict[str, Any]:
    card: dict[str, Any] = {"request_three_d_secure": "automatic"}
    if plan["manual_card"]:
        card["capture_method"] = "manual"
    return {"card": card}


# --- what the shopper does ------------------------------------------------------------------------


def charge(store: Store, account: str, intent: Thing, method: str, *, captured: bool) -> Thing:
    """A charge on the intent: paid at once, or held for a later capture."""
    now = store.now()
    details: dict[str, Any] = {"type": method, method: {}}
    if method == "card":
        details["card"] = {
            "amount_authorized": intent["amount"],
            "brand": "visa",
            "country": "DE",
            "exp_month": 12,
            "exp_year": 2034,
            "funding": "credit",
            "last4": "4242",
            "network": "visa",
            "wallet": None,
        }
        if not captured:
            details["card"]["capture_before"] = now + AUTHORISED_FOR
    found: Thing = {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": intent["application_fee_amount"],
        "balance_transaction": None,
        "billing_details": {
            "address": None,
            "email": intent["receipt_email"],
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "captured": False,
        "created": now,
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": None,
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": details,
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }
    store.add(found, account)
    intent["latest_charge"] = found["id"]
    events.emit(store, "charge.succeeded", found, account)
    return found


def authorise(store: Store, account: str, intent: Thing, method: str = "card") -> None:
    """The shopper's bank said yes: hold the money, or take it where nothing is to be held."""
    manual = intent["_manual"] and method == "card"
    _accepted(intent, method)
    held = charge(store, account, intent, method, captured=not manual)
    if not manual:
        take(store, account, intent, held, intent["amount"])
        return
    intent["status"] = "requires_capture"
    intent["amount_capturable"] = intent["amount"]
    store.save(intent)
    before = held["payment_method_details"]["card"]["capture_before"]
    store.plan(before, "authorisation", intent["id"], account)
    events.emit(store, "payment_intent.amount_capturable_updated", intent, account)


def process(store: Store, account: str, intent: Thing) -> None:
    """A method that answers later (SEPA): under way, nothing sure yet."""
    _accepted(intent, "sepa_debit")
    intent["status"] = "processing"
    store.save(intent)
    events.emit(store, "payment_intent.processing", intent, account)


def fail(store: Store, account: str, intent: Thing, code: str, message: str) -> None:
    """Declined, or not authenticated: the shopper may try again while the session is open."""
    kind = "card_error" if code != "payment_intent_payment_attempt_failed" else "api_error"
    error: dict[str, Any] = {"type": kind, "code": code, "message": message}
    if code == "card_declined":
        error["decline_code"] = "generic_decline"
    intent |= {
        "status": "requires_payment_method",
        "last_payment_error": error,
        "next_action": None,
        "payment_method": None,
    }
    store.save(intent)
    events.emit(store, "payment_intent.payment_failed", intent, account)


def ask(store: Store, account: str, intent: Thing, url: str) -> None:
    """The bank wants to see the shopper (3-D Secure)."""
    intent["status"] = "requires_action"
    intent["next_action"] = {
        "type": "redirect_to_url",
        "redirect_to_url": {"url": url, "return_url": None},
    }
    store.save(intent)
    events.emit(store, "payment_intent.requires_action", intent, account)


def _accepted(intent: Thing, method: str) -> None:
    intent |= {
        "payment_method": new_id("pm"),
        "next_action": None,
        "last_payment_error": None,
        "_method": method,
    }


# --- what the shop does ---------------------------------------------------------------------------


def find(store: Store, key: str, account: str) -> Thing:
    found = store.get("payment_intent", key, account)
    if found is None:
        raise no_such("payment_intent", key, "intent")
    return found


def retrieve(call: Call) -> Thing:
    return find(call.store, call.args["intent"], call.account)


def capture(call: Call) -> Thing:
    """Take the held money, whole or in part, once; the rest goes back to the shopper."""
    store, account = call.store, call.account
    intent = find(store, call.args["intent"], account)
    if intent["status"] != "requires_capture":
        raise wrong_state("PaymentIntent", intent, "captured")
    amount = call.whole("amount_to_capture")
    if amount is None:
        amount = intent["amount_capturable"]
    if amount < 1:
        raise wrong_parameter("This value must be greater than or equal to 1.", "amount_to_capture")
    if amount > intent["amount_capturable"]:
        raise Refusal(
            f"The amount_to_capture of {amount} is greater than the PaymentIntent's amount "
            f"capturable of {intent['amount_capturable']}.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    fee = call.whole("application_fee_amount")
    if fee is not None:
        if fee > amount:
            raise Refusal(
                "The application fee cannot be greater than the amount captured.",
                param="application_fee_amount",
            )
        intent["application_fee_amount"] = fee
    intent["metadata"] |= call.metadata("metadata")
    held = store.known("charge", intent["latest_charge"], account)
    take(store, account, intent, held, amount)
    return intent


def take(store: Store, account: str, intent: Thing, held: Thing, amount: int) -> None:
    """Book the capture: intent, charge, fee, and the release of what was not taken."""
    rest = intent["amount"] - amount
    intent |= {
        "status": "succeeded",
        "amount_capturable": 0,
        "amount_received": amount,
        "processing": None,
        "_released": rest,
    }
    held |= {
        "captured": True,
        "amount_captured": amount,
        "balance_transaction": new_id("txn"),
    }
    if intent["application_fee_amount"]:
        # capped at what was captured, as Stripe's reference says
        fee = min(intent["application_fee_amount"], amount)
        intent["application_fee_amount"] = held["application_fee_amount"] = fee
        held["application_fee"] = _fee(store, account, held, fee)["id"]
    store.save(intent)
    store.save(held)
    session = store.get("checkout.session", intent["_session"], account)
    if session is not None and session["status"] == "complete":
        store.save(session | {"payment_status": "paid"})
    if rest:
        refunds.release(store, account, intent, held, rest)
    events.emit(store, "charge.captured", held, account)
    events.emit(store, "payment_intent.succeeded", intent, account)


def _fee(store: Store, account: str, held: Thing, amount: int) -> Thing:
    key = new_id("fee")
    return store.add(
        {
            "id": key,
            "object": "application_fee",
            "account": account,
            "amount": amount,
            "amount_refunded": 0,
            "application": "ca_stand_in",
            "balance_transaction": new_id("txn"),
            "charge": held["id"],
            "created": store.now(),
            "currency": held["currency"],
            "livemode": False,
            "originating_transaction": None,
            "refunded": False,
            "refunds": {
                "object": "list",
                "data": [],
                "has_more": False,
                "url": f"/v1/application_fees/{key}/refunds",
            },
        },
        account,
    )


def cancel(call: Call) -> Thing:
    """Let go of what is held. Before that, a session's intent ends with its session only."""
    intent = find(call.store, call.args["intent"], call.account)
    if intent["status"] in {"succeeded", "canceled"}:
        raise wrong_state("PaymentIntent", intent, "canceled")
    if intent["status"] not in CANCELLABLE:
        raise Refusal(
            "You cannot cancel the PaymentIntent of a Checkout Session in this status. Expire the "
            "Checkout Session instead.",
            code="payment_intent_unexpected_state",
        )
    stop(call.store, call.account, intent, call.text("cancellation_reason"))
    return intent


def stop(store: Store, account: str, intent: Thing, reason: str | None) -> None:
    """Cancelled: by the shop, with its session, or because the authorisation ran out."""
    held = intent["amount_capturable"]
    intent |= {
        "status": "canceled",
        "canceled_at": store.now(),
        "cancellation_reason": reason,
        "amount_capturable": 0,
        "next_action": None,
    }
    intent["_released"] += held
    store.save(intent)
    if held:
        on = store.known("charge", intent["latest_charge"], account)
        refunds.release(store, account, intent, on, held)
    events.emit(store, "payment_intent.canceled", intent, account)


def lapse(store: Store, account: str, key: str) -> None:
    """The authorisation ran out before anybody captured."""
    intent = find(store, key, account)
    if intent["status"] == "requires_capture":
        stop(store, account, intent, "automatic")


def charge_of(call: Call) -> Thing:
    found = call.store.get("charge", call.args["charge"], call.account)
    if found is None:
        raise no_such("charge", call.args["charge"], "charge")
    return found
