"""Write docs/permissions.md: who may knock at which page and send which event.

python tools/permissions.py           write it
python tools/permissions.py --check   say whether it is up to date
"""

import sys
import tempfile
from pathlib import Path

from flask import Flask

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from peer.app import create_app  # noqa: E402
from peer.core.settings import load  # noqa: E402
from peer.policy.doors import EVENTS, PAGES, Door  # noqa: E402
from peer.policy.roles import Role  # noqa: E402

TARGET = ROOT / "docs" / "permissions.md"
HEAD = """# Who may knock where

Made from `peer/policy/doors.py` by `tools/permissions.py`; a test compares them.

A door says who may knock: everyone, everyone signed in, or holders of a role. Whether this person
may do this to that thing is decided by the rules beside it, in `peer/policy/`, which every page,
socket event, job and command meets in the service. What is not listed here stays shut. Hidden and
missing look alike: both answer 404.
"""


def site() -> Flask:
    """The site over an empty folder: only its routes are looked at."""
    folder = Path(tempfile.mkdtemp())
    return create_app(load(data_dir=folder, secret_key="only-to-read-the-routes-of-the-site"))


def who(door: Door) -> str:
    """A door in words."""
    if door.everyone:
        return "everyone"
    if not door.roles:
        return "who has yet to show the second factor"
    if door.roles == frozenset(Role):
        more = ", and who has yet to set a second factor up" if door.stages else ""
        return "everyone signed in" + more
    return ", ".join(role.value for role in Role if role in door.roles)


def pages(app: Flask) -> dict[str, list[str]]:
    """A table row for every route, by feature."""
    found: dict[str, list[str]] = {}
    for rule in sorted(
        app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))
    ):
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        door = PAGES.get(rule.endpoint)
        row = f"| {methods} | `{rule.rule}` | {who(door) if door else 'nobody'} |"
        found.setdefault(rule.endpoint.partition(".")[0], []).append(row)
    return found


def text(app: Flask) -> str:
    """The whole page."""
    parts = [HEAD]
    for feature, rows in sorted(pages(app).items()):
        parts.append(f"## {feature.title()}\n\n| | page | who |\n|---|---|---|\n" + "\n".join(rows))
    events = [f"| `{name}` | {who(door)} |" for name, door in sorted(EVENTS.items())]
    parts.append("## Socket events\n\n| event | who |\n|---|---|\n" + "\n".join(events))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def main() -> None:
    fresh = text(site())
    if "--check" not in sys.argv:
        TARGET.write_text(fresh, encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != fresh:
        sys.exit("docs/permissions.md is not what doors.py says: run tools/permissions.py")


if __name__ == "__main__":
    main()
