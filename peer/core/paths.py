"""Where templates, static files, translations and migrations lie.

In a checkout templates/ and static/ are beside peer/; in a wheel they are inside it.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def _folder(name: str) -> Path:
    for place in (PACKAGE / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise RuntimeError(f"The folder {name}/ is missing from this installation; install it again.")


def templates() -> Path:
    """The folder of Jinja templates; RuntimeError when the installation is broken."""
    return _folder("templates")


def static() -> Path:
    """The folder of style sheets, scripts, fonts and icons."""
    return _folder("static")


@cache
def edition() -> str:
    """Twelve hexadecimal digits that change whenever one of our static files does, or their joining."""
    folder, found = static(), sha256(Path(__file__).with_name("joining.py").read_bytes())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def migrations() -> Path:
    """The folder of Alembic migrations."""
    return PACKAGE / "migrations"


def translations() -> Path:
    """The folder of gettext catalogues; it may be empty."""
    return PACKAGE / "translations"
