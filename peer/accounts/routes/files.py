"""Files with what is held about somebody: to read in any browser, or the same as JSON."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from peer.accounts import service
from peer.accounts.routes.blueprint import bp
from peer.core import clock, i18n, paths


def data_file(
    kind: str,
    sections: Sequence[service.Section],
    *,
    form: str,
    page: str,
    lead: Mapping[str, object],
    **more: object,
) -> Response:
    """The file of that kind ("html" or "json"). Its name tells nothing.

    `form` names the shape of the JSON, in which `lead` stands before the sections; `page` is the
    template of the other, and `more` is for it.
    """
    if kind == "json":
        words = {
            "format": form,
            "made_at": clock.now().isoformat(),
            **lead,
            "sections": [_section_json(section) for section in sections],
        }
        body, mime = json.dumps(words, ensure_ascii=False, indent=1), "application/json"
    else:
        body = render_template(page, sections=sections, style=_style(), **more)
        kind, mime = "html", "text/html"
    answer = Response(body, mimetype=mime)
    answer.headers["Content-Disposition"] = f'attachment; filename="notes.{kind}"'
    return answer


@cache
def _style() -> Markup:
    """The file's own style, since it stands alone."""
    css = (paths.static() / "css" / "data-file.css").read_text(encoding="utf-8")
    return Markup("<style>{}</style>").format(Markup(css))  # noqa: S704 # nosec B704


def _section_json(section: service.Section) -> dict[str, object]:
    rows = [{key: _plain(value) for key, value in row.items()} for row in section.rows]
    labels = {key: _(label) for key, label in section.labels.items()}
    return {"key": section.key, "title": _(section.title), "labels": labels, "rows": rows}


def _plain(value: service.Value) -> object:
    if isinstance(value, service.Said):
        return worded(value)
    if isinstance(value, date):  # a moment is one, too
        return value.isoformat()
    if isinstance(value, str | int | float) or value is None:
        return value
    return [_plain(each) for each in value]


@bp.app_template_filter("worded")
def worded(value: service.Value) -> str:
    """A value in words of the page's language."""
    if isinstance(value, service.Said):
        params = {
            name: _(each) if name.endswith("_words") else each
            for name, each in value.params.items()
        }
        return str(_(value.words, **params))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return i18n.day_and_time(value)
    if isinstance(value, date):
        return i18n.day(value)
    if isinstance(value, str | int | float):
        return str(value)
    return ""
