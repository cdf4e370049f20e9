"""Making the place: people, rooms with an evening in each, a round, a queue, a library."""

import os
import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from peer.accounts import queries as account_queries
from peer.accounts import service as accounts
from peer.core import clock, queue, work
from peer.demo import arriving, library, private
from peer.demo.people import AREAS, CAST, SEED, Person, everyone
from peer.demo.talk import (
    CIRCLE,
    FOR_REVIEW,
    NOT_UNPREPARED,
    PRIVATE,
    QUIET,
    ROOMS,
    SESSION,
    Line,
    RoomScript,
)
from peer.mentoring import queries as mentoring_queries
from peer.mentoring import service as mentoring
from peer.mentoring.service.rounds import rule_pair
from peer.moderation import service as moderation
from peer.notifications import service as notifications
from peer.policy.mentoring import ProposalState, Vetting
from peer.policy.roles import Actor, Role
from peer.policy.rooms import MessageState
from peer.resources import service as resources
from peer.rooms import queries as room_queries
from peer.rooms import service as rooms
from peer.rooms.models import Message, Room

Say = Callable[[str], None]
People = Mapping[str, Actor]

_REFERENCES = "Two references read, and a talk of an hour."
# Of the finished round: for how many pairs both were asked, and how many came together.
APPROVED, CONSENTED = 28, 18


def make(lock: accounts.Lock, say: Say) -> None:
    """Fill an empty, migrated database; every person has the passphrase that made the lock."""
    now = clock.now().replace(second=0, microsecond=0)
    people = everyone()
    say(f"Inviting {len(people)} fictional people ...")
    with clock.stopped_at(now - timedelta(days=40)), work.begin():
        actors = {person.name: _join(person, lock.passphrase_hash) for person in people}
    with clock.stopped_at(now - timedelta(days=30)), work.begin():
        _tell_about_themselves(people, actors)
    with clock.stopped_at(now - timedelta(days=29)), work.begin():
        known = [actor.id for name, actor in actors.items() if name != arriving.NAME]
        rooms.know(known)  # nobody's first messages wait but those of the one who is new
        rooms.allow_names(actors["Ada"], on=True)
    say("Opening rooms ...")
    for script in ROOMS:
        _hold_evening(script, actors, people, now)
    _plan_sessions(actors, now)
    _open_quiet_room(actors, now)
    with clock.stopped_at(now - timedelta(days=8)), work.begin():
        rooms.choose_unwanted(actors["Noor"], NOT_UNPREPARED)
    say("Running a matching round ...")
    _run_round(actors, now - timedelta(days=6))
    _begin_talking(actors, now - timedelta(days=2))
    with work.begin():
        key = accounts.make_vault(actors["Noor"].id, lock)
    private.keep(actors["Noor"], key, now)
    say("Leaving a few things for the moderators and the coordinators ...")
    arriving.arrive(actors, now)
    _fill_queue(actors, now)
    _leave_invitation(actors, now - timedelta(days=1))
    _leave_decision(actors, now - timedelta(hours=20))
    with clock.stopped_at(now - timedelta(days=9)), work.begin():
        for details in library.ENTRIES:
            resources.add(actors["Cora"], details, checked=True)


# --- people ------------------------------------------------------------------------------------


def _join(person: Person, passphrase_hash: str) -> Actor:
    account = accounts.create_account(
        person.name, passphrase_hash, person.roles, locale=person.locale, timezone=person.timezone
    )
    return account_queries.actor_from(account)


def _tell_about_themselves(people: list[Person], actors: People) -> None:
    cora = actors["Cora"]
    for area in AREAS:
        mentoring.add_area(cora, area)
    mentors = [person for person in people if person.mentor is not None]
    for person in people:
        me = actors[person.name]
        if person.mentee is not None:
            mentoring.save_mentee_profile(me, me.id, person.mentee)
        if person.mentor is not None:
            mentoring.save_mentor_profile(me, me.id, person.mentor)
    # The last two volunteers have only just applied: vetting takes its time.
    for person in mentors[:-2]:
        mentor = actors[person.name]
        mentoring.set_vetting(cora, mentor.id, Vetting.IN_REVIEW)
        act = mentoring.set_vetting(cora, mentor.id, Vetting.VETTED, note=_REFERENCES)
        if act is not None:
            accounts.confirm(actors["Cleo"], act.id)
    notifications.mark_seen(cora)
    mentoring.set_vetting(cora, actors[mentors[-2].name].id, Vetting.IN_REVIEW)


# --- rooms -------------------------------------------------------------------------------------


