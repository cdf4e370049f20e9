"""Everything that can be said of the code without running it; all steps run, whatever fails."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STEPS: dict[str, list[str | Path]] = {
    "Format": ["-m", "ruff", "format", "--check", "."],
    "Lint": ["-m", "ruff", "check", "."],
    "Security": ["-m", "bandit", "-q", "-ll", "-r", "peer", "matching", "go"],
    "Types": ["-m", "mypy"],
    "Import rules": [BIN / "lint-imports", "--no-logo"],
    "Templates": ["-m", "djlint", "templates", "--lint", "--quiet"],
    "Translations": ["tools/translations.py"],
}


def passes(name: str, step: list[str | Path]) -> bool:
    """Run one step and say how it went; what it printed is shown when it failed."""
    done = subprocess.run(
        [sys.executable, *step],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(f"{name}: {'failed' if done.returncode else 'in order'}", flush=True)
    if done.returncode:
        print(done.stdout.strip(), flush=True)
    return done.returncode == 0


def main() -> None:
    failed = [name for name, step in STEPS.items() if not passes(name, step)]
    if failed:
        sys.exit(f"Not in order: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
