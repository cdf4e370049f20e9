"""What an installation can set: the environment, read once and checked at start."""

import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class SettingsError(Exception):
    """The environment cannot be used; the message says what to fix."""


class Settings(BaseSettings):
    """Every setting, with its default. Names in the environment are PEER_ and the field's name.

    `PORT` has no prefix. A secret may be given as a file: PEER_SECRET_KEY_FILE.
    Times are in minutes.
    """

    model_config = SettingsConfigDict(env_prefix="PEER_", frozen=True, extra="ignore")

    site_name: str = "Commonroom"
    host: str = "127.0.0.1"
    port: int = Field(default=5000, ge=1, le=65535, validation_alias="PORT")
    behind_proxy: bool = False
    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    secret_key: str = ""
    demo: bool = False
    languages: str = "en,es,ar"
    idle_minutes: int = Field(default=30, ge=1)
    absolute_minutes: int = Field(default=12 * 60, ge=1)
    staff_idle_minutes: int = Field(default=15, ge=1)
    staff_absolute_minutes: int = Field(default=8 * 60, ge=1)
    helpline_name: str = "National Human Trafficking Hotline"
    helpline_phone: str = "1-888-373-7888"
    helpline_text: str = "233733"
    emergency_number: str = "911"
    leave_to: str = "https://www.weather.gov/"
    leave_title: str = "Weather"
    mode: Literal["gevent", "threading"] = "threading"

    @field_validator("database_url")
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
        return url

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, url: str) -> str:
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("give an address such as redis://127.0.0.1:6379/0, or leave it out")
        return url

    @property
    def database(self) -> str:
        """The SQLAlchemy address in use: as set, else SQLite under the data folder."""
        if not self.database_url:
            return f"sqlite:///{(self.data_dir / 'peer.db').absolute()}"
        url = make_url(self.database_url)
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    @property
    def https(self) -> bool:
        """Whether browsers reach the site over https (a proxy in front ends it)."""
        return self.behind_proxy

    @property
    def locales(self) -> list[str]:
        """The languages on offer, the first being the default."""
        return [code.strip() for code in self.languages.split(",") if code.strip()]


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
    for field in ("secret_key", "database_url", "redis_url"):
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
