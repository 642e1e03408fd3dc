"""The pages a person sees: the hosted checkout with its outcomes, and a shop's onboarding."""

import hmac
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

from django.template import Context, Engine

from marketplace.workbench.provider import accounts, due, sessions
from marketplace.workbench.provider.api import Answer, Asked
from marketplace.workbench.provider.refusals import Refusal
from marketplace.workbench.provider.store import Store, Thing

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
STYLE = Path(__file__).with_name("pages.css")
#: No scripts and nothing from elsewhere. No form-action: Chrome holds redirects to it, and this
#: page's form ends on the shop's own address.
POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
#: Buttons of the bank's page, and what they mean.
AT_THE_BANK = ("secure_ok", "secure_fail", "secure_left")


class Pages:
    """Answers what a browser asks. Every POST ends in a redirect."""

    def __init__(self, store: Store, base: Callable[[], str]) -> None:
        self.store = store
        self._base = base

    def answer(self, asked: Asked) -> Answer | None:
        """A page; None for an address that is none."""
        path = asked.target.partition("?")[0]
        parts = path.strip("/").split("/")
        if parts == ["pages.css"]:
            return Answer(200, STYLE.read_bytes(), {"Content-Type": "text/css; charset=utf-8"})
        due.run(self.store)
        form = {
            name: values[-1]
            for name, values in parse_qs(asked.body.decode(errors="replace")).items()
        }
        outcome = form.get("outcome") if asked.method == "POST" else None
        try:
            if parts[:2] == ["c", "pay"] and len(parts) in {3, 4}:
                return self._pay(parts[2], outcome, bank=parts[3:] == ["3ds"])
            if parts[0] == "setup" and len(parts) == 3:
                return self._setup(parts[1], parts[2], outcome)
        except Refusal:
            return _page({"gone": True}, status=404)
        return None

    def _pay(self, key: str, outcome: str | None, *, bank: bool) -> Answer:
        session = sessions.find(self.store, key, None)
        here = f"/c/pay/{key}"
        if outcome is None:
            return _page(self._shown(session, bank=bank))
        if outcome == "back":
            return _redirect(session["cancel_url"] or here)
        if outcome == "secure_left":
            return _redirect(here)
        if outcome not in (*sessions.OUTCOMES, *AT_THE_BANK):
            return _redirect(here)
        with self.store.transaction():
            # RACE: asked again inside, or two tabs both believe that they were the one that paid
            was_open = sessions.find(self.store, key, None)["status"] == "open"
            session = sessions.choose(self.store, key, outcome, self._base())
        if was_open and session["status"] == "complete":
            return _redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", key))
        return _redirect(f"{here}/3ds" if outcome == "secure" else here)

    def _shown(self, session: Thing, *, bank: bool) -> dict[str, object]:
        intent = self.store.get("payment_intent", session["payment_intent"] or "") or {}
        shop = accounts.find(self.store, self.store.account_of(session["id"]))
        options = session["payment_method_options"]["card"]
        open_now = session["status"] == "open"
        at_bank = open_now and bank and intent.get("status") == "requires_action"
        return {
            "bank": at_bank,
            "pay": open_now and not at_bank,
            "paid": session["status"] == "complete",
            "expired": session["status"] == "expired",
            "shop": shop["business_profile"]["name"] or shop["id"],
            "amount": euros(session["amount_total"], session["currency"]),
            "lines": [{"name": line["name"], "count": line["count"]} for line in session["_lines"]],
            "held": session["_plan"]["manual"] or "capture_method" in options,
            "later": "sepa_debit" in session["payment_method_types"],
            "declined": open_now and bool(intent.get("last_payment_error")),
            "unproven": open_now and intent.get("status") == "requires_action",
            "last_second": session["_later"] == "last_second",
            "here": f"/c/pay/{session['id']}",
            "back": session["cancel_url"] or "",
            "on": (session["success_url"] or "").replace("{CHECKOUT_SESSION_ID}", session["id"]),
        }

    def _setup(self, key: str, token: str, outcome: str | None) -> Answer:
        account = accounts.find(self.store, key)
        link = account["_link"]
        # SECURITY: a link works once; the token is compared in constant time
        if link is None or not hmac.compare_digest(account["_token"], token):
            return _page({"gone": True}, status=404)
        if link["expires"] < self.store.now() or outcome == "expired":
            return _redirect(link["refresh"])
        if outcome is None:
            return _page(
                {
                    "setup": True,
                    "shop": account["business_profile"]["name"] or key,
                    "due": [str(each) for each in account["requirements"]["currently_due"]],
                }
            )
        if outcome in accounts.OUTCOMES:
            with self.store.transaction():
                accounts.onboard(self.store, key, outcome)
        return _redirect(link["return"])


def euros(cents: int, currency: str) -> str:
    """1250, "eur" as "12,50 EUR"."""
    return f"{cents // 100},{cents % 100:02d} {currency.upper()}"


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(TEMPLATES)])


def _page(values: dict[str, object], status: int = 200) -> Answer:
    template = _engine().get_template("workbench/provider.html")
    # Without Django's settings: text goes in as text, so nothing is to be localised.
    body = template.render(Context(values, use_l10n=False, use_tz=False))
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return Answer(status, body.encode(), headers)


def _redirect(target: str) -> Answer:
    # 303: the browser asks for the next page with GET
    return Answer(303, b"", {"Location": target, "Cache-Control": "no-store"})
