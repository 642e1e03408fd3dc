"""Connected accounts: what a shop has at Stripe, and what is still missing."""

from typing import Any

from marketplace.workbench.provider import events
from marketplace.workbench.provider.calls import Call
from marketplace.workbench.provider.refusals import Refusal, no_account, wrong_parameter
from marketplace.workbench.provider.store import Store, Thing, new_id

#: What a new account still owes, as Stripe names it.
DUE = [
    "business_profile.url",
    "company.tax_id",
    "external_account",
    "representative.first_name",
    "representative.last_name",
    "tos_acceptance.date",
    "tos_acceptance.ip",
]
#: How an onboarding can end: what is due afterwards, what is being checked, why it is disabled.
OUTCOMES: dict[str, tuple[list[str], list[str], str | None]] = {
    "complete": ([], [], None),
    "incomplete": (["external_account", "company.tax_id"], [], "requirements.past_due"),
    "pending": ([], ["company.verification.document"], "requirements.pending_verification"),
    "rejected": ([], [], "rejected.other"),
}
#: Minutes an onboarding link lives.
LINK = 5


def create(call: Call) -> Thing:
    """A new connected account. It takes no money before its onboarding is through."""
    country = call.text("country") or "DE"
    asked = {
        name
        for name in ("card_payments", "transfers", "sepa_debit_payments")
        if call.flag("capabilities", name, "requested")
    }
    controlled = call.params.get("controller") or {}
    account: Thing = {
        "id": new_id("acct"),
        "object": "account",
        "business_profile": _profile(call),
        "business_type": call.text("business_type"),
        "capabilities": dict.fromkeys(asked, "inactive"),
        "charges_enabled": False,
        "controller": {
            "type": "application",
            "is_controller": True,
            "fees": {"payer": "account" if not controlled else _payer(call)},
            "losses": {"payments": call.text("controller", "losses", "payments") or "stripe"},
            "requirement_collection": call.text("controller", "requirement_collection") or "stripe",
            "stripe_dashboard": {
                "type": call.text("controller", "stripe_dashboard", "type") or "full"
            },
        },
        "country": country,
        "created": call.store.now(),
        "default_currency": "eur",
        "details_submitted": False,
        "email": call.text("email"),
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": "/v1/accounts/external_accounts",
        },
        "future_requirements": _requirements([], [], None),
        "metadata": call.metadata("metadata"),
        "payouts_enabled": False,
        "requirements": _requirements(list(DUE), [], "requirements.past_due"),
        "settings": _settings(),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": call.text("type") or ("none" if controlled else "standard"),
        "_token": new_id("setup"),
        "_link": None,
    }
    account["external_accounts"]["url"] = f"/v1/accounts/{account['id']}/external_accounts"
    return call.store.add(account, account["id"])


def retrieve(call: Call) -> Thing:
    return find(call.store, call.args.get("account") or call.account)


def find(store: Store, key: str) -> Thing:
    """The account. An unknown one answers 403, as Stripe does, not 404."""
    found = store.get("account", key)
    if found is None:
        raise no_account(key)
    return found


def link(call: Call) -> Thing:
    """A page on which the shop fills in what is missing. Works once, and for a few minutes."""
    account = find(call.store, call.needed("account"))
    kind = call.needed("type")
    if kind not in {"account_onboarding", "account_update"}:
        raise wrong_parameter(f"Invalid type: {kind}", "type")
    expires = call.store.now() + LINK * 60
    account["_token"] = new_id("setup")
    account["_link"] = {
        "return": call.needed("return_url"),
        "refresh": call.needed("refresh_url"),
        "expires": expires,
    }
    call.store.save(account)
    return {
        "object": "account_link",
        "created": call.store.now(),
        "expires_at": expires,
        "url": f"{call.base}/setup/{account['id']}/{account['_token']}",
    }


def onboard(store: Store, key: str, outcome: str) -> Thing:
    """The shop has filled in the form; Stripe has made up its mind."""
    account = find(store, key)
    due, checking, disabled = OUTCOMES[outcome]
    before = {name: account[name] for name in ("charges_enabled", "details_submitted")}
    good = outcome == "complete"
    account |= {
        "details_submitted": outcome != "incomplete",
        "charges_enabled": good,
        "payouts_enabled": good,
        "requirements": _requirements(list(due), list(checking), disabled),
        "capabilities": dict.fromkeys(
            account["capabilities"],
            "active" if good else "pending" if outcome == "pending" else "inactive",
        ),
        "_link": None,
    }
    account["tos_acceptance"]["date"] = store.now() if outcome != "incomplete" else None
    store.save(account)
    events.emit(store, "account.updated", account, key, before=before)
    return account


def must_charge(store: Store, key: str) -> Thing:
    """The account, if it may take money."""
    account = find(store, key)
    if not account["charges_enabled"]:
        raise Refusal(
            "Your account cannot currently make charges. Complete your account's onboarding first.",
            code="account_invalid",
        )
    return account


def _payer(call: Call) -> str:
    return call.text("controller", "fees", "payer") or "account"


def _profile(call: Call) -> dict[str, Any]:
    names = ("mcc", "name", "product_description", "support_email", "support_phone", "url")
    return {name: call.text("business_profile", name) for name in names} | {
        "support_address": None,
        "support_url": None,
    }


def _requirements(due: list[str], checking: list[str], disabled: str | None) -> dict[str, Any]:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": disabled,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": checking,
    }


def _settings() -> dict[str, Any]:
    return {
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_payments": {
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": None, "timezone": "Europe/Berlin"},
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
        },
    }
