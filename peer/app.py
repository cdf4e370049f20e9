"""The composition root: the one module that knows every feature and wires them together."""

import importlib
import importlib.util
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import click
from flask import Flask, abort, redirect, request, url_for
from flask_wtf import CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as Answer

from peer import errorpages
from peer.accounts import queries as people
from peer.accounts import service as accounts
from peer.accounts.queries import before as people_before
from peer.accounts.sessions import (
    Sessions,
    cover_instead,
    current_session,
    login_manager,
    look_again_after_forms,
)
from peer.chrome import chrome
from peer.core import (
    audit,
    backups,
    gate,
    i18n,
    inuse,
    keys,
    leftovers,
    limits,
    logs,
    markup,
    metrics,
    packing,
    paths,
    queue,
    secrets,
    watch,
    work,
)
from peer.core.db import Base, database
from peer.core.errors import codes
from peer.core.realtime import hub
from peer.core.realtime.door import Doorkeeper
from peer.core.settings import Settings, load
from peer.mentoring import service as mentoring
from peer.moderation import automod
from peer.moderation import queries as moderation_queries
from peer.moderation import service as moderation
from peer.notifications import service as notifications
from peer.policy import doors
from peer.rooms import service as rooms
from peer.rooms.subjects import MessageSubject
from peer.wellbeing import service as wellbeing

# Doors of each feature, from the bottom of the stack to its top.
FEATURES = (
    "accounts",
    "notifications",
    "moderation",
    "rooms",
    "resources",
    "wellbeing",
    "mentoring",
    "home",
)
DOORS = ("routes", "sockets", "commands", "jobs")

# Where somebody goes on who gave the passphrase, and for whom nothing else opens yet.
_STAGES = {"second": "accounts.second", "enrol": "accounts.factors"}

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
    packing.init_app(app)
    app.config.update(
        DEBUG=False,  # also when FLASK_DEBUG stands in the environment
        PEER=settings,
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=gate.LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=gate.LARGEST_FORM,
        MAX_FORM_PARTS=500,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_FIELD_NAME="csrf_token",
        WTF_CSRF_SSL_STRICT=False,
    )
    sessions = Sessions(settings)
    app.session_interface = sessions
    login_manager(app)
    places = gate.init_app(app, settings)
    look_again_after_forms(app)  # the gate has read the form
    csrf.init_app(app)
    i18n.init_app(app, settings.locales)
    watch.init_app(app)
    _guard(app)
    errorpages.init_app(app)
    app.context_processor(lambda: chrome(settings))
    app.jinja_env.filters.update(plain=markup.plain, apart=markup.apart)
    app.jinja_env.add_extension(markup.Unindented)
    hub.init_app(app, mode=settings.mode, lean=settings.sockets == "lean", is_own=places.is_own)
    pause = errorpages.pause(app, settings.locales)
    app.wsgi_app = gate.Gate(  # type: ignore[method-assign]
        app.wsgi_app, places, pause=pause, count_knocks=settings.behind_proxy
    )
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    _open_doors(app)
    logs.know("endpoint", app.view_functions)
    logs.know("why", codes())
    logs.know("what", Base.metadata.tables)
    metrics.FEATURES.update(app.blueprints)
    Doorkeeper(
        app,
        callers=sessions.callers,
        may=doors.event_opens,
    ).stand()
    return app


def configure_core(settings: Settings) -> None:
    """Connect the process to its database, queue and limits; also for the command line."""
    logs.configure()
    finish_restoring(settings)
    database.connect(settings.database)
    keys.configure(settings)
    secrets.configure(settings.secret_key)
    watch.configure(settings.secret_key)
    limits.configure(settings.secret_key, settings.redis_url)
    rooms.look_at_first(settings.newcomer_messages)
    automod.trust(settings.helpline_phone, settings.helpline_text)
    leftovers.configure(settings.redis_url)
    hub.configure(settings.secret_key, settings.redis_url)
    _wire()
    _import_doors("jobs")
    audit.remember_in(Path(settings.data_dir))
    queue.configure(settings.secret_key, Path(settings.data_dir), settings.redis_url)


def _wire() -> None:
    """Fill the ports through which lower features reach higher ones."""
    accounts.when_joined(rooms.welcome)
    accounts.offer_rooms(rooms.room_choices)
    accounts.tell_through(notifications.notify, notifications.settle)
    accounts.register_acts()
    moderation.register_acts()
    mentoring.register_acts()
    accounts.when_private_lost(wellbeing.forget)
    moderation.register_subject(MessageSubject())
    for module in _import_doors("holdings"):
        accounts.register_holding(module.HOLDING)
    _show_totals()