def _hold_evening(script: RoomScript, actors: People, people: list[Person], now: datetime) -> None:
    """A room and what was said in it, each message at its own minute."""
    began = now - timedelta(hours=script.hours_ago)
    voices = _voices(script, actors, people)
    with clock.stopped_at(began - timedelta(days=20)), work.begin():
        room = rooms.create_room(
            actors["Cora"],
            name=script.name,
            about=script.about,
            question=script.question,
            agreement=script.agreement,
            entry=script.entry,
            ask_again=False,
        )
        rooms.set_facilitators(actors["Cora"], room.id, [actors["Fay"].id])
        for actor in voices.values():
            rooms.welcome(account_queries.account_with(actor.id), [room.id])
            rooms.agree(actor, room.id)
    said: list[Message] = []
    for number, line in enumerate(script.lines):
        said.append(_say(room, voices[line.who], line, began, number))
    _answer_warmly(room, voices, said, began)


def _plan_sessions(actors: People, now: datetime) -> None:
    """A weekly session with people who signed up for its next date, and a circle tomorrow."""
    made = {script.kind: _dated_room(script, actors, now) for script in (SESSION, CIRCLE)}
    fay, noor = actors["Fay"], actors["Noor"]
    with clock.stopped_at(now), work.begin():
        day, tomorrow = (now + timedelta(days=2)).date(), (now + timedelta(days=1)).date()
        weekly, circle = made["session"].id, made["circle"].id
        rooms.add_date(
            fay, weekly, on=day, minute=19 * 60, length=60, weekly=True, places=8, quorum=3
        )
        rooms.add_date(fay, circle, on=tomorrow, minute=20 * 60, length=60, places=6, quorum=2)
        first = room_queries.dates_of(weekly, fay.id)[0].gathering
        rooms.sign_up(noor, weekly, first.id, reminds=True)
        rooms.sign_up(actors["Zed"], weekly, first.id)


def _open_quiet_room(actors: People, now: datetime) -> None:
    """A room for company without talking; two people have just been there."""
    room = _dated_room(QUIET, actors, now)
    with clock.stopped_at(now - timedelta(minutes=1)), work.begin():
        for name in ("Noor", "Zed", "Fay"):
            rooms.agree(actors[name], room.id)
        rooms.gesture(actors["Zed"], room.id, "tea")
        rooms.gesture(actors["Noor"], room.id, "light")


def _dated_room(script: RoomScript, actors: People, now: datetime) -> Room:
    """A room by invitation in which nothing has been said yet."""
    with clock.stopped_at(now - timedelta(days=2)), work.begin():
        room = rooms.create_room(
            actors["Cora"],
            name=script.name,
            kind=script.kind,
            about=script.about,
            question=script.question,
            agreement=script.agreement,
        )
        for name in ("Noor", "Zed", "Fay", "Mo"):
            rooms.welcome(account_queries.account_with(actors[name].id), [room.id])
        rooms.set_facilitators(actors["Cora"], room.id, [actors["Fay"].id])
    return room


def _voices(script: RoomScript, actors: People, people: list[Person]) -> dict[str, Actor]:
    """Who speaks in a room: the cast by name, and members drawn for its letters."""
    dice = random.Random(f"{SEED}/{script.name}")
    members = [person.name for person in people if person.mentee and person.name not in CAST]
    letters = sorted({line.who for line in script.lines if len(line.who) == 1})
    voices = {
        who: actors[name] for who, name in zip(letters, dice.sample(members, 6), strict=False)
    }
    named = {line.who for line in script.lines if len(line.who) > 1} | {"Noor", "Zed", "Fay"}
    return voices | {name: actors[name] for name in named}


def _say(room: Room, who: Actor, line: Line, began: datetime, number: int) -> Message:
    with clock.stopped_at(began + timedelta(minutes=line.minute)), work.begin():
        return rooms.post_message(
            who,
            room.id,
            text=line.text,
            note=line.note,
            topic=line.topic,
            nonce=f"demo-{number}-{line.minute}",
        )


def _answer_warmly(
    room: Room, voices: Mapping[str, Actor], said: list[Message], began: datetime
) -> None:
    """A few reactions, and everybody but Noor and Zed has read to the end."""
    dice = random.Random(f"{SEED}/{room.name}/warmth")
    with clock.stopped_at(began + timedelta(hours=1)), work.begin():
        for message in dice.sample(said, min(4, len(said))):
            for who in dice.sample(sorted(voices), 3):
                if voices[who].id != message.author_id:
                    rooms.react(voices[who], message.id, "with_you", on=True)
        for who, actor in voices.items():
            read_to = None if who not in {"Noor", "Zed"} else max(1, room.last_seq - 3)
            rooms.mark_seen(actor, room.id, read_to)


