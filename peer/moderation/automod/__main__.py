"""`python -m peer.moderation.automod`: JSON lines in, verdicts as JSON lines out.

In: {"id", "text", "author": "member|mentor|staff", "recent": [texts]}. A line that cannot be read
is answered with {"id", "error"}, and the others go on.
"""

import json
import sys
from typing import Any

from peer.moderation.automod import screen


def answer(line: str) -> dict[str, Any]:
    """The verdict on one line of input."""
    asked: Any = None
    try:
        asked = json.loads(line)
        verdict = screen(
            str(asked["text"]),
            author=asked.get("author", "member"),
            recent=[str(text) for text in asked.get("recent") or []],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        named = asked.get("id") if isinstance(asked, dict) else None
        return {"id": named, "error": f"this line could not be read: {type(error).__name__}"}
    return {
        "id": asked.get("id"),
        "verdict": verdict.verdict,
        "tier": verdict.tier,
        "categories": list(verdict.categories),
        "spans": [list(span) for span in verdict.spans],
        "flags": list(verdict.flags),
    }


def main() -> None:
    """Screen standard input."""
    for line in sys.stdin:
        if line.strip():
            sys.stdout.write(json.dumps(answer(line), ensure_ascii=False) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