def _show_totals() -> None:
    """Let whoever keeps the site running see how much is going on; see docs/deploy.md."""

    @work.reading
    def sessions() -> float:
        return metrics.in_tens(people.how_many_sessions())

    metrics.read("peer_sessions_open", "Sessions, in tens.", sessions)
    metrics.read(
        "peer_sockets_open", "Open sockets, in tens.", lambda: metrics.in_tens(hub.how_many())
    )
    metrics.read(
        "peer_review_waiting_seconds",
        "How long the oldest review item has waited.",
        work.reading(moderation_queries.longest_wait),
    )
    metrics.read("peer_jobs_waiting", "Jobs that wait for the worker.", queue.waiting)


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
        covered = cover_instead(request.endpoint, doors.WHILE_COVERED)
        if covered is not None:
            return covered
        if request.endpoint is None:
            return None  # no such address: Flask answers 404 by itself
        if any("\x00" in str(part) for part in (request.view_args or {}).values()):
            return abort(404)  # PostgreSQL would refuse it as text
        door = doors.page_door(request.endpoint)
        session = current_session()
        actor, stage = session.actor, session.stage
        if session.waiting is not None and request.endpoint == "home.front":
            return redirect(url_for(_STAGES[stage]), 303)
        if door is not None and door.opens_to(actor, stage):
            return None
        if door is not None and actor is None and request.method == "GET":
            return redirect(url_for(_STAGES.get(stage, "accounts.sign_in")), 303)
        watch.because("shut")
        return abort(401 if actor is None and door is not None else 404)


def commands() -> list[click.Command]:
    """The command-line commands that features bring."""
    found: list[click.Command] = []
    for module in _import_doors("commands"):
        found.extend(module.COMMANDS)
    return found


def create_server() -> Flask:
    """The site in a web process of its own: with sockets, and the beat that keeps them true."""
    logs.take_over()
    settings = load(mode="gevent")
    app = create_app(settings)
    inuse.stay(settings, database.engine)
    _check_keys()
    sessions = app.session_interface
    assert isinstance(sessions, Sessions)
    hub.on_beat(sessions.callers.note_uses)
    hub.start()
    metrics.listen(settings.metrics_port)
    return app


def _check_keys() -> None:
    """Refuse to serve a database that the keys at hand do not open: pages would show nothing."""
    with work.begin(writes=False):
        in_use = people.how_many_accounts() > 0
    keys.check(in_use=in_use)


@dataclass(frozen=True)
class Before:
    """What the database that was there says of people."""

    people: people_before.Before
    sanctions: moderation.Sanctions


@dataclass(frozen=True)
class Settled:
    """What became of an old copy: whether anything could be carried over, and what was."""

    known: bool
    people: accounts.Carried
    sanctions: int
    acts: int
    releases: int


def before_restoring(settings: Settings) -> Before | None:
    """What an old copy must not undo, or None when the database that is there cannot tell."""
    if not backups.Source.of("people", settings.database).is_there:
        return None
    try:
        database.connect(settings.database)
        with work.begin(writes=False):
            found = Before(people_before.people_before(), moderation.sanctions_before())
    except (SQLAlchemyError, sqlite3.Error):
        return None
    finally:
        database.close()
    return found if found.people.people else None


def after_restoring(before: Before | None) -> Settled:
    """What an old copy of the database must not bring back.

    Ways in, people who were erased, and whatever waited for a yes or had one: that may have been
    taken back since. Who was shut out, or is less than they were, stays so.
    """
    with work.begin():
        accounts.end_every_session()
        accounts.withdraw_every_recovery()
        accounts.withdraw_every_invitation()
        carried = accounts.carry_over(before.people if before else None)
        sanctions = moderation.carry_sanctions_over(before.sanctions) if before else 0
        acts, releases = accounts.end_what_waits()
    return Settled(before is not None, carried, sanctions, acts, releases)


def finish_restoring(settings: Settings) -> None:
    """Let people and keys belong together again where a restoring was killed in between."""
    people_there = backups.Source.of("people", settings.database)
    keys_there = backups.Source.of("keys", settings.keys_database)
    backups.finish(people_there, keys_there, settings.restoring_path)


def forget_half_restored(settings: Settings) -> None:
    """Drop what a restoring that was killed has left beside the tables: old words of people."""
    for name, url in (("people", settings.database), ("keys", settings.keys_database)):
        backups.Source.of(name, url).send_away()
    audit.drop_links(settings.data_dir)


def run_worker(app: Flask) -> None:
    """Work through the queue until told to stop."""
    inuse.stay(app.config["PEER"], database.engine)
    _check_keys()
    forget_half_restored(app.config["PEER"])
    logs.take_over()
    port = app.config["PEER"].metrics_port
    metrics.listen(port + 1 if port else 0)
    queue.work_through(app.app_context)
