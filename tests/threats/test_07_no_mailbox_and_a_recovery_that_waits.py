"""7: A mailbox alone cannot take an account over (T).

There is no mailbox: nobody's address is kept, and nothing sends mail. What is left is a code of
one's own, or a coordinator who knows the person, a wait of 72 hours by default, and a notice
with which whoever is signed in as the person stops it.
"""

import ast
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import peer
from peer.accounts import service
from peer.accounts.models import Recovery
from peer.accounts.queries.factors import factors_of
from peer.accounts.queries.ways_back import codes_left, recovery_under_way
from peer.core import clock, work
from peer.core.errors import Conflict, Invalid, NotFound, PeerError, Refused
from peer.core.settings import Settings
from peer.policy.roles import Actor, Role
from tests.accounts.test_private_key import NEXT, opened
from tests.accounts.test_recovery_codes import made, recover
from tests.accounts.test_second_factor import app_of
from tests.cast import PASSPHRASE, Cast

SignedIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
WHY = "We spoke at the door of the centre, and I know her voice."
HOUR = timedelta(hours=1)


def start(actor: Actor, cast: Cast, name: str = "noor") -> datetime:
    """A coordinator begins; when it began."""
    with work.begin():
        return service.start_recovery(actor, cast.actor(name).id, reason=WHY, hours=72).started_at


def code_from(actor: Actor, cast: Cast, name: str = "noor") -> str:
    with work.begin():
        return service.hand_over_recovery(actor, cast.actor(name).id)[1]


def use(name: str, code: str) -> None:
    with work.begin(writes=False):
        service.check_recovery(name, code, lose=True)
    lock = service.new_lock(NEXT)
    with work.begin():
        service.recover(name, code, lock)


def under_way(cast: Cast, name: str = "noor") -> Recovery | None:
    with work.begin(writes=False):
        return recovery_under_way(cast.actor(name).id)


