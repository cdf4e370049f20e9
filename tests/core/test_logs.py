"""Lines of fixed words and numbers: what else is handed to the log is not written."""

import ast
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from peer.core import logs

ROOT = Path(__file__).resolve().parents[2]
CANARY = "zebrafish"
SAYS = {"noticed", "refused", "debug", "info", "warning", "error", "critical", "exception"}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What reaches standard output."""
    found = io.StringIO()
    monkeypatch.setattr(logs, "_written_to", found)
    logs.configure()
    return found


def test_words_that_nobody_made_known_are_left_out(written: io.StringIO) -> None:
    log = structlog.get_logger("tests")
    log.error(CANARY, text=CANARY, endpoint=CANARY, kind=CANARY, where=CANARY, job=CANARY)
    log.error("page_failed", who=CANARY, effect=CANARY, status=CANARY, library=CANARY, seconds="9")
    log.error("page_failed", where=f"{CANARY} at app.py:3", endpoint=[CANARY], kind=ValueError)
    lines = written.getvalue().splitlines()
    assert len(lines) == 3
    assert CANARY not in written.getvalue()
    assert "event='unlisted'" in lines[0]
    assert "kind='ValueError'" in lines[2]


def test_what_has_the_shape_of_its_key_is_kept(written: io.StringIO) -> None:
    logs.know("job", ["tests.count"])
    line = {"job": "tests.count", "seconds": 1.5, "count": 3, "where": "app.py:3 > work.py:40"}
    structlog.get_logger("tests").info(
        "job", **line, effect=test_what_has_the_shape_of_its_key_is_kept, who="0123456789abcdef"
    )
    told = written.getvalue()
    for part in ("job='tests.count'", "seconds=1.5", "count=3", "app.py:3 > work.py:40", "0123456"):
        assert part in told
    assert "test_what_has_the_shape" in told


def test_an_error_is_its_class_and_its_place_never_its_message(written: io.StringIO) -> None:
    try:
        raise LookupError(CANARY)
    except LookupError:
        structlog.get_logger("tests").exception("page_failed")
        logging.getLogger("sqlalchemy.pool").exception("while asking for %s", CANARY)
    assert CANARY not in written.getvalue()
    assert written.getvalue().count("kind='LookupError' where='test_logs.py:") == 2


@pytest.mark.parametrize("name", [*sorted(logs.LIBRARIES), "somebody.else"])
def test_libraries_are_heard_without_their_words(name: str, written: io.StringIO) -> None:
    logging.getLogger(name).error("about %s", CANARY, extra={"address": CANARY})
    assert CANARY not in written.getvalue()
    assert "event='library_said'" in written.getvalue()
    assert "where='test_logs.py:" in written.getvalue()


def test_the_same_line_is_not_written_without_end(written: io.StringIO) -> None:
    for _ in range(500):
        structlog.get_logger("tests").error("page_failed", status=500)
    assert len(written.getvalue().splitlines()) == 30


def test_every_event_that_code_logs_is_listed() -> None:
    said = {
        (path.name, call.args[0].value)
        for path in (ROOT / "peer").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in SAYS
        and _is_logger(call.func.value)
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(said) > 5
    missing = {each for each in said if each[1] not in logs.EVENTS}
    assert not missing, f"add these to EVENTS in peer/core/logs.py: {sorted(missing)}"


def _is_logger(value: ast.expr) -> bool:
    if isinstance(value, ast.Name):
        return value.id in {"log", "logger", "watch"}
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr == "get_logger"


def test_nothing_prints_past_the_log() -> None:
    """Only what a person started at a terminal speaks to them there."""
    may_print = {"cli.py", "serve.py"}
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in (ROOT / "peer").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "print"
        and path.name not in may_print
        and "demo" not in path.parts
    ]
    assert found == []