# --- mentoring ---------------------------------------------------------------------------------


def _run_round(actors: People, when: datetime) -> None:
    """A finished round: most decided, some pairs together, some people left over."""
    cora, noor, tess = actors["Cora"], actors["Noor"], actors["Tess"]
    with clock.stopped_at(when):
        with work.begin():
            rule_pair(noor.id, tess.id, "pin", "coordinator")
            round_ = mentoring.start_round(cora, seed=SEED)
        queue.run_now("rounds.solve", round_.id)
        with work.begin():
            proposals = sorted(
                mentoring_queries.proposals_of(round_.id),
                key=lambda row: (row.mentee_id != noor.id, -row.score, row.mentee_id),
            )
            for proposal in proposals[:APPROVED]:
                mentoring.approve(cora, proposal.id)
            for proposal in proposals[APPROVED : APPROVED + 2]:
                mentoring.reject(cora, proposal.id, "not_now")
    with clock.stopped_at(when + timedelta(days=1)), work.begin():
        by_id = {actor.id: actor for actor in actors.values()}
        for proposal in proposals[:CONSENTED]:
            mentoring.answer(by_id[proposal.mentee_id], proposal.id, True)
            mentoring.answer(by_id[proposal.mentor_id], proposal.id, True)
        late = proposals[CONSENTED]
        if late.state == ProposalState.APPROVED:
            mentoring.answer(by_id[late.mentor_id], late.id, True)
    with clock.stopped_at(when + timedelta(days=2)), work.begin():
        mentoring.close_round(cora, round_.id)


def _begin_talking(actors: People, when: datetime) -> None:
    """Noor and Tess have met once in their room."""
    with work.begin(writes=False):
        mine = mentoring_queries.mentorships_of(actors["Noor"].id)
        found = room_queries.private_room_of(mine[0].id) if mine else None
    if found is None:
        raise RuntimeError("the demo's round did not bring Noor and Tess together")
    with clock.stopped_at(when), work.begin():
        for name in ("Noor", "Tess"):
            rooms.agree(actors[name], found.id)
    for number, line in enumerate(PRIVATE):
        _say(found, actors[line.who], line, when, number)


# --- staff -------------------------------------------------------------------------------------


def _fill_queue(actors: People, now: datetime) -> None:
    """A report, a flag about distress, and something held; one of them decided earlier."""
    with work.begin(writes=False):
        named = {room.name: room for room in room_queries.all_group_rooms()}
    for minutes, (room_name, who, text) in enumerate(FOR_REVIEW):
        room, author = named[room_name], _member_of(named[room_name], actors, who)
        at = now - timedelta(minutes=25 - 7 * minutes)
        with clock.stopped_at(at), work.begin():
            message = rooms.post_message(author, room.id, text=text, nonce=f"demo-review-{minutes}")
        if message.state != MessageState.HELD and "medication" in text:
            with clock.stopped_at(at + timedelta(minutes=2)), work.begin():
                moderation.file_report(actors["Noor"], "message", message.id, "unkind")


def _member_of(room: Room, actors: People, letter: str) -> Actor:
    script = next(each for each in ROOMS if each.name == room.name)
    return _voices(script, actors, everyone())[letter]


def _leave_invitation(actors: People, when: datetime) -> None:
    with work.begin(writes=False):
        commons = next(r for r in room_queries.all_group_rooms() if r.name == "Commons")
    with clock.stopped_at(when), work.begin():
        accounts.invite(
            actors["Cora"], [Role.MEMBER], rooms=[commons.id], note="for the Tuesday group"
        )


def _leave_decision(actors: People, when: datetime) -> None:
    """Cleo would approve a mentor who is in review; it waits for Cora or Ada."""
    with clock.stopped_at(when), work.begin():
        mentor = next(p for p in mentoring_queries.mentor_profiles() if p.vetting == "in_review")
        mentoring.set_vetting(actors["Cleo"], mentor.account_id, Vetting.VETTED, note=_REFERENCES)


def cast_table() -> list[tuple[str, str]]:
    """Who can sign in, and as what."""
    notes = {
        "Noor": "member, has a mentor",
        "Nia": "member, new here: her first messages are looked at",
        "Tess": "mentor of Noor",
    }
    return [
        (name.lower(), notes.get(name, ", ".join(role.value for role in roles)))
        for name, roles in CAST.items()
    ]


def wanted_passphrase() -> str | None:
    """The passphrase that the environment asks every demo person to have."""
    return os.environ.get("PEER_DEMO_PASSPHRASE") or None
