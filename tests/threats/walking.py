"""Going through every page and filling in every form, as a browser would, without its weight.

A walk follows every link from a few starting pages until no new kind of page turns up, reads the
forms it meets, and sends each kind of form once, with words of the test's choosing in each of its
text fields. A new page or form is walked by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from peer.accounts import queries, service
from peer.accounts.models import Account
from peer.core import work

# Pages that are no pages, or whose link ends what the walk stands on.
NO_PAGES = {"static", "accounts.leave"}
TEXTS = {"", "text", "search", "password", "url", "tel", "email"}


@dataclass
class Field:
    """One field of a form, as it stands on the page."""

    name: str
    kind: str
    value: str = ""
    checked: bool = False
    required: bool = False
    numeric: bool = False
    most: int = 0  # characters; 0 means as many as one likes
    options: list[tuple[str, bool]] = field(default_factory=list)
    novalidate: bool = False

    @property
    def takes_words(self) -> bool:
        """Whether somebody can write words into it."""
        return (self.kind == "textarea" or self.kind in TEXTS) and not self.numeric


@dataclass
class Form:
    """One form: where it goes, what it asks."""

    action: str
    method: str
    id: str = ""
    fields: list[Field] = field(default_factory=list)

    @property
    def texts(self) -> list[Field]:
        """The fields that take words."""
        found: dict[str, Field] = {}
        for each in self.fields:
            if each.takes_words and each.name:
                found.setdefault(each.name, each)
        return list(found.values())


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: str
    to: str  # where a redirect leads
    headers: dict[str, str] = field(default_factory=dict)


# Pages are our own and well-formed (tests/house holds that): reading them needs no browser.
TAG = re.compile(
    r"<(/?)(title|link|a|form|option|input|textarea|select|button)\b((?:[^>\"]|\"[^\"]*\")*)>"
)
ATTRIBUTE = re.compile(r"([\w:-]+)(?:=\"([^\"]*)\")?")


class Page:
    """A page: its title, its links, its forms."""

    def __init__(self, path: str, answer: Answer) -> None:
        self.path, self.status, self.body = path, answer.status, answer.body
        self.headers = answer.headers
        self.title = ""
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.icons: list[str] = []
        self._elsewhere: list[tuple[str, Field]] = []
        self._form: Form | None = None
        self._open: Field | None = None
        begun = 0
        for found in TAG.finditer(answer.body):
            closes, tag, inside = found.groups()
            if closes:
                self._close(tag, unescape(answer.body[begun : found.start()]))
            else:
                attributes = ATTRIBUTE.findall(inside)
                self._begin(tag, {name: unescape(value) for name, value in attributes})
            begun = found.end()
        for owner, each in self._elsewhere:
            for form in self.forms:
                if form.id == owner:
                    form.fields.append(each)

    def _begin(self, tag: str, found: dict[str, str]) -> None:
        if tag == "link" and "icon" in found.get("rel", ""):
            self.icons.append(found.get("href", ""))
        elif tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag == "form":
            action = urljoin(self.path, found.get("action") or self.path)
            self._form = Form(action, found.get("method", "get").lower(), found.get("id", ""))
            self.forms.append(self._form)
        elif tag == "option" and self._open is not None and self._open.kind == "select":
            self._open.options.append((found.get("value", ""), "selected" in found))
        elif tag in {"input", "textarea", "select", "button"}:
            self._meet(tag, found)

    def _meet(self, tag: str, found: dict[str, str]) -> None:
        kind = found.get("type", "submit" if tag == "button" else "")
        each = Field(
            found.get("name", ""),
            tag if tag in {"textarea", "select"} else kind,
            found.get("value", "on" if kind in {"checkbox", "radio"} else ""),
            checked="checked" in found,
            required="required" in found,
            numeric=found.get("inputmode") == "numeric" or kind in {"number", "date", "time"},
            most=int(found.get("maxlength") or 0),
            novalidate="formnovalidate" in found or "formaction" in found,
        )
        if tag in {"textarea", "select"}:
            self._open = each
        if "disabled" in found or "readonly" in found:
            return
        if found.get("form"):
            self._elsewhere.append((found["form"], each))
        elif self._form is not None:
            self._form.fields.append(each)

    def _close(self, tag: str, text: str) -> None:
        if tag == "title" and not self.title:
            self.title = text
        elif tag == "form":
            self._form = None
        elif tag == "textarea" and self._open is not None:
            self._open.value = text
        if tag in {"textarea", "select"}:
            self._open = None


class Browser(Protocol):
    """Something that opens pages and sends forms, with one person's cookies."""

    def get(self, path: str) -> Answer: ...
    def post(self, path: str, form: list[tuple[str, str]]) -> Answer: ...


