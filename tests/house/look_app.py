"""A bare site around base.html and the components, so that the look is tested by itself."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, flash, redirect, render_template, render_template_string, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import ChoiceLoader, DictLoader
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired

from peer.core import packing

ROOT = Path(__file__).resolve().parents[2]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
DAYS = [("1", "Mon", "Monday"), ("2", "Tue", "Tuesday"), ("3", "Wed", "Wednesday")]
HOURS = [
    ("09:00", "09:00", "09:00 to 10:00", "Morning"),
    ("10:00", "10:00", "10:00 to 11:00", "Morning"),
    ("18:00", "18:00", "18:00 to 19:00", "Evening"),
]
KIT = """
{% extends "base.html" %}
{% import "components/forms.html" as forms %}
{% import "components/lists.html" as lists %}
{% import "components/charts.html" as charts %}
{% import "components/availability.html" as avail %}
{% block title %}Kit{% endblock %}
{% block head %}<link rel="stylesheet" href="/static/css/mentoring.css">{% endblock %}
{% set script = 'availability' %}
{% block content %}
{% call ui.page_header('Kit', 'All parts', '/', 'Back') %}<a class="btn" href="#x">New</a>{% endcall %}
{{ lists.tiles([('Waiting', 12), ('Matched', '34 of 40', 'more than last time')]) }}
{{ lists.tabs('Rounds', [('Open', '#a', true, 2), ('Finished', '#b', false, none)]) }}
{{ lists.steps(['You', 'Times', 'Check'], 2) }}{{ charts.progress('Your profile', 2, 3) }}
<form class="card stack form" method="post" action="/kit">{{ ui.csrf() }}{{ forms.summary(form) }}
{{ forms.field(form.name) }}{{ forms.field(form.word) }}{{ forms.text_area(form.about, optional=true) }}
{{ forms.select(form.lang) }}{{ forms.choices(form.mood, hints={'c': 'We show ideas.'}) }}
{{ forms.choices(form.topics, columns=2) }}{{ forms.checkbox(form.agree) }}{{ forms.submit('Save') }}</form>
{% for kind in ('info', 'note', 'ok', 'danger') %}{{ ui.banner(kind, 'Title.', 'Text.') }}{% endfor %}
{{ ui.badge('danger', 'Urgent', 'triangle-alert') }}{{ lists.tags(['Court']) }}
{{ lists.once('Code', 'CEDAR-4QX9', 'Shown once.') }}{{ lists.facts([('Where', 'Here')]) }}
{{ charts.score_parts([('Times', 150, 150, '150 of 150'), ('Style', 0, 150, '0 of 150')]) }}
{% call lists.card_table('Pairs', ['Who', 'State']) %}<tr role="row"><th role="rowheader" scope="row">N</th>
<td role="cell" data-label="State">To review</td></tr>{% endcall %}{{ ui.pagination('#p', '#n') }}
{% call ui.empty_state('inbox', 'Nothing yet', 'Soon.') %}<a class="btn" href="#r">Rooms</a>{% endcall %}
{{ charts.bar_chart('c1', 'Minutes', 'Falling.', [('1 Nov', 14), ('2 Nov', 6)], ['Day', 'Min'], (15, 'Goal')) }}
{{ charts.line_chart('c2', 'Check-ins', 'Level.', [('1', 1), ('2', none), ('3', 2)], ['Week', 'How'],
   ['hard', 'between', 'steady']) }}
<form method="post" action="/sent" id="times">{{ ui.csrf() }}
{{ avail.grid('slot', days, hours, checked) }}{{ forms.submit('Save times') }}</form>
<form method="post" action="/sent" id="note">{{ ui.csrf() }}<label class="label" for="words">Note</label><input class="input" name="note" id="words">
<button class="btn">Send</button></form>
{% endblock %}
"""


class KitForm(FlaskForm):  # type: ignore[misc]
    """One field of each kind."""

    name = StringField("Name", description="Not your real name.")
    word = PasswordField("Passphrase", validators=[DataRequired("Four words work well.")])
    about = TextAreaField("Anything to add")
    lang = SelectField("Language", choices={"en": "English", "es": "Español"})
    mood = RadioField(
        "Today", choices={"a": "Steady", "c": "Hard"}, validators=[DataRequired("Or pass.")]
    )
    topics = SelectMultipleField("Topics", choices={"a": "Court", "b": "Work"}, default=["b"])
    agree = BooleanField("I have read it", description="Any time again.")


def base_context(signed_in: bool = True) -> dict[str, Any]:
    """What the app gives to every template."""
    labels = ["Home", "Rooms", "Mentoring", "Resources", "Help", "Review", "Rounds"]
    nav = [
        SimpleNamespace(href=f"#{name}", label=name, icon="house", current=name == "Rooms", count=0)
        for name in labels
    ]
    site = SimpleNamespace(
        name="Commonroom",
        helpline_name="A helpline",
        helpline_phone="0 800 00",
        helpline_text="000",
        leave_to="/elsewhere",
        leave_title="Weather",
    )
    return {
        "site": site,
        "locale": "en",
        "text_dir": "ltr",
        "theme": None,
        "languages": [("en", "English"), ("ar", "العربية")],
        "me": SimpleNamespace(name="Noor", unread=3) if signed_in else None,
        "nav": nav if signed_in else [],
    }


def make_app() -> Flask:
    """The bare site; app.config["SENT"] and ["LEFT"] hold what reached it."""
    app = Flask("look", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.update(SECRET_KEY="look", SENT=[], LEFT=[])
    app.jinja_loader = ChoiceLoader([DictLoader({"kit.html": KIT}), app.jinja_loader])  # type: ignore[list-item]
    Babel(app)
    packing.init_app(app)
    csrf = CSRFProtect(app)

    @app.context_processor
    def given() -> dict[str, Any]:
        wanted = {key: request.args[key] for key in ("text_dir", "theme") if key in request.args}
        return {**base_context(signed_in="out" not in request.args), **wanted}

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.route("/kit", methods=["GET", "POST"])
    def kit() -> ResponseReturnValue:
        if "flash" in request.args:
            flash("Saved.", "success")
        form = KitForm()
        form.validate_on_submit()
        code = 422 if form.errors else 200
        return render_template(
            "kit.html", form=form, days=DAYS, hours=HOURS, checked={"1-18:00"}
        ), code

    @app.post("/sent")
    def sent() -> ResponseReturnValue:
        app.config["SENT"].append(MultiDict(request.form))
        return "", 204

    @app.route("/leave", methods=["GET", "POST"])
    @csrf.exempt  # type: ignore[untyped-decorator]
    def leave() -> ResponseReturnValue:
        app.config["LEFT"].append(request.method)
        return redirect("/elsewhere", 303)

    @app.get("/elsewhere")
    def elsewhere() -> str:
        return "<!doctype html><html lang=en><title>Weather</title><p>Rain later."

    return app


def render(source: str, **context: Any) -> str:
    """A snippet with the macros at hand: ui, forms, lists, charts, avail."""
    names = {
        "ui": "basics",
        "forms": "forms",
        "lists": "lists",
        "charts": "charts",
        "avail": "availability",
    }
    imports = "".join(
        f'{{% import "components/{f}.html" as {name} %}}' for name, f in names.items()
    )
    with make_app().test_request_context():
        return render_template_string(imports + source, **context)
