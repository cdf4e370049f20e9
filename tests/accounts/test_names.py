"""Pseudonyms: none that tells who somebody is, none that passes for somebody else's."""

import pytest

from peer.accounts import queries, service
from peer.accounts.service.words import QUALITIES, THINGS
from peer.core.errors import Invalid
from tests.cast import ROLES


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *((name, "full name") for name in ("Maria Lopez", "maria-lopez", "Maria_Lopez")),
        *((name, "full name") for name in ("MariaLopez", "Lopez Maria", "José García", "J. Smith")),
        *((name, "full name") for name in ("فاطمة علي", "Thandiwe Nkosi", "Anne Marie Diaz")),
        *((name, "address") for name in ("maria@example.org", "@maria_l", "maria＠mail")),
        *((name, "address") for name in ("t.me/maria", "maria.lopez", "maria at mail dot com")),
        *((name, "address") for name in ("insta maria", "maria#1234", "www maria")),
        *((name, "number") for name in ("call 555 0123 99", "٠٥٥١٢٣٤", "five five five one two")),
        ("x", "2 to 30"),
        ("x" * 31, "2 to 30"),
        ("--", "a letter or two"),
        ("a\u202eb", "cannot be shown"),
        ("No\u200bor", "cannot be shown"),
        ("No\u0336\u0336\u0336or", "cannot be shown"),
        ("Nо\u043er", "letters that look alike"),
        ("𝓝oor", "letters that look alike"),
    ],
)
def test_name_that_tells_or_deceives_is_refused(name: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        service.checked_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Moss",
        "Rose",
        "O'Neil",
        "McDonald",
        "Quiet River",
        "BlueHeron",
        "Zoë",
        "نور",
        "さくら",
        "Fox-7",
    ],
)
def test_single_words_and_plain_words_are_welcome(name: str) -> None:
    assert service.checked_name(f" {name} ") == name


def test_every_name_we_offer_is_welcome_and_there_are_thousands() -> None:
    assert len(set(QUALITIES)) * len(set(THINGS)) > 6000
    for name in service.offered_names(300):
        assert service.checked_name(name) == name


def test_names_that_look_alike_are_one_name() -> None:
    for alike in (
        ("Noor", "NOOR", "N00r", "Νοοг", "Nóor", "No-or"),
        ("Quiet-Fjord", "quiet fjord", "QuietFjord", "Qu1et_Fjord"),
        ("Bern", "Bem"),
        ("فاطمة", "فَاطِمه"),
        ("ليلى٣", "لیلی3"),
    ):
        assert len({queries.folded(name) for name in alike}) == 1, alike


def test_different_names_stay_different() -> None:
    assert len({queries.folded(name) for name in ROLES}) == len(ROLES)
    assert queries.folded("نور") != queries.folded("نار")
    assert queries.folded("--") != queries.folded("++")
