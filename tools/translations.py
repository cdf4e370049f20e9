"""Are the compiled catalogues what their texts say? With --compile, make them so."""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "peer" / "translations"


def compiled(catalogue: Catalog) -> bytes:
    made = BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def faults(text: Path) -> list[str]:
    """What is wrong with one catalogue, each fault as a line with its place."""
    place = text.relative_to(ROOT)
    with text.open("rb") as source:
        catalogue = read_po(source, locale=text.parent.parent.name, abort_invalid=True)
    found = [
        f"{place}:{message.lineno}: {error}"
        for message, errors in catalogue.check()
        for error in errors
    ]
    binary = text.with_suffix(".mo")
    fresh = compiled(catalogue)
    if "--compile" in sys.argv:
        binary.write_bytes(fresh)
    elif not binary.exists() or binary.read_bytes() != fresh:
        found.append(f"{place}: compile it with .venv/bin/python tools/translations.py --compile")
    return found


def main() -> None:
    texts = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
    lines = [line for text in texts for line in faults(text)]
    if lines:
        sys.exit("\n".join(lines))


if __name__ == "__main__":
    main()
