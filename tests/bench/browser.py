"""A small browser: what goes over the wire, cookies, and the forms of a page."""

import http.client
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Self
from urllib.parse import urlencode

HOST = "localhost"
#: As they arrive behind a proxy that ends TLS.
HEADERS = {
    "Host": HOST,
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) bench",
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Language": "de-DE,de;q=0.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "127.0.0.1",
}
OF_FORMS = {
    "Origin": f"https://{HOST}",
    "Referer": f"https://{HOST}/",
    "Sec-Fetch-Site": "same-origin",
    "Content-Type": "application/x-www-form-urlencoded",
}
PATIENCE = 60


class Refused(Exception):
    """The product did not answer as it answers a shopper."""


@dataclass
class Form:
    """Where it goes, what it sends untouched, and its buttons."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """Every form of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(about.get("action", "")))
            self.inside = True
        elif tag in ("input", "button") and self.inside and "name" in about:
            name, value = about["name"], about.get("value", "")
            if tag == "button":
                self.forms[-1].buttons.append((name, value))
            elif about.get("type") not in ("checkbox", "radio") or "checked" in about:
                self.forms[-1].fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def basket_form(page: str, offer: int) -> tuple[str, dict[str, str]]:
    """The form of this page that puts the offer into the basket, as its button sends it."""
    for form in Forms(page).forms:
        if form.fields.get("offer") == str(offer):
            button = dict([("next", "korb")] if ("next", "korb") in form.buttons else form.buttons)
            return form.action, form.fields | button
    raise Refused(f"offer {offer} cannot be reserved on its page")


def checkout_form(page: str, shopper: str) -> tuple[str, dict[str, str]]:
    """The filled form that reserves."""
    for form in Forms(page).forms:
        if "nonce" in form.fields:
            typed = {"name": "Lena Koch", "email": f"{shopper}@example.de"}
            return form.action, form.fields | typed
    raise Refused("the basket cannot be reserved")


def request(path: str, *, data: dict[str, str] | None = None, cookies: str = "") -> bytes:
    """A request as bytes."""
    body = b"" if data is None else urlencode(data).encode()
    headers = dict(HEADERS)
    if data is not None:
        headers |= OF_FORMS | {"Content-Length": str(len(body))}
    if cookies:
        headers["Cookie"] = cookies
    lines = [f"{'GET' if data is None else 'POST'} {path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Browser:
    """One visitor on one kept-alive connection; `forget` makes a new one of it."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.jar: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.connection.close()

    def forget(self) -> None:
        self.jar = {}

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.jar.items())

    def get(self, path: str) -> str:
        return self._send("GET", path, None, (200,))

    def post(self, path: str, data: dict[str, str]) -> str:
        """Sends a form; the answer of one that worked leads elsewhere."""
        return self._send("POST", path, data, (302, 303))

    def _send(
        self, method: str, path: str, data: dict[str, str] | None, wanted: tuple[int, ...]
    ) -> str:
        headers = dict(HEADERS) if data is None else HEADERS | OF_FORMS
        if self.jar:
            headers["Cookie"] = self.cookies
        body = None if data is None else urlencode(data)
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.jar[name] = morsel.value
        if answer.status not in wanted:
            title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
            raise Refused(f"{answer.status} {method} {path}: {title[1].strip() if title else ''}")
        return page