def test_mailbox_alone_cannot_take_over_an_account() -> None:
    """Nothing imports what sends mail, and no table has a column for an address."""
    mail = {"smtplib", "email", "flask_mail", "aiosmtplib"}
    for path in Path(peer.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not mail & {name.split(".")[0] for name in names}, path
    from peer.core.db import Base

    for table in Base.metadata.tables.values():
        for column in table.columns:
            assert not re.search(r"e?mail|telephone", column.name), (table.name, column.name)


def test_coordinator_lets_noor_back_in_after_the_wait(core: Settings, cast: Cast) -> None:
    account = cast.account("noor")
    key = opened(account.id, PASSPHRASE)
    assert key
    lost: list[str] = []
    service.when_private_lost(lost.append)
    app_of(cast, "noor")
    made(cast)
    began = start(cast.cora, cast)
    with clock.stopped_at(began + 73 * HOUR):
        code = code_from(cast.cora, cast)
        with work.begin(writes=False), pytest.raises(Invalid, match="will be gone"):
            service.check_recovery("noor", code, lose=False)
        use("noor", code)
        again = opened(account.id, NEXT)
        assert again
        assert again.raw != key.raw, "what the lost passphrase locked is gone"
        assert lost == [account.id]
        with work.begin(writes=False):
            assert not factors_of(account.id)
            assert not codes_left(account.id)
        with pytest.raises(Invalid):
            use("noor", code)


@pytest.mark.parametrize("hours", [0, 1, 71])
def test_before_the_wait_is_over_nobody_makes_the_code(
    core: Settings, cast: Cast, hours: int
) -> None:
    began = start(cast.cora, cast)
    with clock.stopped_at(began + hours * HOUR):
        for actor in (cast.cora, cast.cleo, cast.ada):
            with pytest.raises(Conflict):
                code_from(actor, cast)


def test_code_works_for_a_day_and_another_voids_it(core: Settings, cast: Cast) -> None:
    cast.account("noor")
    began = start(cast.cora, cast)
    with clock.stopped_at(began + 73 * HOUR):
        first = code_from(cast.cora, cast)
        second = code_from(cast.cleo, cast)
        with pytest.raises(Invalid):
            use("noor", first)
    with clock.stopped_at(began + 98 * HOUR), pytest.raises(Invalid):
        use("noor", second)
    with clock.stopped_at(began + 98 * HOUR):
        use("noor", code_from(cast.cora, cast))


def test_code_of_the_last_hour_ends_with_the_lapse_and_can_be_stopped(
    core: Settings, cast: Cast
) -> None:
    cast.account("noor")
    began = start(cast.cora, cast)
    lapses = began + 72 * HOUR + timedelta(days=14)
    with clock.stopped_at(lapses - HOUR):
        code = code_from(cast.cora, cast)
    found = under_way(cast)
    assert found
    assert found.code_until == lapses
    with clock.stopped_at(lapses + HOUR):
        with pytest.raises(Invalid):
            use("noor", code)
        with work.begin():
            service.cancel_recovery(cast.noor)
    assert under_way(cast) is None


def test_nobody_is_let_in_as_somebody_who_is_shut_out_and_cannot_say_no(
    core: Settings, cast: Cast
) -> None:
    noor = cast.account("noor")
    began = start(cast.cora, cast)
    with clock.stopped_at(began + 73 * HOUR):
        code = code_from(cast.cora, cast)
        with work.begin():
            service.suspend(noor.id, by=cast.mo, days=None)
        with pytest.raises(Invalid):
            use("noor", code)
        with pytest.raises(Conflict, match="could not say no"):
            start(cast.cora, cast)
        with work.begin():
            service.reinstate(noor.id, by=cast.mo)
        with pytest.raises(Invalid):
            use("noor", code)
        with pytest.raises(NotFound):
            code_from(cast.cora, cast)
        start(cast.cora, cast)
        with pytest.raises(Conflict, match="wait is not over"):
            code_from(cast.cora, cast)


def test_what_nobody_comes_for_lapses_and_can_begin_anew(core: Settings, cast: Cast) -> None:
    began = start(cast.cora, cast)
    with clock.stopped_at(began + 72 * HOUR + timedelta(days=15)):
        with pytest.raises(NotFound):
            code_from(cast.cora, cast)
        start(cast.cleo, cast)
        found = under_way(cast)
        assert found
        assert found.started_by == cast.cleo.id


@pytest.mark.parametrize("when", ["in the wait", "when a code is out"])
def test_whoever_is_signed_in_as_the_person_stops_it_and_that_wins(
    signed_in: SignedIn, post: Post, client: FlaskClient, cast: Cast, when: str
) -> None:
    noor = signed_in("noor")
    assert "Stop it: I am here" not in noor.get("/inbox").get_data(as_text=True)
    code, began = "", clock.now()
    if when == "when a code is out":
        with clock.stopped_at(began - 73 * HOUR):
            start(cast.cora, cast)
        code = code_from(cast.cora, cast)
    else:
        start(cast.cora, cast)
    for page in ("/inbox", "/account", "/rooms", "/"):
        assert "Stop it: I am here" in noor.get(page).get_data(as_text=True)
    assert post(noor, "/account/recovery/cancel").status_code == 303
    assert "Stop it: I am here" not in noor.get("/inbox").get_data(as_text=True)
    with clock.stopped_at(clock.now() + 73 * HOUR), pytest.raises(NotFound):
        code_from(cast.cora, cast)
    if code:
        assert recover(client, "noor", code, lose="y").status_code == 422
    assert service.proven(cast.noor.id, PASSPHRASE)


def test_stopped_while_the_code_is_being_used_it_is_stopped(core: Settings, cast: Cast) -> None:
    cast.account("noor")
    began = start(cast.cora, cast)
    with clock.stopped_at(began + 73 * HOUR):
        code = code_from(cast.cora, cast)
        with work.begin(writes=False):
            service.check_recovery("noor", code, lose=True)
        lock = service.new_lock(NEXT)  # slow: meanwhile Noor says no
        with work.begin():
            service.cancel_recovery(cast.noor)
        with pytest.raises(PeerError), work.begin():
            service.recover("noor", code, lock)
    assert service.proven(cast.noor.id, PASSPHRASE)


def test_there_is_one_at_a_time_and_stopping_twice_stops_once(core: Settings, cast: Cast) -> None:
    cast.account("noor")
    start(cast.cora, cast)
    with pytest.raises(Conflict):
        start(cast.cleo, cast)
    with work.begin():
        service.cancel_recovery(cast.noor)
    with pytest.raises(NotFound), work.begin():
        service.cancel_recovery(cast.noor)
    start(cast.cleo, cast)


def test_for_staff_it_takes_two_people_and_one_of_them_an_admin(core: Settings, cast: Cast) -> None:
    guest = cast.newcomer(Role.ADMIN)
    from peer.accounts import queries

    grace = queries.actor_from(guest)
    began = start(cast.ada, cast, "mo")
    with clock.stopped_at(began + 73 * HOUR):
        for alone in (cast.ada, cast.cora):
            with pytest.raises(Refused):
                code_from(alone, cast, "mo")
        use("mo", code_from(grace, cast, "mo"))


@pytest.mark.parametrize("name", ["tess", "fay", "mo", "cleo"])
def test_whoever_looks_after_others_is_let_in_by_two(core: Settings, cast: Cast, name: str) -> None:
    cast.account(name)
    began = start(cast.cora, cast, name)
    with clock.stopped_at(began + 73 * HOUR):
        with pytest.raises(Refused):
            code_from(cast.cora, cast, name)
        use(name, code_from(cast.ada, cast, name))


def roles_of(cast: Cast, name: str, *roles: Role) -> None:
    with work.begin():
        service.set_roles(cast.ada, cast.actor(name).id, roles)


def test_admin_who_takes_fays_role_first_needs_another_one_all_the_same(
    core: Settings, cast: Cast
) -> None:
    cast.account("fay")
    start(cast.ada, cast, "fay")
    roles_of(cast, "fay", Role.MEMBER)
    assert under_way(cast, "fay") is None, "with other roles it begins anew"
    began = start(cast.ada, cast, "fay")
    with clock.stopped_at(began + 73 * HOUR), pytest.raises(Refused, match="looks after others"):
        code_from(cast.ada, cast, "fay")


def test_code_made_for_a_member_opens_nothing_once_others_trust_them(
    core: Settings, cast: Cast
) -> None:
    cast.account("noor")
    began = start(cast.cora, cast)
    with clock.stopped_at(began + 73 * HOUR):
        code = code_from(cast.cora, cast)
        roles_of(cast, "noor", Role.MEMBER, Role.MENTOR)
        with pytest.raises(Invalid):
            use("noor", code)
        assert under_way(cast) is None


@pytest.mark.parametrize("now", ["is no coordinator any more", "is paused"])
def test_code_of_a_coordinator_who_could_not_make_it_now_opens_nothing(
    core: Settings, cast: Cast, now: str
) -> None:
    cora = cast.account("cora")
    began = start(cast.cora, cast)
    with clock.stopped_at(began + 73 * HOUR):
        code = code_from(cast.cora, cast)
        if now == "is paused":
            with work.begin():
                service.suspend(cora.id, by=cast.mo, days=None)
        else:
            roles_of(cast, "cora", Role.MEMBER)
        with pytest.raises(Invalid):
            use("noor", code)
        use("noor", code_from(cast.cleo, cast))


@pytest.mark.parametrize("name", ["noor", "zed", "tess", "fay", "mo"])
def test_members_and_volunteers_cannot_begin_one(core: Settings, cast: Cast, name: str) -> None:
    cast.account("sol")
    with pytest.raises(NotFound):
        start(cast.actor(name), cast, "sol")


def test_nobody_begins_one_for_themselves(core: Settings, cast: Cast) -> None:
    with pytest.raises(Refused):
        start(cast.cora, cast, "cora")


def test_person_page_asks_why_and_for_the_passphrase_and_all_is_on_record(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    cora, noor = signed_in("cora"), cast.account("noor")
    address = f"/people/{noor.id}/recovery"
    sent = {"reason": WHY, "know": "y"}
    asked = post(cora, address, sent)
    assert asked.status_code == 422
    assert WHY in asked.get_data(as_text=True), "nothing that was written is lost"
    assert post(cora, address, {**sent, "passphrase": "not it at all"}).status_code == 422
    assert under_way(cast) is None
    assert post(cora, address, {"know": "y", "passphrase": PASSPHRASE}).status_code == 422
    post(cora, "/account/unlock", {"passphrase": PASSPHRASE})
    assert post(cora, address, {"know": "y"}).status_code == 422
    assert post(cora, address, {"reason": WHY}).status_code == 422
    assert post(cora, address, sent).location == f"/people/{noor.id}"
    page = cora.get(f"/people/{noor.id}").get_data(as_text=True)
    assert "I know her voice" in page
    assert "Make the code" not in page
    assert post(cora, f"{address}/code").status_code == 409
    found = under_way(cast)
    assert found
    with work.begin() as session:
        session.add(found)
        found.ripe_at = clock.now() - HOUR
    assert "Make the code" in cora.get(f"/people/{noor.id}").get_data(as_text=True)
    shown = post(cora, f"{address}/code").get_data(as_text=True)
    assert re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}", shown)
    assert post(cora, f"{address}/withdraw").status_code == 303
    with work.begin(writes=False) as session:
        from peer.core.audit import AuditEntry

        acts = [each.act for each in session.query(AuditEntry).order_by(AuditEntry.id)]
    assert [act for act in acts if act.startswith("recovery.")] == [
        "recovery.start",
        "recovery.hand_over",
        "recovery.withdraw",
    ]
