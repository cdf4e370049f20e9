"""A test that needs what is absent says what to start; where skips are forbidden, it fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLOSED = {
    "PEER_TEST_DATABASE_URL": "postgresql+psycopg://someone:secret@127.0.0.1:9/postgres",
    "PEER_TEST_REDIS_URL": "redis://127.0.0.1:9/15",
}
NEEDS_SERVERS = """
def test_with_postgres(postgres_url): pass
def test_with_redis(redis_url): pass
"""
SKIPS_ITSELF = """
import pytest
def test_skipped(): pytest.skip("It rains.")
@pytest.mark.xfail
def test_expected_to_fail(): assert False
"""
SKIPS_WHOLE = "import pytest; pytest.skip('It rains.', allow_module_level=True)"


def run(folder: Path, test: str, **environment: str) -> tuple[int, str]:
    (folder / "test_one.py").write_text(test)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = postgres\n    redis\n")
    plugins = ["-p", "tests.plugins.no_skips", "-p", "tests.plugins.services"]
    kept = {
        name: value for name, value in os.environ.items() if name not in ("CI", "PEER_NO_SKIPS")
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", *plugins, "-c", folder / "pytest.ini", folder],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


def test_absent_servers_are_named_and_their_tests_skip(tmp_path: Path) -> None:
    code, said = run(tmp_path, NEEDS_SERVERS, **CLOSED)
    assert code == 0
    assert "2 skipped" in said
    assert "PostgreSQL does not answer at postgresql+psycopg://someone:***@127.0.0.1:9" in said
    assert "Redis does not answer at redis://127.0.0.1:9/15: start it" in said
    assert "secret" not in said


@pytest.mark.parametrize("rule", ["CI=true", "PEER_NO_SKIPS=1"])
def test_absent_servers_fail_where_skips_are_forbidden(tmp_path: Path, rule: str) -> None:
    name, _, value = rule.partition("=")
    code, said = run(tmp_path, NEEDS_SERVERS, **CLOSED, **{name: value})
    assert code == 1
    assert "Redis does not answer" in said
    assert "skipped" not in said.splitlines()[-1]


@pytest.mark.parametrize("test", [SKIPS_ITSELF, SKIPS_WHOLE], ids=["in a test", "a whole file"])
def test_every_kind_of_skip_fails_where_skips_are_forbidden(tmp_path: Path, test: str) -> None:
    assert run(tmp_path, test)[0] in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    code, said = run(tmp_path, test, PEER_NO_SKIPS="1")
    assert code in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)
    assert "Skips are forbidden here" in said
    assert not {"skipped", "xfailed"} & {*said.splitlines()[-1].split()}
