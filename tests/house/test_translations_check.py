"""The tool of translations: whole catalogues pass, and each thing that can be wrong is named."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = "{{ _('Come in') }} {{ ngettext('%(num)s room', '%(num)s rooms', count) }}\n"
SPANISH = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Come in"
msgstr "Entrar"

#, python-format
msgid "%(num)s room"
msgid_plural "%(num)s rooms"
msgstr[0] "una sala"
msgstr[1] "%(num)s salas"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """The Spanish of a site of one page."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "translations.py", tmp_path / "tools")
    path = tmp_path / "peer" / "translations" / "es" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(SPANISH)
    write_page(path, PAGE)
    return path


def write_page(catalogue: Path, page: str) -> None:
    path = catalogue.parents[4] / "templates" / "rooms" / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page)


def check(catalogue: Path, *arguments: str) -> tuple[int, str]:
    tool = catalogue.parents[4] / "tools" / "translations.py"
    done = subprocess.run([sys.executable, tool, *arguments], capture_output=True, text=True)
    return done.returncode, done.stderr


def test_catalogue_is_compiled_and_then_in_order(catalogue: Path) -> None:
    code, said = check(catalogue)
    assert (code, "messages.po: compile it with" in said) == (1, True)
    assert check(catalogue, "--compile") == (0, "")
    assert check(catalogue) == (0, "")


def test_changed_text_has_to_be_compiled_again(catalogue: Path) -> None:
    check(catalogue, "--compile")
    catalogue.write_text(SPANISH.replace("salas", "cuartos"))
    assert check(catalogue)[0] == 1


@pytest.mark.parametrize(
    ("words", "instead", "fault"),
    [
        ("%(num)s salas", "%(cuenta)s salas", "messages.po:9: other places to fill"),
        ("%(num)s salas", "muchas salas", "messages.po:9: other places to fill"),
        ("una sala", "una sala de %(lugar)s", "messages.po:9: other places to fill"),
        ('"Entrar"', '"Entrar al 100%"', "messages.po:5: other places to fill"),
        ('"Entrar"', '""', "messages.po:5: it has no words: Come in"),
        ('"%(num)s salas"', '""', "messages.po:9: it has no words"),
        ('msgid "Come in"', '#, fuzzy\nmsgid "Come in"', "doubtful (fuzzy): Come in"),
        ('msgid "Come in"', 'msgid "Come in soon"', "1 messages are new, 1 are gone"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    catalogue: Path, words: str, instead: str, fault: str
) -> None:
    assert words in SPANISH
    catalogue.write_text(SPANISH.replace(words, instead))
    code, said = check(catalogue, "--compile")
    assert code == 1
    assert fault in said


def test_update_brings_what_is_new_and_drops_what_is_gone(catalogue: Path) -> None:
    write_page(catalogue, "{% trans %}Come in\n    and read{% endtrans %} {{ _('Come in') }}\n")
    service = catalogue.parents[3] / "service.py"
    service.write_text("WAITING = N_('%(name)s waits at the door.')\n")
    assert check(catalogue, "--update") == (0, "")
    text = catalogue.read_text()
    for words in ('"Come in and read"\nmsgstr ""', '"Entrar"', '"%(name)s waits at the door."'):
        assert words in text
    assert "salas" not in text
    assert "fuzzy" not in text


def test_update_that_finds_nothing_new_changes_nothing(catalogue: Path) -> None:
    check(catalogue, "--update", "--compile")
    before = catalogue.read_text(), catalogue.with_suffix(".mo").read_bytes()
    write_page(catalogue, "\n\n" + PAGE)
    assert check(catalogue, "--update", "--compile") == (0, "")
    assert (catalogue.read_text(), catalogue.with_suffix(".mo").read_bytes()) == before


def test_new_language_begins_with_all_messages_and_its_own_plurals(catalogue: Path) -> None:
    check(catalogue, "--update", "ar")
    text = catalogue.parents[2].joinpath("ar", "LC_MESSAGES", "messages.po").read_text()
    assert '"Language: ar\\n"' in text
    assert 'msgstr[5] ""' in text
    assert "Entrar" not in text
