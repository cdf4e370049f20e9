"""Verbs about resources: add, change, verify, retire, restore."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from peer.core import audit, clock, work
from peer.core.errors import Conflict, Invalid
from peer.core.languages import code_of, folded, name_of, own_name
from peer.core.markup import tidy
from peer.core.words import N_
from peer.policy import resources as policy
from peer.policy.roles import Actor, require
from peer.resources import queries
from peer.resources.models import Category, Phoning, Resource

MOST_TAGS, LONGEST_TAG = 8, 40
LONGEST_ABOUT = 1500

# A house number beside a word for a street, in either order: "12 Mill Road", "rue Basse 12".
# Small words between them speak of something else: "10 minutes on the way".
_SMALL = r"(?!(?:a|an|at|by|from|for|in|is|of|off|on|out|that|the|this|to|with)\b)"
_STREETS = (
    r"street|str\.?|st\.?|road|rd\.?|avenue|ave\.?|lane|ln\.?|drive|dr\.?|boulevard|blvd\.?|"
    r"court|ct\.?|place|pl\.?|square|sq\.?|way|terrace|close|crescent|highway|hwy\.?"
)
_BEFORE = r"calle|c/|avenida|avda?\.|carrera|plaza|paseo|rue|chemin|via|viale|piazza|rua|شارع|ul\."
_ADDRESS = re.compile(
    rf"\b\d{{1,5}}[a-z]?\s+(?:{_SMALL}[\w.'’-]+\s+){{1,3}}(?:{_STREETS})(?![\w-])"
    rf"|(?<!\w)(?:{_BEFORE})\s+(?:[\w.'’-]+\s+){{0,4}}[\w.'’-]+,?\s+(?:n[.º°]*\s*)?\d{{1,5}}\b"
    r"|\b\w+(?:straße|strasse|str\.|weg|gasse|platz)\s+\d{1,4}\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"^[+\d][\d\s().*#/-]{1,38}$")


@dataclass(frozen=True, kw_only=True)
class Details:
    """What an entry says. `languages` are names or codes; `area` a region, not an address."""

    title: str
    category: Category
    about: str
    phone: str = ""
    website: str = ""
    area: str = ""
    hours: str = ""
    languages: Sequence[str] = ()
    tags: Sequence[str] = ()
    call_first: bool = False
    phoning: Phoning = Phoning.UNKNOWN
    phone_note: str = ""
    public_address: bool = False


def add(actor: Actor, details: Details, *, checked: bool = False) -> Resource:
    """A new entry; `checked` when the coordinator has just made sure that all of it is right."""
    require(policy.can_look_after(actor))
    entry = Resource(version=1, created_at=clock.now())
    _fill(entry, details)
    entry.verified_at = clock.now() if checked else None
    work.session().add(entry)
    work.session().flush()
    audit.record("resource.add", f"resource:{entry.id}", by=actor.id)
    return entry


def change(
    actor: Actor, resource_id: str, details: Details, *, version: int, checked: bool = False
) -> Resource:
    """Change an entry as it stood at `version`; Conflict when somebody changed it meanwhile."""
    require(policy.can_look_after(actor))
    entry = queries.resource_with(resource_id)
    if entry.version != version:
        raise Conflict(N_("Someone else changed this entry meanwhile."))
    _fill(entry, details)
    entry.version += 1
    if checked:
        entry.verified_at = clock.now()
    audit.record("resource.change", f"resource:{entry.id}", by=actor.id, checked=checked)
    return entry


def verify(actor: Actor, resource_id: str) -> Resource:
    """Note that an entry is right as of now."""
    require(policy.can_look_after(actor))
    entry = queries.resource_with(resource_id)
    entry.verified_at = clock.now()
    audit.record("resource.verify", f"resource:{entry.id}", by=actor.id)
    return entry


def retire(actor: Actor, resource_id: str) -> Resource:
    """Show an entry no longer; it can be restored."""
    require(policy.can_look_after(actor))
    entry = queries.resource_with(resource_id)
    if entry.retired_at is None:
        entry.retired_at = clock.now()
        audit.record("resource.retire", f"resource:{entry.id}", by=actor.id)
    return entry


def restore(actor: Actor, resource_id: str) -> Resource:
    """Show a retired entry again."""
    require(policy.can_look_after(actor))
    entry = queries.resource_with(resource_id)
    if entry.retired_at is not None:
        entry.retired_at = None
        audit.record("resource.restore", f"resource:{entry.id}", by=actor.id)
    return entry


def holds_address(*texts: str) -> bool:
    """Whether one of `texts` seems to hold the address of a house."""
    return any(_ADDRESS.search(text) for text in texts)


def _fill(entry: Resource, details: Details) -> None:
    """Put checked details into an entry; Invalid says which part needs another look."""
    entry.title = _short("title", details.title, 120)
    entry.about = tidy(details.about)
    if not entry.title:
        raise Invalid(N_("A name helps people to find it."), field="title")
    if not entry.about or len(entry.about) > LONGEST_ABOUT:
        raise Invalid(N_("Say in 1 to 1,500 characters what people find there."), field="about")
    entry.category, entry.phoning = Category(details.category), Phoning(details.phoning)
    entry.area = _short("area", details.area, 120)
    entry.hours = _short("hours", details.hours, 120)
    entry.phone_note = _short("phone_note", details.phone_note, 300)
    entry.phone, entry.website = _phone(details.phone), _website(details.website)
    entry.languages, entry.tags = _languages(details.languages), _tags(details.tags)
    entry.call_first = details.call_first
    entry.public_address = _address_meant(entry, details.public_address)
    entry.sought = _sought(entry)


def _short(field: str, text: str, most: int) -> str:
    line = " ".join(tidy(text).split())
    if len(line) > most:
        raise Invalid(N_("Up to %(most)s characters fit here."), field=field, most=most)
    return line


def _phone(text: str) -> str:
    line = _short("phone", text, 40)
    if line and not _PHONE.match(line):
        raise Invalid(
            N_("Only the number itself goes here, such as 1-800-555-0100."), field="phone"
        )
    return line


def _website(text: str) -> str:
    line = _short("website", text, 300)
    if not line:
        return ""
    parts = urlsplit(line)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or "." not in host or parts.username or " " in line:
        raise Invalid(N_("An address that begins with https:// works here."), field="website")
    return line


def _languages(words: Sequence[str]) -> list[str]:
    codes: list[str] = []
    for word in filter(None, (word.strip() for word in words)):
        code = code_of(word)
        if code is None:
            raise Invalid(
                N_("We do not know a language called “%(word)s”."),
                field="languages",
                word=word[:40],
            )
        codes.append(code)
    return list(dict.fromkeys(codes))


def _tags(words: Sequence[str]) -> list[str]:
    tags = list(dict.fromkeys(filter(None, (_short("tags", word, LONGEST_TAG) for word in words))))
    if len(tags) > MOST_TAGS:
        raise Invalid(N_("Up to %(most)s of these fit."), field="tags", most=MOST_TAGS)
    return tags


def _address_meant(entry: Resource, meant: bool) -> bool:
    """Whether a street address stands in the entry on purpose; Invalid when that was not said."""
    texts = (entry.title, entry.about, entry.area, entry.hours, entry.phone_note, *entry.tags)
    found = holds_address(*texts)
    if found and not meant:
        raise Invalid(
            N_(
                "This looks like a street address. Places where people stay are safest without one; a phone number or an area is enough. If it is a public office, say so below and save again."
            ),
            field="public_address",
        )
    return found


def _sought(entry: Resource) -> str:
    texts = [entry.title, entry.about, entry.area, entry.hours, entry.phone, *entry.tags]
    for code in entry.languages:
        texts += [own_name(code), *(name_of(code, locale) for locale in ("en", "es", "ar"))]
    return "\n".join(folded(text) for text in texts)
