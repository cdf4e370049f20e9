"""Languages: which one a page is in, and words for errors in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from flask import Flask, current_app, has_request_context, request, session
from flask_babel import (
    Babel,
    force_locale,
    format_date,
    format_time,
    get_locale,
    get_timezone,
    gettext,
)

from peer.core import paths
from peer.core.errors import PeerError

_DATE_AND_TIME = ((format_date, "long"), (format_time, "short"))
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "ps", "ckb", "yi"}

babel = Babel()


def init_app(app: Flask, locales: list[str]) -> None:
    """Choose a page's language: asked for, remembered, or the browser's."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(paths.translations())
    app.config["PEER_LOCALES"] = locales

    def chosen() -> str:
        if not has_request_context():
            return locales[0]
        wanted = session.get("lang")
        if wanted in locales:
            return str(wanted)
        return request.accept_languages.best_match(locales) or locales[0]

    # A {% trans %} block may be wrapped over lines; tools/translations.py reads it the same way.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.filters.update(day=day, datetime=day_and_time)
    babel.init_app(
        app,
        locale_selector=chosen,
        timezone_selector=lambda: session.get("zone") if has_request_context() else None,
    )


def remember_language() -> None:
    """Take `?lang=` of any page into the session."""
    wanted = request.args.get("lang", "")
    if wanted and wanted in _locales():
        session["lang"] = wanted


def _locales() -> list[str]:
    locales: list[str] = current_app.config["PEER_LOCALES"]
    return locales


def own_name(code: str) -> str:
    """A language's name in that language, such as "español"; the code when unknown."""
    try:
        return Locale.parse(code).get_display_name(code) or code
    except (UnknownLocaleError, ValueError):
        return code


def text_direction(code: str) -> str:
    """ "rtl" or "ltr"."""
    return "rtl" if code.split("_")[0] in RIGHT_TO_LEFT else "ltr"


def current_code() -> str:
    """The language of the present page."""
    locale = get_locale()
    return str(locale) if locale else "en"


def current_zone() -> str:
    """The IANA time zone of the person whose page this is; UTC when unknown."""
    return str(get_timezone())


def day(moment: date) -> str:
    """A date, of a moment that in the person's own zone, as their language writes it."""
    return str(format_date(moment, "long"))


def day_and_time(moment: datetime, zone: str = "") -> str:
    """Date and time of a moment in words, in `zone` or else the person's own."""
    local = moment.astimezone(ZoneInfo(zone or current_zone()))
    date, time = (write(local, form, rebase=False) for write, form in _DATE_AND_TIME)
    return f"{date}, {time}"


def stepped_aside() -> str:
    """What a room is called in which one person and two of the team talk."""
    return str(gettext("Stepped aside"))


def someone_who_left() -> str:
    """What somebody is called whose name is gone."""
    return str(gettext("Someone who left"))


def said(error: PeerError) -> str:
    """The error's sentence in the present language."""
    sentence: str = (
        gettext(error.message, **error.params) if error.params else gettext(error.message)
    )
    return sentence


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Words inside the block are in language `code`; needs an application context."""
    if not code:
        yield
        return
    with force_locale(code):
        yield
