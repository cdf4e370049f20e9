"""Spreadsheets through the pages and the command line, until people have joined."""

import csv
import io
import json
import re
import stat
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from peer.accounts import queries as accounts
from peer.accounts import service as accounts_service
from peer.accounts.models import Account
from peer.accounts.queries.oversight import waiting_acts
from peer.accounts.service import confirm
from peer.core import clock, work
from peer.core.audit import AuditEntry
from peer.core.settings import Settings
from peer.mentoring import queries
from peer.mentoring.commands import import_group
from peer.mentoring.models import ImportedPerson, MenteeProfile, MentorProfile
from peer.mentoring.service.importing import Outcome, import_people
from peer.mentoring.sheets import Person
from peer.policy.mentoring import Vetting
from peer.policy.roles import Actor
from tests.cast import Cast, passphrase_hash
from tests.plugins.site import csrf_of

Post = Callable[..., TestResponse]
SignIn = Callable[[str], FlaskClient]

FORM = (
    "Name,Languages,When are you free?,Time zone,How many people could you meet?,City\n"
    'Añil Ro,"Spanish (fluent), English",Mon 6-8pm,Pacific,two,Fern Hill\n'
    "Bo Li,en,Sat morning,Europe/Paris,1,\n"
)
BAD_ROW = "Cy Di,Klingonese,Mon 6-8,,9,=1+1\n"


def upload(
    client: FlaskClient, text: str | bytes, side: str = "mentors", *, called: str = "answers.csv"
) -> TestResponse:
    """Choose a file on the first page. Encoded here: the client would leave large files open."""
    data = text.encode() if isinstance(text, str) else text
    values = {
        "csrf_token": csrf_of(client),
        "side": side,
        "file": FileStorage(io.BytesIO(data), called, "file"),
    }
    boundary, body = encode_multipart(values)
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post("/mentoring/import", data=body, content_type=kind)


