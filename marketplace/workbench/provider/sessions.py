"""Hosted Checkout Sessions: opened by the shop, paid once by the shopper, or expired."""

from typing import Any
from urllib.parse import urlsplit

from marketplace.workbench.provider import accounts, events, intents
from marketplace.workbench.provider.calls import Call, look
from marketplace.workbench.provider.refusals import (
    Refusal,
    missing_parameter,
    no_such,
    not_whole,
    wrong_parameter,
)
from marketplace.workbench.provider.store import Store, Thing, new_id

HALF_HOUR, DAY = 30 * 60, 24 * 3600
#: Stripe charges no less and no more than this, in cents.
LEAST, MOST = 50, 99_999_999
#: What a session offers when the shop names nothing.
METHODS = ("card", "sepa_debit")
#: Seconds of the stand-in's clock until a direct debit has an answer.
LATER = 8


def create(call: Call) -> Thing:
    """A page on which one shopper can pay once, on the account of the call."""
    store = call.store
    accounts.must_charge(store, call.account)
    if call.needed("mode") != "payment":
        raise wrong_parameter("The stand-in knows mode=payment only.", "mode")
    ui = call.text("ui_mode") or "hosted_page"
    if ui != "hosted_page":
        raise wrong_parameter("The stand-in knows ui_mode=hosted_page only.", "ui_mode")
    subtotal, currency = _sum(call)
    fee = call.whole("payment_intent_data", "application_fee_amount")
    if fee is not None and not 0 <= fee <= subtotal:
        raise Refusal(
            "The application fee cannot be negative or greater than the amount.",
            param="payment_intent_data[application_fee_amount]",
        )
    now = store.now()
    methods = call.items("allowed_payment_method_types") or call.items("payment_method_types")
    methods = [str(method) for method in methods] or list(METHODS)
    manual = call.text("payment_intent_data", "capture_method") == "manual"
    key = new_id("cs_test")
    session: Thing = _empty() | {
        "id": key,
        "allowed_payment_method_types": methods,
        "payment_method_types": methods,
        "amount_subtotal": subtotal,
        "amount_total": subtotal,
        "cancel_url": _address(call, "cancel_url"),
        "client_reference_id": call.text("client_reference_id"),
        "created": now,
        "currency": currency,
        "customer_email": call.text("customer_email"),
        "expires_at": _end(call, now),
        "locale": call.text("locale"),
        "metadata": call.metadata("metadata"),
        "payment_method_options": _options(call),
        "submit_type": call.text("submit_type"),
        "success_url": _address(call, "success_url"),
        "url": f"{call.base}/c/pay/{key}",
        "_plan": {
            "fee": fee,
            "manual": manual,
            "manual_card": call.text("payment_method_options", "card", "capture_method")
            == "manual",
            "description": call.text("payment_intent_data", "description"),
            "metadata": call.metadata("payment_intent_data", "metadata"),
            "email": call.text("payment_intent_data", "receipt_email"),
            "descriptor": call.text("payment_intent_data", "statement_descriptor_suffix"),
            "group": call.text("payment_intent_data", "transfer_group"),
        },
        "_lines": [_title(item) for item in call.items("line_items")],
        "_later": None,
    }
    if manual:
        # SEPA and the like cannot hold money: a session that captures by hand offers none of them.
        session["payment_method_types"] = [each for each in methods if each == "card"] or ["card"]
    if session["success_url"] is None:
        raise missing_parameter("success_url")
    store.add(session, call.account)
    store.plan(session["expires_at"], "session", key, call.account)
    return session


def _sum(call: Call) -> tuple[int, str]:
    """The total in cents and its currency."""
    lines = call.items("line_items")
    if not lines:
        raise missing_parameter("line_items")
    total, currencies = 0, set()
    for i, line in enumerate(lines):
        price = look(line, "price_data")
        if not isinstance(price, dict):
            raise missing_parameter(f"line_items[{i}][price_data]")
        amount, count = str(price.get("unit_amount", "")), str(line.get("quantity", "1"))
        for name, found in (("price_data][unit_amount", amount), ("quantity", count)):
            if not (found.isascii() and found.isdigit()):
                raise not_whole(f"line_items[{i}][{name}]", found)
        if not look(price, "product_data", "name"):
            raise missing_parameter(f"line_items[{i}][price_data][product_data][name]")
        total += int(amount) * int(count)
        currencies.add(str(price.get("currency", "")))
    if len(currencies) != 1:
        raise Refusal("All prices of a session must have the same currency.", param="line_items")
    currency = currencies.pop()
    if total < LEAST:
        raise Refusal(
            f"The Checkout Session's total amount must be at least {LEAST} cents.",
            code="amount_too_small",
        )
    if total > MOST:
        raise Refusal("Amount must be no more than €999,999.99.", code="amount_too_large")
    return total, currency


def _title(line: dict[str, Any]) -> dict[str, str]:
    return {
        "name": str(look(line, "price_data", "product_data", "name")),
        "count": str(line.get("quantity", "1")),
        "cents": str(look(line, "price_data", "unit_amount")),
    }


def _end(call: Call, now: int) -> int:
    expires = call.whole("expires_at")
    if expires is None:
        return now + DAY
    if expires < now + HALF_HOUR:
        raise wrong_parameter(
            "The `expires_at` timestamp must be at least 30 minutes from the creation.",
            "expires_at",
        )
    if expires > now + DAY:
        raise wrong_parameter(
            "The `expires_at` timestamp must be less than 24 hours from the creation.",
            "expires_at",
        )
    return expires


