"""What an installation can set: the environment, read once and checked at start."""

import os
import re
import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_ADDRESS = re.compile(r"https?://([a-z0-9.-]{1,253}|\[[0-9a-f:]{2,39}\])(:\d{1,5})?")


def _encrypted(url: URL) -> bool:
    """Whether what passes between us and the database can be read by nobody on the way."""
    host = str(url.host or url.query.get("host", ""))
    on_this_machine = not host or host.startswith("/") or host in LOOPBACK
    return on_this_machine or url.query.get("sslmode") in {"verify-ca", "verify-full"}


class SettingsError(Exception):
    """The environment cannot be used; the message says what to fix."""


class Settings(BaseSettings):
    """Every setting, with its default. Names in the environment are PEER_ and the field's name.

    `PORT` has no prefix. A secret may be given as a file: PEER_SECRET_KEY_FILE.
    Times are in minutes, unless the name says otherwise.
    """

    model_config = SettingsConfigDict(env_prefix="PEER_", frozen=True, extra="ignore")

    site_name: str = "Commonroom"
    host: str = "127.0.0.1"
    port: int = Field(default=5000, ge=1, le=65535, validation_alias="PORT")
    behind_proxy: bool = False
    public_url: str = ""
    hosts: str = ""
    hsts_preload: bool = False
    metrics_port: int = Field(default=0, ge=0, le=65534)
    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    secret_key: str = ""
    keys_file: Path | None = None
    keys_database_url: str = ""
    demo: bool = False
    languages: str = "en,es,ar"
    idle_minutes: int = Field(default=30, ge=1)
    absolute_minutes: int = Field(default=12 * 60, ge=1)
    staff_idle_minutes: int = Field(default=15, ge=1)
    staff_absolute_minutes: int = Field(default=8 * 60, ge=1)
    recovery_hours: int = Field(default=72, ge=1)
    newcomer_messages: int = Field(default=10, ge=0, le=100)
    helpline_name: str = "National Human Trafficking Hotline"
    helpline_phone: str = "1-888-373-7888"
    helpline_text: str = "233733"
    emergency_number: str = "911"
    leave_to: str = "https://www.weather.gov/"
    leave_title: str = "Weather"
    sockets: Literal["lean", "stock"] = "lean"
    mode: Literal["gevent", "threading"] = "threading"

    @field_validator("database_url", "keys_database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url:
            return url
        try:
            backend = make_url(url).get_backend_name()
        except ArgumentError:
            backend = "unreadable"
        if backend not in {"sqlite", "postgresql"}:
            raise ValueError(
                "give an address such as sqlite:////srv/peer.db or postgresql+psycopg://…"
            )
        if backend == "postgresql" and not _encrypted(make_url(url)):
            raise ValueError(
                "the database is on another machine: add ?sslmode=verify-full to its address"
            )
        return url

    @field_validator("public_url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        url = url.rstrip("/").lower()
        if url and not _ADDRESS.fullmatch(url):
            raise ValueError("give an address such as https://rooms.example.org, without a path")
        return url

    @field_validator("hosts")
    @classmethod
    def _plain_hosts(cls, hosts: str) -> str:
        names = [name.strip().lower() for name in hosts.split(",") if name.strip()]
        if not all(_ADDRESS.fullmatch(f"https://{name}") for name in names):
            raise ValueError("give names such as rooms.example.org, with commas between them")
        return ",".join(names)

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, url: str) -> str:
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("give an address such as redis://127.0.0.1:6379/0, or leave it out")
        if url.startswith("redis://") and (urlsplit(url).hostname or "localhost") not in LOOPBACK:
            raise ValueError("Redis is on another machine: use rediss://")
        return url

    @property
    def database(self) -> str:
        """The SQLAlchemy address in use: as set, else SQLite under the data folder."""
        return _address(self.database_url) or self._file("peer.db")

    @property
    def keys_database(self) -> str:
        """Where the key store is: as set, else beside the database (a file, or a schema)."""
        given = self.keys_database_url or self.database_url
        on_sqlite = not given or make_url(given).get_backend_name() == "sqlite"
        if on_sqlite and not self.keys_database_url:
            return self._file("keys.db")
        return _address(given)

    @property
    def keys_path(self) -> Path:
        """The file of master keys: as set, else in the data folder."""
        return self.keys_file or self.data_dir / "master.keys"

    @property
    def restoring_path(self) -> Path:
        """Where it stands that a copy and its keys are just taking their places."""
        return self.data_dir / "restoring"

    def _file(self, name: str) -> str:
        return f"sqlite:///{(self.data_dir / name).absolute()}"

    @property
    def https(self) -> bool:
        """Whether browsers reach the site over https (a proxy in front ends it)."""
        return self.behind_proxy

    @property
    def origins(self) -> list[str]:
        """The addresses under which people reach the site; none: any name of this machine."""
        scheme = "https" if self.https else "http"
        others = [f"{scheme}://{name}" for name in self.hosts.split(",") if name]
        return [*([self.public_url] if self.public_url else []), *others]

    @property
    def locales(self) -> list[str]:
        """The languages on offer, the first being the default."""
        return [code.strip() for code in self.languages.split(",") if code.strip()]


def _address(url: str) -> str:
    """With the driver that is installed; empty when there is none."""
    if not url:
        return ""
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


def load(**given: object) -> Settings:
    """The settings of this process; `given` wins over the environment.

    Raises SettingsError with one line per setting that has to be fixed.
    """
    try:
        settings = Settings(**{**_from_files(), **given})  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"  {_shown(e['loc'])}: {e['msg']}" for e in error.errors()]
        raise SettingsError("These settings need another look:\n" + "\n".join(lines)) from None
    if not settings.secret_key:
        settings = settings.model_copy(update={"secret_key": _kept_secret(settings.data_dir)})
    if len(settings.secret_key) < 32:
        raise SettingsError("  PEER_SECRET_KEY: use at least 32 random characters")
    return settings


def _shown(location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else "?"
    return name if name == "PORT" else f"PEER_{name.upper()}"


def _from_files() -> dict[str, str]:
    """Secrets given as PEER_X_FILE, so that they need not stand in the environment."""
    found: dict[str, str] = {}
    for field in ("secret_key", "database_url", "keys_database_url", "redis_url"):
        path = os.environ.get(f"PEER_{field.upper()}_FILE")
        if not path:
            continue
        try:
            found[field] = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(
                f"  PEER_{field.upper()}_FILE: {path} cannot be read ({error.strerror})"
            ) from None
    return found


def _kept_secret(folder: Path) -> str:
    """A key made on the first start and kept beside the data, readable by its owner alone."""
    path = folder / "secret.key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise SettingsError(
            f"  PEER_DATA_DIR: {folder} cannot be written ({error.strerror})"
        ) from None
    return path.read_text(encoding="utf-8").strip()
