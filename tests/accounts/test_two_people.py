"""What one person must not do alone: one asks and says why, another one confirms."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from peer.accounts import queries, service
from peer.accounts.models import Account
from peer.accounts.queries import oversight
from peer.core import clock, queue, work
from peer.core.audit import AuditEntry
from peer.core.errors import Conflict, Invalid, NotFound, PeerError, Refused
from peer.core.settings import Settings
from peer.notifications.queries import notices_of
from peer.policy.oversight import ActState
from peer.policy.roles import Actor, Role
from tests.cast import PASSPHRASE, Cast

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
PROOF = {"passphrase": PASSPHRASE}
WHY = "Mo moves away, and evenings need somebody."


def asked(cast: Cast, *roles: Role) -> str:
    """Ada asks that Noor becomes a moderator; Cora and Cleo are there to confirm. The act."""
    for name in ("cora", "cleo"):
        cast.account(name)
    wanted = roles or (Role.MEMBER, Role.MODERATOR)
    with work.begin():
        act = service.set_roles(cast.ada, cast.noor.id, wanted, reason=WHY)
    assert act is not None
    return act.id


def state(act_id: str) -> str:
    with work.begin(writes=False):
        return oversight.act_with(act_id).state


def acts_on_record() -> list[tuple[str, str | None]]:
    with work.begin(writes=False) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(e.act, e.actor_id) for e in entries if e.act.startswith(("act.", "account.roles"))]


def test_asking_changes_nothing_until_somebody_else_says_yes(core: Settings, cast: Cast) -> None:
    act = asked(cast)
    assert cast.noor.roles == {Role.MEMBER}
    with work.begin():
        service.confirm(cast.cora, act)
    assert cast.noor.roles == {Role.MEMBER, Role.MODERATOR}
    assert state(act) == ActState.DONE
    assert acts_on_record() == [
        ("act.ask", cast.ada.id),
        ("account.roles", cast.cora.id),
        ("act.confirm", cast.cora.id),
    ]


def test_who_asked_cannot_confirm(core: Settings, cast: Cast) -> None:
    act = asked(cast)
    with pytest.raises(Refused), work.begin():
        service.confirm(cast.ada, act)
    assert cast.noor.roles == {Role.MEMBER}


def test_others_do_not_even_see_it(core: Settings, cast: Cast) -> None:
    act = asked(cast)
    for other in (cast.noor, cast.zed, cast.mo, cast.fay, cast.tess):
        for verb in (service.confirm, service.act_for, service.withdraw_act):
            with pytest.raises(NotFound), work.begin():
                verb(other, act)


def test_nobody_confirms_what_is_about_them(core: Settings, cast: Cast) -> None:
    cast.account("cleo")
    with work.begin():
        act = service.set_roles(cast.ada, cast.cora.id, [Role.COORDINATOR, Role.ADMIN], reason=WHY)
        assert act is not None
    with pytest.raises(NotFound), work.begin():
        service.confirm(cast.cora, act.id)


def test_asker_must_still_be_allowed_when_it_is_confirmed(core: Settings, cast: Cast) -> None:
    act = asked(cast)
    other_admin = queries.actor_from(cast.newcomer(Role.ADMIN))
    with work.begin():
        taken = service.set_roles(other_admin, cast.ada.id, [Role.MEMBER], reason=WHY)
        assert taken is not None
    with work.begin():
        service.confirm(cast.cleo, taken.id)
    with pytest.raises(Conflict, match="may not do it any more"), work.begin():
        service.confirm(cast.cora, act)
    assert cast.noor.roles == {Role.MEMBER}


def test_suspended_asker_no_longer_counts(core: Settings, cast: Cast) -> None:
    act = asked(cast)
    with work.begin():
        service.suspend(cast.ada.id, by=cast.mo, days=None)
    with pytest.raises(Conflict), work.begin():
        service.confirm(cast.cora, act)


def test_changed_subject_needs_a_new_question(core: Settings, cast: Cast) -> None:
    act = asked(cast)
    with work.begin():
        service.set_roles(cast.ada, cast.noor.id, [Role.MEMBER, Role.FACILITATOR])
    with pytest.raises(Conflict, match="changed since"), work.begin():
        service.confirm(cast.cora, act)


def test_reason_is_needed_and_kept(core: Settings, cast: Cast) -> None:
    cast.account("cora")
    for why in ("", "  ok ", "x" * 601):
        with pytest.raises(Invalid), work.begin():
            service.set_roles(cast.ada, cast.noor.id, [Role.MODERATOR], reason=why)
    act = asked(cast)
    with work.begin(writes=False):
        assert oversight.act_with(act).reason == WHY


def test_refusal_says_why_and_does_nothing(core: Settings, cast: Cast) -> None:
    act = asked(cast)
    with pytest.raises(Invalid), work.begin():
        service.refuse_act(cast.cora, act, "no")
    with work.begin():
        service.refuse_act(cast.cora, act, "Noor asked for a quiet year.")
    assert state(act) == ActState.REFUSED
    assert cast.noor.roles == {Role.MEMBER}
    with pytest.raises(Conflict), work.begin():
        service.confirm(cast.cleo, act)
    with work.begin(writes=False):
        assert oversight.act_with(act).answer == "Noor asked for a quiet year."
        assert "no" in notices_of(cast.ada.id)[0].message


def test_only_the_asker_takes_it_back(core: Settings, cast: Cast) -> None:
    act = asked(cast)
    with pytest.raises(NotFound), work.begin():
        service.withdraw_act(cast.cora, act)
    with work.begin():
        service.withdraw_act(cast.ada, act)
    with pytest.raises(Conflict), work.begin():
        service.confirm(cast.cora, act)


def test_after_a_week_it_is_closed_and_the_asker_is_told(core: Settings, cast: Cast) -> None:
    act = asked(cast)
    with clock.stopped_at(clock.now() + timedelta(days=7, minutes=1)):
        with pytest.raises(Conflict), work.begin():
            service.confirm(cast.cora, act)
        queue.sweep_now("accounts.acts")
        queue.sweep_now("accounts.acts")
    assert state(act) == ActState.EXPIRED
    with work.begin(writes=False):
        told = [notice.message for notice in notices_of(cast.ada.id)]
    assert len(told) == 1
    assert "in time" in told[0]


def test_those_who_could_confirm_are_told_and_nobody_else(core: Settings, cast: Cast) -> None:
    cast.account("mo")
    asked(cast)
    with work.begin(writes=False):
        people = ("cora", "cleo", "mo", "ada", "noor")
        told = {name: len(notices_of(cast.actor(name).id)) for name in people}
    assert told == {"cora": 1, "cleo": 1, "mo": 0, "ada": 0, "noor": 0}


def test_the_same_question_is_not_asked_twice(core: Settings, cast: Cast) -> None:
    asked(cast)
    with pytest.raises(Conflict), work.begin():
        service.set_roles(cast.ada, cast.noor.id, [Role.COORDINATOR], reason=WHY)


def test_taking_a_staff_role_away_needs_two_and_other_roles_one(core: Settings, cast: Cast) -> None:
    cast.account("cora")
    with work.begin():
        assert service.set_roles(cast.ada, cast.fay.id, [Role.MEMBER]) is None
        act = service.set_roles(cast.ada, cast.mo.id, [Role.MEMBER], reason=WHY)
    assert act is not None
    assert cast.mo.roles == {Role.MODERATOR}
    with work.begin():
        service.confirm(cast.cora, act.id)
    assert cast.mo.roles == {Role.MEMBER}


def test_admin_who_ends_the_work_of_the_only_colleague_makes_no_staff_alone(
    core: Settings, cast: Cast
) -> None:
    cast.account("cora")
    with work.begin():
        assert service.set_roles(cast.ada, cast.cora.id, [Role.MEMBER]) is None
    with pytest.raises(Conflict, match="Nobody else here"), work.begin():
        service.set_roles(cast.ada, cast.noor.id, [Role.COORDINATOR], reason=WHY)
    with pytest.raises(Conflict), work.begin():
        service.invite(cast.ada, [Role.MODERATOR], reason=WHY)
    assert cast.noor.roles == {Role.MEMBER}


def test_colleague_who_is_paused_still_counts(core: Settings, cast: Cast) -> None:
    with work.begin():
        service.suspend(cast.cora.id, by=cast.mo, days=7)
    with pytest.raises(Conflict, match="Nobody else here"), work.begin():
        service.set_roles(cast.ada, cast.noor.id, [Role.COORDINATOR], reason=WHY)


def suspended_by(actor: Actor, *who: Account) -> None:
    with work.begin():
        for account in who:
            service.suspend(account.id, by=actor, days=1)


def test_whoever_pauses_every_colleague_does_not_become_alone_by_it(
    core: Settings, cast: Cast
) -> None:
    eve = queries.actor_from(cast.newcomer(Role.ADMIN, Role.MODERATOR))
    cora, cleo, ada, mo = (cast.account(name) for name in ("cora", "cleo", "ada", "mo"))
    suspended_by(eve, cora, cleo, ada)
    for colleague in (cora, cleo, ada, mo):
        with pytest.raises(Conflict, match="Nobody else here"), work.begin():
            service.set_roles(eve, colleague.id, [Role.MEMBER], reason=WHY)
    assert cast.cora.roles == {Role.COORDINATOR}
    assert cast.mo.roles == {Role.MODERATOR}


def test_whoever_pauses_the_only_colleague_does_not_end_their_work_alone(
    core: Settings, cast: Cast
) -> None:
    eve = queries.actor_from(cast.newcomer(Role.ADMIN, Role.MODERATOR))
    suspended_by(eve, cast.account("cora"))
    with pytest.raises(Conflict, match="Nobody else here"), work.begin():
        service.set_roles(eve, cast.cora.id, [Role.MEMBER], reason=WHY)
    assert cast.cora.roles == {Role.COORDINATOR}


def test_coordinator_whose_pause_has_run_out_is_a_colleague_again(
    core: Settings, cast: Cast
) -> None:
    suspended_by(cast.mo, cast.account("cora"))
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        with work.begin():
            act = service.set_roles(cast.ada, cast.noor.id, [Role.MODERATOR], reason=WHY)
        assert act is not None
        with work.begin(writes=False):
            assert "second person" in notices_of(cast.cora.id)[0].message
        with work.begin():
            service.confirm(cast.cora, act.id)
    assert cast.noor.roles == {Role.MODERATOR}


def test_first_admin_who_takes_back_a_role_given_by_mistake_can_give_it_to_another(
    core: Settings, cast: Cast
) -> None:
    for roles in ([Role.COORDINATOR], [Role.MEMBER]):
        with work.begin():
            assert service.set_roles(cast.ada, cast.noor.id, roles) is None
    with work.begin():
        assert service.set_roles(cast.ada, cast.zed.id, [Role.COORDINATOR]) is None


def test_who_confirmed_a_colleague_and_later_ends_their_work_alone_makes_no_staff(
    core: Settings, cast: Cast
) -> None:
    bea = queries.actor_from(cast.newcomer(Role.ADMIN))
    cast.account("ada")
    with work.begin():
        act = service.set_roles(bea, cast.noor.id, [Role.COORDINATOR], reason=WHY)
        assert act is not None
        service.confirm(cast.ada, act.id)
        act = service.set_roles(cast.ada, bea.id, [Role.MEMBER], reason=WHY)
        assert act is not None
        service.confirm(cast.noor, act.id)
    with work.begin():
        assert service.set_roles(cast.ada, cast.noor.id, [Role.MEMBER]) is None
    with pytest.raises(Conflict, match="Nobody else here"), work.begin():
        service.set_roles(cast.ada, cast.zed.id, [Role.COORDINATOR], reason=WHY)


def test_the_first_of_the_staff_is_made_alone_and_the_record_says_so(
    core: Settings, cast: Cast
) -> None:
    with work.begin():
        assert service.set_roles(cast.ada, cast.noor.id, [Role.COORDINATOR]) is None
    with work.begin(writes=False) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "account.roles")).one()
    assert entry.details["alone"] is True
    with work.begin():
        act = service.set_roles(cast.ada, cast.zed.id, [Role.COORDINATOR], reason=WHY)
    assert act is not None, "with two people there, two are needed"


# --- invitations to staff roles ------------------------------------------------------------------


def test_code_of_a_staff_invitation_opens_nothing_before_the_second_yes(
    core: Settings, cast: Cast
) -> None:
    cast.account("cleo")
    with work.begin():
        invitation, code = service.invite(cast.cora, [Role.MODERATOR], reason=WHY)
    with pytest.raises(Invalid), work.begin():
        service.join(code, "Quiet-Fjord", "-", locale="en", timezone="UTC")
    with work.begin():
        act = oversight.waiting_act("invite", invitation.id)
        assert act is not None
        service.confirm(cast.cleo, act.id)
    with work.begin():
        joined = service.join(code, "Quiet-Fjord", "-", locale="en", timezone="UTC")
    assert joined.roles == {Role.MODERATOR}


def test_refused_staff_invitation_never_opens(core: Settings, cast: Cast) -> None:
    cast.account("cleo")
    with work.begin():
        invitation, code = service.invite(cast.cora, [Role.MODERATOR], reason=WHY)
        act = oversight.waiting_act("invite", invitation.id)
        assert act is not None
        service.refuse_act(cast.cleo, act.id, "Nobody has met them yet.")
    with pytest.raises(Invalid), work.begin():
        service.check_code(code)
    with work.begin():
        assert queries.invitation_with(invitation.id).withdrawn_at is not None


def test_invitations_of_members_need_nobody_else(core: Settings, cast: Cast) -> None:
    cast.account("cleo")
    with work.begin():
        _, code = service.invite(cast.cora, [Role.MEMBER, Role.MENTOR, Role.FACILITATOR])
        service.check_code(code)


# --- at once -------------------------------------------------------------------------------------


def confirm_at_once(cast: Cast, act: str) -> list[str]:
    barrier = Barrier(2)
    people = [cast.cora, cast.cleo]

    def run(number: int) -> str:
        barrier.wait()
        try:
            with work.begin():
                service.confirm(people[number], act)
        except PeerError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, range(2)))


def test_of_two_who_confirm_at_once_one_does_on_sqlite(core: Settings, cast: Cast) -> None:
    assert confirm_at_once(cast, asked(cast)) == ["", "conflict"]
    assert [act for act, _ in acts_on_record()].count("account.roles") == 1


@pytest.mark.postgres
def test_of_two_who_confirm_at_once_one_does_on_postgresql(postgres_app: Flask, cast: Cast) -> None:
    assert confirm_at_once(cast, asked(cast)) == ["", "conflict"]
    assert [act for act, _ in acts_on_record()].count("account.roles") == 1


# --- pages ---------------------------------------------------------------------------------------


def test_two_people_do_it_by_the_pages(signed_in: SignIn, post: Post, cast: Cast) -> None:
    cast.account("cleo")
    ada, cora = signed_in("ada"), signed_in("cora")
    page = f"/people/{cast.noor.id}/roles"
    roles = {"roles": ["member", "moderator"]}
    unsaid = post(ada, page, {**roles, "reason": "why"})
    assert unsaid.status_code == 422
    assert ">why</textarea>" in unsaid.get_data(as_text=True)
    answer = post(ada, page, {**roles, "reason": WHY})
    assert answer.status_code == 303
    address = answer.location
    mine = ada.get(address).get_data(as_text=True)
    assert "Take it back" in mine
    assert "Yes, do it" not in mine
    assert post(ada, f"{address}/confirm").status_code == 403
    listed = cora.get("/decisions").get_data(as_text=True)
    assert address in listed
    assert "<bdi>Noor</bdi>" in listed, "one question can be told from another"
    theirs = cora.get(address).get_data(as_text=True)
    for words in (WHY, "Noor", "Ada", "Moderator", "Yes, do it"):
        assert words in theirs
    empty = post(cora, f"{address}/refuse", {"reason": "no"})
    assert empty.status_code == 422
    assert post(cora, f"{address}/confirm", PROOF).status_code == 303
    assert post(cora, f"{address}/confirm").status_code == 409
    assert cast.noor.roles == {Role.MEMBER, Role.MODERATOR}
    assert "Done" in ada.get("/decisions").get_data(as_text=True)


def test_whoever_finds_coras_page_open_does_not_say_yes_for_her(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    act = asked(cast)
    cora, confirm = signed_in("cora"), f"/decisions/{act}/confirm"
    assert "Passphrase you use now" in cora.get(f"/decisions/{act}").get_data(as_text=True)
    for given in ({}, {"passphrase": ""}, {"passphrase": "not it at all"}):
        answer = post(cora, confirm, given)
        assert answer.status_code == 422
        assert "Passphrase you use now" in answer.get_data(as_text=True)
        assert state(act) == ActState.WAITING
    assert post(cora, confirm, PROOF).status_code == 303
    assert state(act) == ActState.DONE


def test_passphrase_of_the_last_ten_minutes_is_not_asked_for_again(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    act = asked(cast)
    cora, page = signed_in("cora"), f"/decisions/{act}"
    post(cora, "/account/unlock", PROOF)
    with clock.stopped_at(clock.now() + timedelta(minutes=11)):
        assert post(cora, f"{page}/confirm").status_code == 422
    assert "Passphrase you use now" not in cora.get(page).get_data(as_text=True)
    assert post(cora, f"{page}/confirm").status_code == 303


def test_staff_invitation_by_the_page_says_that_it_waits(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    cast.account("cleo")
    cora = signed_in("cora")
    form = {"roles": ["moderator"], "days": "14", "note": "evenings"}
    assert post(cora, "/invitations/new", form).status_code == 422
    made = post(cora, "/invitations/new", {**form, "reason": WHY}).get_data(as_text=True)
    assert "It does not work yet." in made
    assert "Waits for a second person" in cora.get("/invitations").get_data(as_text=True)
