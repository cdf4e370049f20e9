"""Every table has a life, docs/privacy.md says it, and the page shows it to everybody."""

import importlib.util
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from peer.core.db import Base
from peer.policy import retention

ROOT = Path(__file__).resolve().parents[2]


def test_every_table_has_a_life_and_every_life_a_table(app: Flask) -> None:
    tables = set(Base.metadata.tables)
    told = [life.table for life in retention.LIVES]
    assert tables - set(told) == set(), "say in peer/policy/retention/ how long these are kept"
    assert set(told) - tables == set(), "these tables are not there"
    assert len(told) == len(set(told))


def test_no_room_can_keep_what_is_said_for_ever() -> None:
    assert max(retention.ROOM_DAYS) <= 180
    assert retention.ROOM_DAYS_USUAL in retention.ROOM_DAYS


def test_the_page_on_privacy_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("privacy", ROOT / "tools" / "privacy.py")
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    written = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert tool.text() == written, "run: .venv/bin/python tools/privacy.py"


def test_anybody_can_read_what_is_kept_and_how_long(client: FlaskClient) -> None:
    page = client.get("/privacy")
    assert page.status_code == 200
    words = page.get_data(as_text=True)
    assert "90 days" in words
    assert "%(" not in words
