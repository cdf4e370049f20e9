"""There is nothing to intercept: the site cannot send mail, and its calendar files are neutral."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import grimp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect
from werkzeug.test import TestResponse

from peer.core.db import Base, database
from peer.core.settings import Settings
from tests.cast import Cast
from tests.policy import samples
from tests.threats.planting import Planted
from tests.threats.test_10_neutral_titles import TELLING

ROOT = Path(__file__).parents[2]
# The standard library's ways to send mail, and those of others.
MAILERS = re.compile(
    r"smtplib|smtpd|imaplib|poplib|aiosmtp\w*|flask_mail\w*|mailer\w*|yagmail|sendgrid|mailgun"
    r"|postmark\w*|mailjet\w*|boto3?|envelopes|email(?!_validator)\b.*|twilio|pywebpush|vonage"
)


def test_emails_reveal_nothing_since_nothing_can_send_any() -> None:
    graph = grimp.build_graph("peer", "matching", include_external_packages=True)
    outside = {name for name in graph.modules if graph.is_module_squashed(name)} | {
        name for name in graph.modules if not name.startswith(("peer", "matching"))
    }
    assert [name for name in sorted(outside) if MAILERS.fullmatch(name)] == []


def test_sending_mail_is_not_even_loaded() -> None:
    """By what we stand on either: the whole site is imported, and no mail client with it."""
    code = (
        "import sys, peer.app, peer.cli, peer.demo.place\n"
        "from peer.core.settings import load\n"
        "print(sorted(set(sys.modules) & {'smtplib', 'imaplib', 'poplib', 'smtpd'}))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_no_dependency_is_there_to_send_mail() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    names = re.findall(r"(?m)^([\w.-]+)==", lock)
    assert [name for name in names if MAILERS.fullmatch(name.replace("-", "_").lower())] == []


def test_no_setting_is_about_mail() -> None:
    assert [name for name in Settings.model_fields if re.search("mail|smtp|sms", name)] == []


def test_no_column_is_for_an_address(app: Flask) -> None:
    assert app
    columns = {
        f"{table}.{column['name']}"
        for table in inspect(database.engine).get_table_names()
        for column in inspect(database.engine).get_columns(table)
    } | {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.c
    }
    assert [name for name in sorted(columns) if re.search("mail|telephone|mobile", name)] == []


def test_no_form_asks_for_an_address(planted: Planted) -> None:
    asked = {
        (page.path, each.name)
        for _, page in planted.pages
        for form in page.forms
        for each in form.fields
        if each.kind in {"email", "tel"} or re.search("mail|mobile", each.name)
    }
    assert asked == set()


@pytest.mark.parametrize("locale", ["en", "es", "ar"])
def test_calendar_files_are_neutral(
    app: Flask,
    cast: Cast,
    signed_in: Callable[[str], FlaskClient],
    post: Callable[..., TestResponse],
    locale: str,
) -> None:
    client = signed_in("sol")
    mentorship = samples.mentorship(cast)
    client.get(f"/?lang={locale}")
    answer = client.get(f"/mentoring/mentorships/{mentorship}/calendar.ics")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "SUMMARY:" in text
    said = [line for line in text.splitlines() if not line.startswith(("UID", "TZ"))]
    telling = [
        TELLING,
        re.compile("commonroom|mentor|tess|noor|sol\\b|uma|peer|http", re.IGNORECASE),
    ]
    assert [line for line in said for words in telling if words.search(line)] == []
    assert {"ATTENDEE", "ORGANIZER", "DESCRIPTION", "LOCATION", "URL"}.isdisjoint(
        re.findall(r"(?m)^([A-Z-]+)[;:]", text)
    )
    named = answer.headers.get("Content-Disposition", "")
    assert not any(words.search(named) for words in telling)
