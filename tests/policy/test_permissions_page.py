"""docs/permissions.md says what doors.py says."""

import importlib.util
from pathlib import Path

from flask import Flask

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_on_permissions_is_up_to_date(app: Flask) -> None:
    spec = importlib.util.spec_from_file_location("permissions", ROOT / "tools" / "permissions.py")
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    written = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert tool.text(app) == written, "run: .venv/bin/python tools/permissions.py"