class _Form(HTMLParser):
    """What a browser would send back when nothing on the page is touched."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.inside, self.select = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = found.get("action", "").startswith("/mentoring/import/")
        if not self.inside:
            return
        if tag == "select":
            self.select = found["name"]
        if tag == "option" and ("selected" in found or self.select not in self.sent):
            self.sent[self.select] = found.get("value", "")
        ticked = found.get("type") not in {"radio", "checkbox"} or "checked" in found
        if tag == "input" and ticked and found["name"] != "csrf_token":
            self.sent[found["name"]] = found.get("value", "")


def fields(page: str) -> dict[str, str]:
    form = _Form()
    form.feed(page)
    return form.sent


def take(post: Post, client: FlaskClient, text: str, side: str = "mentors", **more: str) -> str:
    """Upload a sheet and take what can be read of it, with changes made on the page."""
    page = upload(client, text, side).get_data(as_text=True)
    sent = {**fields(page), **more, "act": "take"}
    answer = post(client, "/mentoring/import/check", sent)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def rows(model: Any) -> Any:
    with work.begin(writes=False) as session:
        return session.scalars(select(model)).all()


def codes_in(page: str) -> list[str]:
    return re.findall(r"\b(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}\b", page)


# --- Pages -----------------------------------------------------------------------------


def test_coordinator_brings_mentors_in(signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    page = upload(cora, FORM).get_data(as_text=True)
    assert "Mon 18:00-20:00" in page
    assert "Take 2 rows" in page
    assert not rows(MentorProfile)
    take(post, cora, FORM)
    first, second = sorted(rows(MentorProfile), key=lambda row: row.capacity, reverse=True)
    assert first.languages == {"es": 3, "en": 2}
    assert (first.timezone, first.capacity) == ("America/Los_Angeles", 2)
    assert first.cells == [36, 37, 38, 39]
    assert {row.vetting for row in (first, second)} == {Vetting.APPLIED}
    assert first.zone_confirmed_at is None


def test_no_name_of_the_sheet_is_kept(signed_in: SignIn, post: Post, settings: Settings) -> None:
    take(post, signed_in("cora"), FORM)
    stored = (settings.data_dir / "peer.db").read_bytes()
    stored += (settings.data_dir / "peer.db-wal").read_bytes()
    for name in ("Añil", "añil", "anil", "Bo Li", "bo li", "Fern Hill"):
        assert name.encode() not in stored


def test_same_sheet_again_changes_nothing(signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    take(post, cora, FORM)
    before = {row.account_id: row.updated_at for row in rows(MentorProfile)}
    page = take(post, cora, FORM)
    assert {row.account_id: row.updated_at for row in rows(MentorProfile)} == before
    assert "<dt>As before</dt><dd>2</dd>" in page


def test_changed_row_changes_its_person_only(signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    take(post, cora, FORM)
    take(post, cora, FORM.replace("Sat morning", "Sun morning"))
    assert len(rows(MentorProfile)) == 2
    assert sorted(row.cells[0] for row in rows(MentorProfile)) == [36, 6 * 48 + 16]


def test_sheet_read_with_fewer_columns_takes_nothing_away(signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    take(post, cora, FORM, "mentees")
    page = take(post, cora, FORM, "mentees", **{"column-2": "leave", "column-5": "leave"})
    assert "<dt>As before</dt><dd>2</dd>" in page
    assert all(row.cells for row in rows(MenteeProfile))


def test_emptied_cell_empties_the_profile(signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    take(post, cora, FORM, "mentees")
    take(post, cora, FORM.replace("Sat morning", "").replace("Fern Hill", ""), "mentees")
    assert sorted(len(row.cells) for row in rows(MenteeProfile)) == [0, 4]
    assert {row.area_id for row in rows(MenteeProfile)} == {None}


def test_bad_rows_are_told_and_can_be_saved_while_good_ones_are_in(
    signed_in: SignIn, post: Post
) -> None:
    cora = signed_in("cora")
    page = take(post, cora, FORM + BAD_ROW)
    assert len(rows(MentorProfile)) == 2
    for words in ("Line 4", "klingonese", "6-8pm or 18:00-20:00"):
        assert words in page
    rest = post(cora, "/mentoring/import/rest", fields(page))
    saved = list(csv.reader(io.StringIO(rest.get_data(as_text=True).lstrip("\ufeff"))))
    assert saved[1] == ["Cy Di", "Klingonese", "Mon 6-8", "", "9", "'=1+1"]


def test_unknown_columns_are_mapped_once_and_remembered(signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    odd = "Person,Speech,Slots\nBo Li,English,Mon 6-8pm\n"
    answer = upload(cora, odd, "mentees")
    assert "Choose the column that tells who it is." in answer.get_data(as_text=True)
    sent = {"column-0": "who", "column-1": "languages", "column-2": "times", "save_as": "Spring"}
    take(post, cora, odd, "mentees", **sent)
    assert rows(MenteeProfile)[0].languages == {"en": 2}
    again = upload(cora, odd.replace("Bo Li", "Li Bo"), "mentees").get_data(as_text=True)
    assert "Take one row" in again


def test_new_words_are_decided_once(signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    text = 'Name,Languages,Interests\nBo,English,"cooking, kites"\n'
    page = upload(cora, text, "mentees").get_data(as_text=True)
    assert "interests:kites" in page
    sent = {"word": "interests:kites", "word_means": "crafts", "save_as": "Spring"}
    take(post, cora, text, "mentees", **sent)
    assert rows(MenteeProfile)[0].interests == {"cooking": 2, "crafts": 2}
    assert "interests:kites" not in upload(cora, text, "mentees").get_data(as_text=True)


def test_numbered_columns_become_hours_on_the_page(signed_in: SignIn, post: Post) -> None:
    headers = ",".join(f"Slot {number}" for number in range(1, 169))
    marks = ",".join("1" if number in (1, 2, 25) else "0" for number in range(1, 169))
    grid = {
        "grid-0": "hours",
        "grid-0-days": "mon-sun",
        "grid-0-first": "9:00",
        "grid-0-minutes": "30",
        "default-languages": "English (fluent)",
        "timezone": "America/Los_Angeles",
        "on_the_hour": "1",
    }
    take(post, signed_in("cora"), f"Name,{headers}\nBo,{marks}\n", "mentees", **grid)
    profile = rows(MenteeProfile)[0]
    assert (profile.cells, profile.languages) == ([18, 19], {"en": 3})
    assert profile.wants


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", b"Name\nBo\0\x01", b",".join(b"c%d" % n for n in range(10_000))],
)
def test_unusable_files_are_answered_kindly(data: bytes, signed_in: SignIn, post: Post) -> None:
    answer = upload(signed_in("cora"), data)
    assert answer.status_code == 422
    assert "Please look at this again." in answer.get_data(as_text=True)


def test_file_that_is_not_called_like_a_sheet_is_refused(signed_in: SignIn) -> None:
    cora = signed_in("cora")
    for called in ("answers.exe", "answers.html", "answers.xlsx", "answers"):
        answer = upload(cora, FORM, called=called)
        assert answer.status_code == 422
        assert "CSV UTF-8" in answer.get_data(as_text=True)


def test_huge_file_is_refused_before_it_is_read(signed_in: SignIn, post: Post) -> None:
    answer = upload(signed_in("cora"), b"x" * 50_000_000)
    assert answer.status_code == 413
    assert "too large" in answer.get_data(as_text=True)


def test_sheet_of_the_largest_size_travels_through_the_pages(signed_in: SignIn, post: Post) -> None:
    noise = Random(1).randbytes(450_000).hex()
    text = "Name,Languages,Comments\n"
    text += "".join(f"P{n},en,{noise[9000 * n : 9000 * (n + 1)]}\n" for n in range(100))
    page = take(post, signed_in("cora"), text, "mentees")
    assert "<dt>New</dt><dd>100</dd>" in page


def test_draft_of_somebody_else_s_making_is_refused(signed_in: SignIn, post: Post) -> None:
    answer = post(signed_in("cora"), "/mentoring/import/check", {"draft": "x.y", "act": "take"})
    assert answer.status_code == 422


@pytest.mark.parametrize("who", ["noor", "tess", "fay", "mo", "ada"])
def test_only_coordinators_find_the_pages(who: str, signed_in: SignIn, post: Post) -> None:
    client = signed_in(who)
    assert client.get("/mentoring/import").status_code == 404
    for page in ("import", "import/check", "import/rest"):
        assert post(client, f"/mentoring/{page}").status_code == 404


def second_person_says_yes(who: Actor) -> None:
    """Somebody confirms everything that waits."""
    with work.begin():
        for act in waiting_acts():
            confirm(who, act.id)


def test_vouched_mentors_wait_for_a_second_person_and_it_is_recorded(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    until = (clock.now() + timedelta(days=200)).date()
    take(post, signed_in("cora"), FORM, vouch="1", vetted_until=str(until))
    assert {row.vetting for row in rows(MentorProfile)} == {Vetting.IN_REVIEW}
    second_person_says_yes(cast.cleo)
    assert {row.vetting for row in rows(MentorProfile)} == {Vetting.VETTED}
    assert {row.vetted_until.date() for row in rows(MentorProfile)} == {until}
    vouched = [entry for entry in rows(AuditEntry) if entry.act == "vetting.vouch"]
    assert [entry.actor_id for entry in vouched] == [cast.cora.id] * 2


@pytest.mark.parametrize("day", ["", "soon", "2020-01-01", "2999-01-01"])
def test_vouching_needs_a_day_that_can_be(day: str, signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    page = upload(cora, FORM).get_data(as_text=True)
    sent = {**fields(page), "act": "take", "vouch": "1", "vetted_until": day}
    assert post(cora, "/mentoring/import/check", sent).status_code == 422
    assert not rows(MentorProfile)


# --- Joining ---------------------------------------------------------------------------


def join(code: str, name: str) -> Account:
    with work.begin():
        return accounts_service.join(
            code, name, passphrase_hash(), locale="en", timezone="Europe/Paris"
        )


def test_person_joins_with_a_code_and_finds_the_profile(signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    codes = codes_in(take(post, cora, FORM, "mentees", codes="1"))
    assert len(codes) == 2
    account = join(codes[0], "Quiet-Heron")
    with work.begin(writes=False):
        profile = queries.mentee_with(account.id)
        assert profile.languages == {"es": 3, "en": 2}
        assert account.name == "Quiet-Heron"
        assert accounts.is_usable(account)
    assert codes_in(take(post, cora, FORM, "mentees", codes="1")) == []


def test_reserved_account_cannot_sign_in_or_take_part(
    signed_in: SignIn, post: Post, client: FlaskClient
) -> None:
    take(post, signed_in("cora"), FORM, "mentees")
    account_id = rows(ImportedPerson)[0].account_id
    with work.begin(writes=False):
        account = accounts.account_with(account_id)
        assert queries.mentees_taking_part() == []
    for passphrase in ("", "river lamp seven bread"):
        sent = {"username": account.name, "passphrase": passphrase}
        assert post(client, "/sign-in", sent).status_code == 422


@pytest.mark.parametrize("side", ["mentees", "mentors"])
def test_coordinator_sees_who_has_yet_to_join(side: str, signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    take(post, cora, FORM, side)
    assert cora.get(f"/mentoring/{side}").get_data(as_text=True).count("Has yet to join") == 2


def test_code_of_a_reserved_account_works_once(signed_in: SignIn, post: Post) -> None:
    code = codes_in(take(post, signed_in("cora"), FORM, "mentees", codes="1"))[0]
    join(code, "Quiet-Heron")
    with pytest.raises(Exception, match="code"):
        join(code, "Calm-River")


def test_sheet_no_longer_changes_who_has_joined(signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    code = codes_in(take(post, cora, FORM, "mentees", codes="1"))[1]
    account = join(code, "Quiet-Heron")
    page = take(post, cora, FORM.replace("Sat morning", "Sun morning"), "mentees")
    assert "<dt>Left to themselves</dt><dd>1</dd>" in page
    with work.begin(writes=False):
        assert queries.mentee_with(account.id).cells[0] == 5 * 48 + 16


def test_made_up_name_of_the_sheet_is_used_unless_it_is_a_real_one(
    signed_in: SignIn, post: Post
) -> None:
    text = "Name,Languages,Nickname\nBo Li,en,Heron\nLi Bo,en,Lina Borel\n"
    page = take(post, signed_in("cora"), text, "mentees")
    assert "Heron" in page
    assert "The one in the sheet could not be used." in page
    with work.begin(writes=False):
        assert accounts.account_named("Heron") is not None
        assert accounts.account_named("Lina Borel") is None


# --- The command line ------------------------------------------------------------------


def run(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(import_group, words, obj=lambda: None)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text(FORM + BAD_ROW, encoding="utf-8-sig")
    return path


def test_command_takes_good_rows_and_tells_of_bad_ones(
    core: Settings, cast: Cast, sheet: Path, tmp_path: Path
) -> None:
    rest = tmp_path / "rest.csv"
    result = run("mentors", sheet, "--rest", rest)
    assert result.exit_code == 1
    assert "2 new, 0 changed, 0 same" in result.output
    assert "Line 4, Languages (stays out)" in result.output
    assert "Cy Di" in rest.read_text("utf-8-sig")
    assert "2 same" in run("mentors", sheet).output


def test_dry_run_changes_nothing(core: Settings, sheet: Path) -> None:
    result = run("mentors", sheet, "--dry-run")
    assert "2 new" in result.output
    assert not rows(MentorProfile)


def test_mapping_is_written_read_and_saved_by_name(
    core: Settings, sheet: Path, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    assert run("mentees", sheet, "--write-mapping", plan).exit_code == 0
    kept = json.loads(plan.read_text())
    assert kept["columns"]["Languages"] == "languages"
    kept["columns"]["City"] = "leave"
    plan.write_text(json.dumps(kept))
    named = ("mentees", sheet, "--mapping", plan, "--save-mapping", "Spring")
    assert run(*named, "--timezone", "Asia/Kolkata").exit_code == 1
    assert {row.area_id for row in rows(MenteeProfile)} == {None}
    assert "2 same" in run("mentees", sheet, "--mapping", "Spring").output
    assert "Spring" in run("mentees", sheet, "--mapping", "Autumn").output
    plan.write_text("{")
    assert "mapping is not readable" in run("mentees", sheet, "--mapping", plan).output


def test_short_mapping_is_kept_for_the_whole_sheet(core: Settings, tmp_path: Path) -> None:
    slots = ",".join(f"Slot {number}" for number in range(1, 169))
    sheet, plan = tmp_path / "grid.csv", tmp_path / "plan.json"
    sheet.write_text(f"Name,{slots},Shoes\nBo,1,1{',0' * 166},43\n")
    grid = {"prefix": "Slot", "first": "09:00", "minutes": 30}
    plan.write_text(json.dumps({"columns": {"Name": "who"}, "grids": [grid]}))
    assert "are left out: a mapping" in run("mentees", sheet, "--dry-run").output
    run("mentees", sheet, "--mapping", plan, "--save-mapping", "Slots")
    assert "1 same" in run("mentees", sheet).output
    assert rows(MenteeProfile)[0].cells == [18, 19]


def test_codes_are_a_coordinator_s_and_for_no_one_else_to_read(
    core: Settings, cast: Cast, sheet: Path, tmp_path: Path
) -> None:
    cast.account("cora")
    path = tmp_path / "codes.csv"
    assert run("mentees", sheet, "--codes", path).exit_code == 2
    assert "not a coordinator" in run("mentees", sheet, "--codes", path, "--by", "tess").output
    assert run("mentees", sheet, "--codes", path, "--by", "Cora").exit_code == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = list(csv.DictReader(io.StringIO(path.read_text())))
    assert [row["line"] for row in kept] == ["2", "3"]
    assert join(kept[0]["code"], "Quiet-Heron").name == "Quiet-Heron"


def test_vouching_on_the_command_line(core: Settings, cast: Cast, sheet: Path) -> None:
    cast.account("cora")
    until = (clock.now() + timedelta(days=100)).date()
    assert "go together" in run("mentors", sheet, "--vetted-by", "cora").output
    run("mentors", sheet, "--vetted-by", "cora", "--vetted-until", until)
    second_person_says_yes(cast.cleo)
    assert {row.vetting for row in rows(MentorProfile)} == {Vetting.VETTED}


@pytest.mark.parametrize("data", [b"", b"x" * 2_000_000, b"PK\x03\x04", b"Shoes\n43\n"])
def test_command_refuses_unusable_files_in_a_sentence(
    data: bytes, core: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(data)
    result = run("mentors", path)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "Traceback" not in result.output


def test_one_refused_row_keeps_nobody_else_out(app: Flask, cast: Cast) -> None:
    people = [
        Person(2, "bo", "", {"languages": {"tlh": 3}}),
        Person(3, "li", "", {"languages": {"en": 3}}),
    ]
    with work.begin():
        done = import_people(cast.cora, people, "mentees")
    assert [each.outcome for each in done] == [Outcome.REFUSED, Outcome.NEW]
    assert len(rows(MenteeProfile)) == 1


def test_sheets_work_on_postgresql(postgres_app: Flask, cast: Cast, sheet: Path) -> None:
    assert "2 new" in run("mentors", sheet).output
    assert "2 same" in run("mentors", sheet).output
    with work.begin(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(ImportedPerson)) == 2
