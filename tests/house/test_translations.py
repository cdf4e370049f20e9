"""A reader meets the site in a language on offer, from the door to the errors."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from peer.core import paths
from peer.core.settings import Settings

SignIn = Callable[[str], FlaskClient]
ROOT = Path(__file__).resolve().parents[2]
TAKEN_AS = re.compile(r"^from flask_babel import (\w*gettext)(?: as (\w+))?$", re.MULTILINE)


def test_every_language_on_offer_has_a_catalogue(settings: Settings) -> None:
    held = {path.parent.parent.name for path in Path(paths.translations()).glob("*/*/*.mo")}
    assert set(settings.locales) - {"en"} == held


@pytest.mark.parametrize(
    ("code", "direction", "words"),
    [
        ("es", "ltr", ("Tengo un código de invitación", "Salir rápido", "Frase de acceso")),
        ("ar", "rtl", ("لدي رمز دعوة", "خروج سريع", "عبارة المرور")),
    ],
)
def test_door_is_in_the_language_that_was_asked_for(
    client: FlaskClient, code: str, direction: str, words: tuple[str, ...]
) -> None:
    page = client.get(f"/sign-in?lang={code}").text
    assert f'lang="{code}" dir="{direction}"' in page
    for each in words:
        assert each in page


def test_error_speaks_the_readers_language(client: FlaskClient) -> None:
    client.get("/sign-in?lang=es")
    assert "Esta página no está aquí" in client.get("/nowhere").text


def test_days_of_the_week_are_short_enough_for_a_grid_of_seven(signed_in: SignIn) -> None:
    page = signed_in("noor").get("/mentoring/profile/mentee/hours?lang=ar").text
    assert '<abbr title="الاثنين">ن</abbr>' in page


def test_words_are_found_by_whatever_name_marks_them() -> None:
    tool = (ROOT / "tools" / "translations.py").read_text("utf-8")
    texts = [path.read_text("utf-8") for path in (ROOT / "peer").rglob("*.py")]
    names = {other or name for text in texts for name, other in TAKEN_AS.findall(text)}
    assert {"_", "_l", "_ln"} <= names
    known = {"_", "gettext", "ngettext", *re.findall(r'"(\w+)": (?:None|\(1, 2\))', tool)}
    assert names <= known


def test_choices_of_a_length_are_in_the_readers_language(signed_in: SignIn) -> None:
    page = signed_in("cora").get("/rooms/new?lang=ar").text
    assert "يومًا" in page
    assert " days<" not in page
