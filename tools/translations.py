"""Keep the catalogues of words in peer/translations.

Without an option: are they whole? Everything in the pages has words, none is doubtful, every
place to fill is kept, and the compiled files say what the texts say.
"""

import argparse
import sys
from collections.abc import Iterator
from functools import cache
from gettext import c2py
from io import BytesIO
from pathlib import Path
from re import findall

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "peer" / "translations"
FOLDERS = ("peer", "matching", "templates")
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
# Trimmed as peer/core/i18n.py asks of the site's own templates.
OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}
MARKS = DEFAULT_KEYWORDS | {
    "N_": None,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "_ln": (1, 2),
}
COUNT = "%(num)"  # Flask-Babel's name for the number that chooses a plural
MOST = 40  # lines of faults to show
TOOL = ".venv/bin/python tools/translations.py"
# No dates and no versions: the text changes when its words do, and only then.
HEAD = """# Commonroom in {language}. docs/translating.md holds the words and the tone.
msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {catalogue.plural_forms}\\n"

"""


def extracted() -> Catalog:
    """Every message marked in code and templates, with the first file that holds it."""
    found: list[tuple[str, str | tuple[str, ...], str | None]] = []
    for folder in FOLDERS:
        held = extract_from_dir(ROOT / folder, METHODS, OPTIONS, MARKS)
        found += [(f"{folder}/{name}", said, context) for name, _, said, _, context in held]
    words = Catalog()
    for place, said, context in sorted(found, key=lambda entry: (entry[0], str(entry[1]))):
        if str(said).strip():
            words.add(said, locations=[(place, 0)], context=context)
    for message in words:
        message.locations = message.locations[:1]
    return words


def read(text: Path) -> Catalog:
    """The catalogue in `text`; an empty one in that language when there is none."""
    locale = text.parent.parent.name
    if not text.exists():
        return Catalog(locale=locale)
    with text.open("rb") as source:
        return read_po(source, locale=locale, abort_invalid=True)


def update(text: Path, words: Catalog) -> None:
    """Take new messages in, without a guess at their words; let go of those that are no more."""
    catalogue = read(text)
    catalogue.update(words, no_fuzzy_matching=True)
    made = BytesIO()
    write_po(
        made, catalogue, width=100, omit_header=True, ignore_obsolete=True, include_lineno=False
    )
    locale = str(catalogue.locale)
    language = Locale.parse(locale).get_language_name("en")
    text.parent.mkdir(parents=True, exist_ok=True)
    head = HEAD.format(language=language, locale=locale, catalogue=catalogue)
    text.write_bytes(head.encode() + made.getvalue())


def forms(value: object) -> list[str]:
    """The words of a message or of its translation: one, or one for each plural."""
    return [str(form or "") for form in value] if isinstance(value, (tuple, list)) else [str(value)]


def meanings(catalogue: Catalog) -> dict[object, object]:
    """What a compiled catalogue answers: words by message, and how plurals are chosen."""
    words = {
        (said.context, *forms(said.id)): forms(said.string)
        for said in catalogue
        if said.id and said.string
    }
    return {"plurals": catalogue.plural_expr, **words}


def is_compiled(text: Path, catalogue: Catalog) -> bool:
    binary = text.with_suffix(".mo")
    if not binary.exists():
        return False
    with binary.open("rb") as source:
        return meanings(read_mo(source)) == meanings(catalogue)


def places(words: str) -> set[str]:
    """What will be filled in, %(name)s or {name}, and any other percent sign."""
    return set(findall(r"%(?:\(\w+\)\w|.?)|\{\w+\}", words))


@cache
def plurals(rule: str) -> list[int]:
    """Which plural form a language uses for each of the first numbers."""
    choose = c2py(rule)
    return [choose(number) for number in range(200)]


def keeps_places(message: Message, catalogue: Catalog) -> bool:
    """Are the places to fill those of the message? A form for one number may leave it unsaid."""
    wanted = [places(form) for form in forms(message.id)]
    chosen = plurals(catalogue.plural_expr)
    for number, form in enumerate(forms(message.string)):
        missing = wanted[-1] - places(form)
        unsaid = len(wanted) == 2 and chosen.count(number) == 1
        if unsaid and all(place.startswith(COUNT) for place in missing):
            missing = set()
        if missing or places(form) - set().union(*wanted):
            return False
    return True


def fault(message: Message, catalogue: Catalog) -> str:
    """What is wrong with one message, or nothing."""
    if message.fuzzy:
        return "the words are marked as doubtful (fuzzy)"
    if not all(forms(message.string or "")):
        return "it has no words"
    if not keeps_places(message, catalogue):
        return "other places to fill than in English"
    return " ".join(str(error) for error in message.check(catalogue))


def faults(text: Path, words: Catalog) -> Iterator[str]:
    """What is wrong with one catalogue, each fault as a line with its place."""
    place, catalogue = text.relative_to(ROOT), read(text)
    for message in catalogue:
        if message.id and (found := fault(message, catalogue)):
            yield f"{place}:{message.lineno}: {found}: {forms(message.id)[0]}"
    # A message and the same one with a plural are two: they need other words.
    held, wanted = (
        {(said.context, said.id) for said in each if said.id} for each in (catalogue, words)
    )
    if held != wanted:
        new, gone = len(wanted - held), len(held - wanted)
        yield f"{place}: {new} messages are new, {gone} are gone; take that in with {TOOL} --update"
    if not is_compiled(text, catalogue):
        yield f"{place}: compile it with {TOOL} --compile"


def compile_all(texts: list[Path]) -> None:
    for text in texts:
        catalogue = read(text)
        if not is_compiled(text, catalogue):
            with text.with_suffix(".mo").open("wb") as binary:
                write_mo(binary, catalogue)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--update", nargs="*", metavar="LANGUAGE", help="take in new messages; begin new languages"
    )
    parser.add_argument("--compile", action="store_true", help="write the .mo files, then check")
    asked, words = parser.parse_args(), extracted()
    held = {path.parent.parent.name for path in TRANSLATIONS.glob("*/LC_MESSAGES/*.po")}
    wanted = sorted(held.union(asked.update or []))
    texts = [TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po" for locale in wanted]
    if asked.update is not None:
        for text in texts:
            update(text, words)
    if asked.compile:
        compile_all(texts)
    if asked.compile or asked.update is None:
        lines = [line for text in texts for line in faults(text, words)]
        if len(lines) > MOST:
            lines[MOST:] = [f"... and {len(lines) - MOST} more"]
        if lines:
            sys.exit("\n".join(lines))


if __name__ == "__main__":
    main()
