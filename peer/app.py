"""The composition root: the one module that knows every feature and wires them together."""

import importlib
import importlib.util
import logging
from pathlib import Path
from types import ModuleType

import click
import structlog
from flask import Flask, abort, redirect, request, url_for
from flask_login import current_user
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as Answer

from peer import errorpages
from peer.accounts import service as accounts
from peer.accounts.sessions import Sessions, login_manager
from peer.chrome import chrome
from peer.core import audit, headers, i18n, limits, markup, paths, queue, secrets
from peer.core.db import database
from peer.core.realtime import hub
from peer.core.realtime.door import Doorkeeper
from peer.core.settings import Settings, load
from peer.moderation import automod
from peer.moderation import service as moderation
from peer.policy import doors
from peer.rooms import service as rooms
from peer.rooms.subjects import MessageSubject

# Doors of each feature, from the bottom of the stack to its top.
FEATURES = ("accounts", "notifications", "moderation", "rooms", "resources", "mentoring", "home")
DOORS = ("routes", "sockets", "commands", "jobs")

csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """The site, ready to serve; SettingsError when the environment cannot be used."""
    settings = settings or load()
    configure_core(settings)
    app = Flask(
        "peer",
        template_folder=str(paths.templates()),
        static_folder=str(paths.static()),
        static_url_path="/static",
    )
    app.config.update(
        PEER=settings,
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_FIELD_NAME="csrf_token",
        WTF_CSRF_SSL_STRICT=False,
    )
    sessions = Sessions(settings)
    app.session_interface = sessions
    login_manager(app)
    csrf.init_app(app)
    i18n.init_app(app, settings.locales)
    headers.init_app(app, https=settings.https)
    _guard(app)
    errorpages.init_app(app)
    app.context_processor(lambda: chrome(settings))
    app.jinja_env.filters["plain"] = markup.plain
    hub.init_app(app, mode=settings.mode)
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    _open_doors(app)
    Doorkeeper(
        app,
        session_of=sessions.session_of,
        actor_of=sessions.actor_of,
        may=doors.event_opens,
    ).stand()
    return app


def configure_core(settings: Settings) -> None:
    """Connect the process to its database, queue and limits; also for the command line."""
    _quiet_logs()
    database.connect(settings.database)
    audit.configure(settings.secret_key)
    secrets.configure(settings.secret_key)
    limits.configure(settings.secret_key, settings.redis_url)
    automod.trust(settings.helpline_phone, settings.helpline_text)
    hub.configure(settings.secret_key, settings.redis_url)
    _wire()
    _import_doors("jobs")
    queue.configure(settings.secret_key, Path(settings.data_dir), settings.redis_url)


def _wire() -> None:
    """Fill the ports through which lower features reach higher ones."""
    accounts.when_joined(rooms.welcome)
    accounts.offer_rooms(rooms.room_choices)
    moderation.register_subject(MessageSubject())


def _import_doors(kind: str) -> list[ModuleType]:
    """The modules of one kind that features have."""
    found = []
    for feature in FEATURES:
        name = f"peer.{feature}.{kind}"
        if importlib.util.find_spec(name) is not None:
            found.append(importlib.import_module(name))
    return found


def _open_doors(app: Flask) -> None:
    for module in _import_doors("routes"):
        app.register_blueprint(module.bp)
    for _ in _import_doors("sockets"):
        pass  # importing them registers their events
    csrf.exempt(app.view_functions["accounts.leave"])


def _guard(app: Flask) -> None:
    """Deny by default: a page that policy does not list is shut to everyone."""

    @app.before_request
    def check_door() -> Answer | None:
        i18n.remember_language()
        if request.endpoint is None:
            return None  # no such address: Flask answers 404 by itself
        if any("\x00" in str(part) for part in (request.view_args or {}).values()):
            return abort(404)  # PostgreSQL would refuse it as text
        door = doors.page_door(request.endpoint)
        actor = current_user.actor if current_user.is_authenticated else None
        if door is not None and door.opens_to(actor):
            return None
        if door is not None and actor is None and request.method == "GET":
            return redirect(url_for("accounts.sign_in"), 303)
        return abort(401 if actor is None and door is not None else 404)


def _quiet_logs() -> None:
    """Structured lines with events and fixed words; libraries speak up only when in trouble."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


def commands() -> list[click.Command]:
    """The command-line commands that features bring."""
    found: list[click.Command] = []
    for module in _import_doors("commands"):
        found.extend(module.COMMANDS)
    return found


def create_server() -> Flask:
    """The site in a web process of its own: with sockets, and the beat that keeps them true."""
    app = create_app(load(mode="gevent"))
    hub.start()
    return app


def run_worker(app: Flask) -> None:
    """Work through the queue until told to stop."""
    queue.work_through(app.app_context)
