"""Passphrases: words that nobody guesses, and none that would hurt to read."""

import math
import time
from pathlib import Path

import pytest

from peer.accounts import service
from peer.accounts.service.passphrases import is_breached, words
from peer.core.errors import Invalid
from peer.core.secrets import hash_passphrase, passphrase_fits

TOOLS = Path(__file__).resolve().parents[2] / "tools"


def test_offered_passphrase_is_seven_words_of_at_least_7300() -> None:
    assert len(set(words())) == len(words()) >= 7300
    offered = service.offered_passphrase().split()
    assert len(offered) == 7
    assert set(offered) <= set(words())
    assert 7 * math.log2(len(words())) >= 90
    assert all(word.isascii() and word.islower() and 2 <= len(word) <= 9 for word in words())


def test_words_that_hurt_are_left_out() -> None:
    lines = (TOOLS / "words_left_out.txt").read_text("utf-8").splitlines()
    hurtful = {word for line in lines if not line.startswith("#") for word in line.split()}
    assert len(hurtful) > 900
    assert not hurtful & set(words())


def test_what_we_offer_passes_our_own_check() -> None:
    for _ in range(5):
        assert service.checked_passphrase(service.offered_passphrase(), ["Noor"])


@pytest.mark.parametrize(
    "passphrase",
    ["kettle under seven stars", "قطتي تنام في البيت", "x9$Kq!27vLz@mW4", "el gato duerme en casa"],
)
def test_anything_long_and_one_s_own_is_welcome(passphrase: str) -> None:
    assert service.checked_passphrase(passphrase, ["Noor"]) == passphrase


@pytest.mark.parametrize(
    ("passphrase", "said"),
    [
        ("", "a little short"),
        ("x9$Kq!27vLz@mW", "a little short"),
        ("y" * 201, "Up to 200"),
        ("a" * 20, "guess this soon"),
        ("qwertyuiop123456789", "guess this soon"),
        ("Password Password 1", "guess this soon"),
        ("Quiet-Fjord Quiet-Fjord", "guess this soon"),
        ("PolniyPizdec0211", "guess this soon"),
        ("30 seconds to mars", "guess this soon"),
        ("commonroom mentor member", "guess this soon"),
        ("Moderator-Coordinator-Admin", "guess this soon"),
    ],
)
def test_what_a_program_would_guess_is_refused(passphrase: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        service.checked_passphrase(passphrase, ["Quiet-Fjord"])


def test_breached_passphrases_are_known_whatever_their_case_and_spaces() -> None:
    assert is_breached("30secondstomars")
    assert is_breached("30 Seconds To Mars")
    assert not is_breached("kettle under seven stars")


def test_long_input_is_judged_quickly() -> None:
    began = time.thread_time()
    with pytest.raises(Invalid):
        service.checked_passphrase("p4ssw0rd" * 25)
    assert time.thread_time() - began < 1.5  # zxcvbn alone: 0.6 s and more on a quiet machine


def test_accent_typed_on_another_device_is_the_same_accent() -> None:
    assert passphrase_fits(
        hash_passphrase("canción de la mañana"), "cancio\u0301n de la man\u0303ana"
    )