@dataclass
class Inside:
    """A browser in this process: Flask's own."""

    client: FlaskClient

    @classmethod
    def of(cls, app: Flask, account: Account | None) -> Inside:
        """Signed in as somebody, or as nobody."""
        client = app.test_client()
        if account is not None:
            client.set_cookie("s", token_of(account))
        return cls(client)

    def get(self, path: str) -> Answer:
        return self._said(self.client.get(path))

    def post(self, path: str, form: list[tuple[str, str]]) -> Answer:
        sent = urlencode(form)
        kind = "application/x-www-form-urlencoded"
        return self._said(self.client.post(path, data=sent, content_type=kind))

    def _said(self, answer: Any) -> Answer:
        page = answer.mimetype == "text/html"
        body = answer.get_data(as_text=True) if page else ""
        to = answer.headers.get("Location", "")
        return Answer(answer.status_code, body, to, dict(answer.headers))


def entrances(flask: Flask) -> list[str]:
    """Every page whose address needs no word or id."""
    rules = [rule for rule in flask.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return sorted(rule.rule for rule in rules if not rule.arguments)


def token_of(account: Account) -> str:
    """A new session of somebody."""
    with work.begin():
        return service.start_session(account)


def named(name: str) -> Account:
    """Somebody who is there."""
    with work.begin(writes=False):
        found = queries.account_named(name)
    assert found is not None, name
    return found


Writes = Callable[[str, Form, Field], str | None]


def filled(form: Form, words: dict[str, str], *, eager: bool = False) -> list[tuple[str, str]]:
    """What a browser would send, with these words in the text fields.

    `eager`: something is chosen wherever nothing is.
    """
    ticked = {each.name for each in form.fields if each.kind == "checkbox" and each.checked}
    sent: list[tuple[str, str]] = []
    radios: set[str] = {each.name for each in form.fields if each.kind == "radio" and each.checked}
    pressed = False
    for each in form.fields:
        if not each.name:
            continue
        if each.takes_words or each.numeric:
            sent.append((each.name, words.get(each.name, each.value)))
        elif each.kind == "select":
            chosen = [value for value, selected in each.options if selected]
            first = next((value for value, _ in each.options if value), "")
            needs = first if each.required or eager else (each.options or [("", False)])[0][0]
            taken = (chosen or [needs])[0]
            sent.append((each.name, taken or first if eager else taken))
        elif each.kind == "checkbox":
            if each.checked or each.required or (eager and each.name not in ticked):
                ticked.add(each.name)
                sent.append((each.name, each.value))
        elif each.kind == "radio":
            if each.checked or each.name not in radios:
                radios.add(each.name)
                sent.append((each.name, each.value))
        elif each.kind == "submit":
            if not pressed and not each.novalidate:
                pressed = True
                sent.append((each.name, each.value))
        elif each.kind == "hidden":
            sent.append((each.name, words.get(each.name, each.value)))
    return sent


@dataclass
class Sent:
    """A form that was sent."""

    who: str
    endpoint: str
    words: dict[str, str]
    status: int

    @property
    def taken(self) -> bool:
        """Whether the site said yes."""
        return self.status < 400


@dataclass
class Walk:
    """One person on their way through every page."""

    flask: Flask
    who: str
    browser: Browser
    write: Writes  # what goes into a field; None leaves it as it stands
    done: dict[tuple[str, ...], Sent]  # kinds of forms, over all walks
    steps: frozenset[str] = frozenset()  # endpoints of forms without words that lead further
    last: frozenset[str] = frozenset()  # endpoints that are left for the end
    skip: frozenset[str] = frozenset()  # endpoints that are never sent to
    tries: int = 3  # how often a form that was refused is tried again, on other pages
    seen: dict[tuple[Any, ...], Page] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    forms: set[tuple[str, ...]] = field(default_factory=set)
    _failed: dict[tuple[str, ...], int] = field(default_factory=dict)
    _kept: list[Form] = field(default_factory=list)
    _after: set[tuple[str, ...]] = field(default_factory=set)

    def through(self, *start: str) -> None:
        """From these pages to every other one."""
        waiting = [*start]
        while waiting:
            path = waiting.pop(0)
            kind = self.kind(path)
            if kind is None or kind in self.seen:
                continue
            waiting += self.open(path, kind)
        for form in self._kept:
            self.last = frozenset()
            self._send(form)

    def open(self, path: str, kind: tuple[Any, ...] | None = None) -> list[str]:
        """Look at one page, and send its forms; where its links lead."""
        answer = self.browser.get(path)
        page = Page(path, answer)
        if kind is not None:
            self.seen[kind] = page
        if answer.to:
            return [urlsplit(answer.to)._replace(scheme="", netloc="").geturl()]
        return self.read(page)

    def read(self, page: Page) -> list[str]:
        """Send the forms of a page; where its links and answers lead."""
        self.pages.append(page)
        leads = [urljoin(page.path, link) for link in page.links if not link.startswith("#")]
        for form in page.forms:
            leads += self._send(form)
        return [link for link in leads if not any(urlsplit(link)[:2])]

    def kind(self, path: str) -> tuple[Any, ...] | None:
        """Pages of one kind differ only in which thing they show; None: not a page."""
        found = urlsplit(path)
        asked = dict(parse_qsl(found.query))
        endpoint, given = self.endpoint(path)
        if endpoint in NO_PAGES or "lang" in asked:
            return None
        words = sorted(str(value) for name, value in given.items() if not name.endswith("_id"))
        return (endpoint, *words, *sorted(asked))

    def endpoint(self, path: str, method: str = "GET") -> tuple[str, dict[str, Any]]:
        """The endpoint an address leads to, and its values."""
        try:
            found: tuple[str, Any] = self.flask.url_map.bind("").match(
                urlsplit(path).path, method=method
            )
        except HTTPException:
            return path, {}
        return found[0], dict(found[1])

    def _send(self, form: Form) -> list[str]:
        endpoint, _ = self.endpoint(form.action, form.method.upper())
        key = (endpoint, *sorted(each.name for each in form.texts))
        if endpoint in self.skip or not (form.texts or endpoint in self.steps):
            return []
        if form.texts:
            self.forms.add(key)
        if form.texts and (key in self.done and self.done[key].taken):
            return []
        if self._failed.get(key, 0) >= self.tries:
            return []
        if endpoint in self.last:
            self._kept.append(form)
            return []
        words = {}
        for each in form.texts:
            word = self.write(endpoint, form, each)
            if word is not None:
                words[each.name] = word
        return self._answered(form, key, Sent(self.who, endpoint, words, 0))

    def _give(self, form: Form, body: list[tuple[str, str]]) -> Answer:
        if form.method == "get":
            return self.browser.get(f"{form.action}?{urlencode(body)}")
        return self.browser.post(form.action, body)

    def _answered(self, form: Form, key: tuple[str, ...], sent: Sent) -> list[str]:
        answer = self._give(form, filled(form, sent.words))
        if answer.status == 422:
            answer = self._give(form, filled(form, sent.words, eager=True))
        sent.status = answer.status
        if form.texts and not (key in self.done and self.done[key].taken):
            self.done[key] = sent
        if not sent.taken:
            self._failed[key] = self._failed.get(key, 0) + 1
        if not answer.to:
            if answer.body:
                self.pages.append(Page(form.action, answer))
            return []
        path = urlsplit(answer.to)._replace(scheme="", netloc="").geturl()
        if key in self._after:
            return [path]
        self._after.add(key)
        return self.open(path)  # it may look other than before: do not trust what was seen


def letters(number: int) -> str:
    """A number in letters that look like nothing."""
    return "".join("bcdfghjklm"[int(digit)] for digit in f"{number:03}")


def fields_of(sent: Iterable[Sent]) -> Iterator[tuple[str, str, str]]:
    """What was sent: endpoint, field, words."""
    for each in sent:
        for name, words in each.words.items():
            yield each.endpoint, name, words
