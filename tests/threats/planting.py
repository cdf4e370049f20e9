"""Words of their own in every text field of every form, so that each can be found again.

A word looks like nothing and stands nowhere else; where a form needs something else to be taken
(a code, a repeated passphrase, an address), the field gets that, with the word in it if it can be.
"""

import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyotp
from flask import Flask
from sqlalchemy import select

from peer.accounts import queries
from peer.accounts import service as accounts
from peer.accounts.models import Account, Factor
from peer.core import limits, work
from peer.policy.roles import Role
from tests.cast import PASSPHRASE, Cast
from tests.threats.walking import Browser, Field, Form, Page, Sent, Walk, entrances, letters, named

PEOPLE = ("nobody", "Noor", "Tess", "Fay", "Mo", "Cora", "Ada")
# Forms without words that have to be sent to come to others that have.
STEPS = frozenset({"rooms.agree", "moderation.claim"})
# What a field needs in place of a bare word: made from the word.
NEEDS: dict[tuple[str, str], Callable[[str], str]] = {
    ("accounts.do_join", "code"): lambda _word: _code(),
    ("accounts.do_join", "passphrase"): lambda word: f"{word} river lamp seven bread",
    ("accounts.change_passphrase", "current"): lambda _word: PASSPHRASE,
    ("accounts.take_data", "passphrase"): lambda _word: PASSPHRASE,
    ("accounts.make_codes", "passphrase"): lambda _word: PASSPHRASE,
    ("accounts.start_recovery", "passphrase"): lambda _word: PASSPHRASE,
    ("accounts.add_factor", "passphrase"): lambda _word: PASSPHRASE,
    ("accounts.give_release", "passphrase"): lambda _word: PASSPHRASE,
    ("accounts.record_release", "passphrase"): lambda _word: PASSPHRASE,
    ("mentoring.set_vetting", "note"): lambda word: f"{word} was met twice and spoken with",
    ("rooms.plan_agenda", "agenda"): lambda word: f"10 {word}",
    ("accounts.do_unlock", "passphrase"): lambda _word: PASSPHRASE,
    ("accounts.change_passphrase", "passphrase"): lambda word: f"{word} river lamp seven bread",
    ("resources.add", "website"): lambda word: f"https://{word}.example/",
    ("resources.add", "phone"): lambda _word: "555 0100",
    ("resources.add", "languages"): lambda _word: "en",
    ("resources.change", "website"): lambda word: f"https://{word}.example/",
    ("resources.change", "phone"): lambda _word: "555 0100",
    ("resources.change", "languages"): lambda _word: "en",
}
REASON: Callable[[str], str] = "{} has to be asked about first".format
# Forms that end what the walk stands on: sent last.
LAST = frozenset({"accounts.change_passphrase"})


def _code() -> str:
    with work.begin():
        return accounts.invite(Cast().cora, [Role.MEMBER])[1]


@dataclass
class Planted:
    """What was written where, and the pages that were met."""

    words: dict[str, tuple[str, str]] = field(default_factory=dict)  # word → endpoint, field
    sent: dict[tuple[str, ...], Sent] = field(default_factory=dict)
    forms: set[tuple[str, ...]] = field(default_factory=set)
    pages: list[tuple[str, Page]] = field(default_factory=list)  # who, page
    tag: str = "w"
    secrets: set[str] = field(default_factory=set)  # what codes of a second factor are made of

    def write(self, endpoint: str, form: Form, each: Field) -> str:
        """The words for a field: new ones each time."""
        word = f"zq{self.tag}{letters(len(self.words))}vx"
        made = REASON if each.name == "reason" else str
        text = NEEDS.get((endpoint, each.name), made)(word)
        if word in text:
            self.words[word] = (endpoint, each.name)
        return text

    def taken(self) -> dict[str, tuple[str, str]]:
        """The words of the forms that the site said yes to."""
        said = {text for sent in self.sent.values() if sent.taken for text in sent.words.values()}
        return {
            word: place for word, place in self.words.items() if any(word in text for text in said)
        }

    def refused(self) -> dict[str, int]:
        """Forms that the site never said yes to."""
        return {
            f"{key[0]} {key[1:]}": sent.status for key, sent in self.sent.items() if not sent.taken
        }

    def walk(self, flask: Flask, who: str, browser: Browser, *start: str) -> Walk:
        """One person through every page and form."""
        walk = Walk(flask, who, browser, self.write, self.sent, steps=STEPS, last=LAST)
        walk.through(*start)
        self.forms |= walk.forms
        self.pages += [(who, page) for page in walk.pages]
        return walk

    def use_apps(self) -> None:
        """Everybody who began to add an app gives its code, and it counts from now on."""
        with work.begin() as session:
            apps = session.scalars(select(Factor).where(Factor.confirmed_at.is_(None))).all()
            for app in apps:
                if app.secret:
                    self.secrets.add(app.secret)
                    actor = queries.actor_from(queries.account_with(app.account_id))
                    accounts.confirm_app(actor, pyotp.TOTP(app.secret).now())

    def keep(self, path: Path) -> None:
        """Store what is known, for other test processes."""
        path.write_bytes(pickle.dumps(self))

    @staticmethod
    def kept(path: Path) -> "Planted":
        """What was stored."""
        found = pickle.loads(path.read_bytes())
        assert isinstance(found, Planted)
        return found


def plant(
    flask: Flask,
    browser: Callable[[Account | None], Browser],
    people: Iterable[str] = PEOPLE,
    tag: str = "w",
) -> Planted:
    """Send every form of every page as these people of the demo."""
    planted = Planted(tag=tag)
    for who in people:
        account = _person(who)
        start = ["/welcome"] if account else ["/sign-in", "/join"]
        planted.walk(flask, who, browser(account), "/", *start, *entrances(flask))
        limits._storage.reset()
    planted.use_apps()
    return planted


def _person(who: str) -> Account | None:
    return None if who == "nobody" else named(who)