def _address(call: Call, name: str) -> str | None:
    found = call.text(name)
    # SECURITY: the page redirects there, so nothing but a web address
    if found is not None and urlsplit(found).scheme not in {"http", "https"}:
        raise wrong_parameter("Not a valid URL", name, "url_invalid")
    return found


def _options(call: Call) -> dict[str, Any]:
    card = {"request_three_d_secure": "automatic"}
    if call.text("payment_method_options", "card", "capture_method"):
        card["capture_method"] = call.needed("payment_method_options", "card", "capture_method")
    return {"card": card}


def _empty() -> dict[str, Any]:
    return {
        "object": "checkout.session",
        "after_expiration": None,
        "allow_promotion_codes": None,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "consent": None,
        "consent_collection": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": None,
        "customer_creation": "if_required",
        "customer_details": None,
        "invoice": None,
        "livemode": False,
        "mode": "payment",
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "subscription": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
    }


def find(store: Store, key: str, account: str | None) -> Thing:
    found = store.get("checkout.session", key, account)
    if found is None:
        raise no_such("checkout.session", key, "session")
    return found


def retrieve(call: Call) -> Thing:
    return find(call.store, call.args["session"], call.account)


def expire(call: Call) -> Thing:
    """Close the payment path. Only an open session can be; a paid one says so."""
    session = find(call.store, call.args["session"], call.account)
    if session["status"] != "open":
        raise Refusal(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session['status']}.",
            code="resource_missing" if session["status"] == "gone" else None,
        )
    return close(call.store, session)


def close(store: Store, session: Thing) -> Thing:
    """Expired: nobody can pay here any more."""
    account = store.account_of(session["id"])
    session |= {"status": "expired", "url": None, "_later": None}
    store.save(session)
    if session["payment_intent"]:
        intent = intents.find(store, session["payment_intent"], account)
        intents.stop(store, account, intent, None)
    events.emit(store, "checkout.session.expired", session, account)
    return session


# --- what the shopper does on the hosted page -----------------------------------------------------

#: What can be chosen there, and what it means.
OUTCOMES = ("ok", "decline", "secure", "later_ok", "later_fail", "last_second")


def choose(store: Store, key: str, outcome: str, base: str = "") -> Thing:
    """The shopper presses the button. An open session is paid once; any other is left as it is."""
    session = find(store, key, None)
    account = store.account_of(key)
    # RACE: two tabs come here one after the other, and only the first finds the session open
    if session["status"] != "open":
        return session
    if outcome == "last_second":
        session["_later"] = "last_second"
        store.save(session)
        return session
    intent = _intent(store, account, session)
    if outcome == "ok":
        intents.authorise(store, account, intent)
        return _complete(store, account, session, intent)
    if outcome in {"later_ok", "later_fail"}:
        if "sepa_debit" not in session["payment_method_types"]:
            raise wrong_parameter("This session offers no direct debit.", "outcome")
        intents.process(store, account, intent)
        store.plan(store.clock() + LATER, outcome, key, account)
        return _complete(store, account, session, intent)
    if outcome == "secure":
        intents.ask(store, account, intent, f"{base}/c/pay/{key}/3ds")
    elif outcome in {"decline", "secure_fail"}:
        code = "card_declined" if outcome == "decline" else "authentication_required"
        told = "declined" if outcome == "decline" else "not authenticated"
        intents.fail(store, account, intent, code, f"Your card was {told}.")
    elif outcome == "secure_ok":
        if intent["status"] == "requires_action":
            intents.authorise(store, account, intent)
            return _complete(store, account, session, intent)
    else:
        raise wrong_parameter(f"Unknown outcome: {outcome}", "outcome")
    return session


def _intent(store: Store, account: str, session: Thing) -> Thing:
    if session["payment_intent"]:
        return intents.find(store, session["payment_intent"], account)
    intent = intents.make(store, account, session)
    session["payment_intent"] = intent["id"]
    store.save(session)
    return intent


def _complete(store: Store, account: str, session: Thing, intent: Thing) -> Thing:
    # A held amount is "unpaid" to a session until somebody captures it.
    paid = intent["status"] == "succeeded"
    session |= {
        "status": "complete",
        "payment_status": "paid" if paid else "unpaid",
        "url": None,
        "_later": None,
        "customer_details": {
            "address": None,
            "business_name": None,
            "email": session["customer_email"] or "kundin@example.org",
            "individual_name": None,
            "name": "Erika Mustermann",
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    }
    store.save(session)
    events.emit(store, "checkout.session.completed", session, account)
    return session


def answer_later(store: Store, account: str, key: str, *, good: bool) -> None:
    """The direct debit has come through, or come back."""
    session = find(store, key, account)
    intent = intents.find(store, session["payment_intent"], account)
    if intent["status"] != "processing":
        return
    if good:
        intents.authorise(store, account, intent, "sepa_debit")
        session["payment_status"] = "paid"
        store.save(session)
        events.emit(store, "checkout.session.async_payment_succeeded", session, account)
    else:
        told = "The customer's bank account could not be debited."
        intents.fail(store, account, intent, "payment_intent_payment_attempt_failed", told)
        events.emit(store, "checkout.session.async_payment_failed", session, account)


def end(store: Store, account: str, key: str) -> None:
    """Its time is over: paid in the last second if the shopper chose so, else expired."""
    session = find(store, key, account)
    if session["status"] != "open":
        return
    if session["_later"] == "last_second":
        choose(store, key, "ok")
    else:
        close(store, session)
