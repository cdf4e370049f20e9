"""Every error is a page in plain words, with the right status, that loses nothing written."""

import structlog
from flask import Flask, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.wrappers import Response

from peer.core import i18n, logs, metrics, watch, work
from peer.core.errors import PeerError, SlowDown

# Fields that people write sentences into; an error page gives them back.
_WRITTEN = {
    "text": _l("Your message"),
    "words": _l("Your words"),
    "note": _l("Your note"),
    "reason": _l("Your reason"),
    "boundaries": _l("Your boundaries"),
    "about": _l("About"),
    "question": _l("Your question"),
}


def init_app(app: Flask) -> None:
    """Answer every error of `app` with a page."""
    app.register_error_handler(PeerError, _known)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def pause(app: Flask, locales: list[str]) -> bytes:
    """The page for whoever is asked to wait before anything of theirs is looked at.

    Made once, when nobody's language is known yet: it speaks every language of the site.
    """
    told = []
    with app.app_context():
        for code in locales:
            with i18n.speaking(code):
                told.append(
                    {
                        "code": code.replace("_", "-"),
                        "direction": i18n.text_direction(code),
                        "skip": gettext("Skip to content"),
                        "leave": gettext("Leave quickly"),
                        "title": gettext("A short pause"),
                        "sentence": i18n.said(SlowDown()),
                        "written": gettext(
                            "If you were sending something, loading this page again sends it once more."
                        ),
                    }
                )
        template = app.jinja_env.get_template("errors/pause.html")
        return template.render(told=told).encode()


def _known(error: PeerError) -> Response:
    watch.because(error.code)
    wait = -(-error.retry_ms // 1000) if isinstance(error, SlowDown) else 0
    answer = _page(error.status, i18n.said(error), wait=wait)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


def _stale(_error: CSRFError) -> Response:
    watch.because("forged")
    # The token goes with its session: who was signed out meanwhile is told that instead.
    return _page(401 if getattr(session, "stale", False) else 400)


def _http(error: HTTPException) -> HTTPException | Response:
    if error.code is None or error.code < 400:
        return error
    watch.because(type(error).__name__)
    answer = _page(error.code)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def _unknown(error: Exception) -> Response:
    structlog.get_logger("web").error(
        "page_failed",
        endpoint=request.endpoint,
        kind=type(error),
        where=logs.where(error.__traceback__),
    )
    metrics.fault()
    work.give_up()
    return _page(500)


def _kept() -> list[tuple[str, str]]:
    try:
        form = request.form
    except RequestEntityTooLarge:
        return []
    return [(str(label), form[name]) for name, label in _WRITTEN.items() if form.get(name)]


def _page(status: int, sentence: str = "", *, wait: int = 0) -> Response:
    if getattr(session, "covered", None):
        return redirect(url_for("accounts.cover"), 303)  # an error would tell where one is
    try:
        body = render_template(
            "errors/page.html", status=status, sentence=sentence, wait=wait, kept=_kept()
        )
    except Exception:  # noqa: BLE001 - even the page about errors may need the database
        body = render_template("errors/plain.html", status=status)
    return Response(body, status, content_type="text/html; charset=utf-8")
