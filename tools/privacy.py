"""Write docs/privacy.md: what is held about people, why, how long, and what then.

python tools/privacy.py           write it
python tools/privacy.py --check   say whether it is up to date
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from peer.policy import retention  # noqa: E402
from peer.policy.retention import Life  # noqa: E402

TARGET = ROOT / "docs" / "privacy.md"
HEAD = """# What is kept, and how long

Made from `peer/policy/retention/` by `tools/privacy.py`; a test compares them, and another
fails when a table of the database is missing. Everyone can read the same page on the site, at
`/privacy`, in their language. A sweep enforces it every hour; on SQLite it overwrites what it
deletes and empties the write-ahead log.
"""


LEFT_OUT = """## What the download leaves out

Everybody can download what is held about them, as a page and as JSON: every column that mentions
them but these. A test compares the file with the database.
"""


def said(life: Life) -> str:
    """One table's part of the page."""
    until = life.until % life.params
    return f"**`{life.table}`** {life.holds}\n\n* Why: {life.why}\n* Until: {until}"


def text() -> str:
    """The whole page."""
    parts = [HEAD]
    for theme, lives in retention.by_theme().items():
        parts.append(f"## {retention.THEMES[theme]}")
        parts += [said(life) for life in lives]
    parts.append("## And besides")
    parts += [f"**{title}.** {words}" for title, words in retention.ELSEWHERE]
    parts.append(LEFT_OUT)
    for reason in dict.fromkeys(retention.LEFT_OUT.values()):
        places = sorted(place for place, why in retention.LEFT_OUT.items() if why == reason)
        parts.append(f"**{reason}** " + ", ".join(f"`{place}`" for place in places))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def main() -> None:
    if "--check" not in sys.argv:
        TARGET.write_text(text(), encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != text():
        sys.exit("docs/privacy.md is not what peer/policy/retention/ says: run tools/privacy.py")


if __name__ == "__main__":
    main()
