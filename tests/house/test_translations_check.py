"""The check of translations: compiled catalogues are what their texts say."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPANISH = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

#, python-format
msgid "%(count)d rooms"
msgstr "%(count)d salas"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "translations.py", tmp_path / "tools")
    path = tmp_path / "peer" / "translations" / "es" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(SPANISH)
    return path


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


def test_placeholder_that_is_lost_is_named_with_its_line(catalogue: Path) -> None:
    catalogue.write_text(SPANISH.replace("%(count)d salas", "%(cuenta)d salas"))
    code, said = check(catalogue, "--compile")
    assert code == 1
    assert "messages.po:6: " in said
