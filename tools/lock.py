"""Re-make the two lock files from pyproject.toml: python3 go lock [--upgrade].

Versions already locked are kept unless --upgrade is given. The files name packages and their
hashes, never the index they came from, so that each place can use its own mirror.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"
LOCKS = {
    "requirements.lock": ["--extra", "postgres", "--extra", "redis"],
    "requirements-test.lock": ["--extra", "test", "--constraints", "requirements.lock"],
}
COMPILE = [
    "pip",
    "compile",
    "pyproject.toml",
    "--universal",
    "--python-version",
    "3.11",
    "--quiet",
    "--no-header",
    "--no-emit-index-url",
    "--generate-hashes",
]
INDEX = re.compile(r"https?://\S+|file:\S+|--(?:extra-)?index-url|--find-links")


def make(lock: str, arguments: list[str]) -> None:
    """Write one lock file, or leave the old one and exit when the new one names an index."""
    target = ROOT / lock
    fresh = target.with_suffix(".new")
    if target.exists():
        fresh.write_bytes(target.read_bytes())
    try:
        subprocess.run([UV, *COMPILE, *arguments, "-o", fresh.name], cwd=ROOT, check=True)
        named = INDEX.search(fresh.read_text())
        if named:
            sys.exit(f"{lock} would name an index ({named[0]}): left as it was.")
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def main() -> None:
    for lock, arguments in LOCKS.items():
        print(f"Locking {lock}")
        try:
            make(lock, [*arguments, *sys.argv[1:]])
        except subprocess.CalledProcessError:
            sys.exit(f"{lock} could not be made: left as it was.")


if __name__ == "__main__":
    main()
