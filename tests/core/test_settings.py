"""Settings are checked at the start, and what is wrong is said with what to do about it."""

import stat
from pathlib import Path

import pytest

from peer.core.settings import SettingsError, load
from peer.serve import check_exposure
from tests.plugins.site import SECRET


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("PEER_") or name == "PORT"]:
        monkeypatch.delenv(name)


def refusal(**given: object) -> str:
    with pytest.raises(SettingsError) as refused:
        load(secret_key=SECRET, **given)
    return str(refused.value)


def test_each_wrong_setting_is_named_as_it_is_written_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PORT", "a-port")
    monkeypatch.setenv("PEER_IDLE_MINUTES", "0")
    monkeypatch.setenv("PEER_REDIS_URL", "127.0.0.1:6379")
    monkeypatch.setenv("PEER_DATABASE_URL", "mysql://somewhere/peer")
    said = refusal(data_dir=tmp_path)
    for line in ("PORT:", "PEER_IDLE_MINUTES:", "PEER_REDIS_URL:", "PEER_DATABASE_URL:"):
        assert f"  {line}" in said
    assert "redis://127.0.0.1:6379/0" in said
    assert "postgresql+psycopg://" in said


def test_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="32 random characters"):
        load(data_dir=tmp_path, secret_key="short")


def test_secret_comes_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(SECRET + "\n")
    monkeypatch.setenv("PEER_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert load(data_dir=tmp_path).secret_key == SECRET


def test_secret_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEER_DATABASE_URL_FILE", str(tmp_path / "nowhere"))
    assert "PEER_DATABASE_URL_FILE" in refusal(data_dir=tmp_path)


def test_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = load(data_dir=tmp_path).secret_key
    assert load(data_dir=tmp_path).secret_key == first
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="PEER_DATA_DIR"):
        load(data_dir=tmp_path / "file" / "var")


def test_plain_postgresql_addresses_get_their_driver(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path, secret_key=SECRET, database_url="postgresql://u@/peer")
    assert settings.database == "postgresql+psycopg://u@/peer"


@pytest.mark.parametrize(
    "given",
    [
        {"database_url": "postgresql://u@db.example/peer"},
        {"database_url": "postgresql://u@db.example/peer?sslmode=require"},
        {"database_url": "postgresql://u@/peer?host=10.0.0.7"},
        {"redis_url": "redis://cache.example:6379/0"},
    ],
)
def test_nothing_travels_in_the_clear_to_another_machine(
    given: dict[str, str], tmp_path: Path
) -> None:
    assert "on another machine" in refusal(data_dir=tmp_path, **given)


@pytest.mark.parametrize(
    "given",
    [
        {"database_url": "postgresql://u@db.example/peer?sslmode=verify-full"},
        {"database_url": "postgresql://u@127.0.0.1/peer"},
        {"database_url": "postgresql://u@/peer?host=/run/postgresql"},
        {"redis_url": "rediss://cache.example:6379/0"},
        {"redis_url": "redis://127.0.0.1:6379/0"},
        {"redis_url": "unix:///run/redis/redis.sock"},
    ],
)
def test_this_machine_and_encrypted_connections_are_fine(
    given: dict[str, str], tmp_path: Path
) -> None:
    load(data_dir=tmp_path, secret_key=SECRET, **given)


def test_site_is_not_served_in_the_clear_beyond_this_machine(tmp_path: Path) -> None:
    given = {"data_dir": tmp_path, "secret_key": SECRET}
    with pytest.raises(SettingsError, match="PEER_BEHIND_PROXY=1"):
        check_exposure(load(host="0.0.0.0", **given))
    check_exposure(load(host="0.0.0.0", behind_proxy=True, **given))
    for host in ("127.0.0.1", "::1", "localhost"):
        check_exposure(load(host=host, **given))
