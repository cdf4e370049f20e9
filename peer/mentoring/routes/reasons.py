"""What is worked out of a round, in the coordinator's language: for a person, for the programme.

Only what a coordinator may see is said. Who avoids whom, and who said "not this time", are in no
sentence, and are counted together with other pairs that are ruled out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from babel.lists import format_list
from flask_babel import ngettext

from peer.core import i18n
from peer.core.words import N_
from peer.mentoring.models import Round
from peer.mentoring.routes import words
from peer.mentoring.routes.words import _
from peer.mentoring.snapshot import MEETING, moment_of
from peer.policy import mentoring as policy

SHOWN = 3  # mentors named of those with whom a change is enough
MOVES = 4  # people named of a chain
CHANGES: Mapping[tuple[str, str], str] = {
    ("no_time", "mentee"): N_("one more hour of theirs: %(value)s"),
    ("no_time", "mentor"): N_("one more hour of %(mentors)s: %(value)s"),
    ("no_language", "mentee"): N_("%(value)s, well enough to talk, in their profile"),
    ("no_language", "mentor"): N_("%(value)s, well enough to talk, with %(mentors)s"),
    ("identity", "mentee"): N_("also meeting somebody of this identity, if they like: %(value)s"),
    ("identity", "mentor"): N_("%(mentors)s also meeting somebody of this identity: %(value)s"),
    ("topics", "mentee"): N_("leaving this topic out of the meetings: %(value)s"),
    ("topics", "mentor"): N_("%(mentors)s being open to this topic: %(value)s"),
    ("no_capacity", "mentor"): N_("one more place with %(mentors)s"),
    ("floor", "round"): N_("a lower floor for the fit"),
}
OPENINGS: Mapping[str, str] = {
    "no_time": N_("One more hour: %(value)s"),
    "no_language": N_("%(value)s, well enough to talk"),
    "identity": N_("Also meeting somebody of this identity: %(value)s"),
    "topics": N_("Being open to this topic: %(value)s"),
}
BLOCKS: Mapping[str, str] = {
    "no_language": N_("no common language"),
    "no_time": N_("no common time"),
    "identity": N_("whom one of them would like to meet"),
    "topics": N_("a topic"),
    "area": N_("the same small area"),
    "floor": N_("they fit too little"),
    "no_capacity": N_("no place"),
    "hour_taken": N_("the hours that suit are somebody's already"),
    "together": N_("rules about several people"),
    "left_out": N_("nothing; the round does without the pair"),
    "several": N_("several things at once, or what stays private"),
}
COSTS: Mapping[str, str] = {
    "no_capacity": N_("Places: if every mentor had a place for each of their hours"),
    "no_time": N_("Time: if every hour that mentors offer suited everybody"),
    "no_language": N_("Language: if everybody spoke one language"),
    "identity": N_("Identity: if everybody met anybody"),
    "topics": N_("Topics: if every mentor were open to all"),
    "area": N_("Area: if people of one small area could meet"),
    "floor": N_("Fit: if no pair were too weak"),
}
NOW: Mapping[str, str] = {
    "taken": N_("The mentors who fit have no place, or no hour that suits, left in this round."),
    "together": N_(
        "A mentor would fit; rules about several people stand in the way in this round."
    ),
    "left_out": N_("A mentor who fits has room. The round is better as a whole without the pair."),
    "unproven": N_("A mentor who fits has room. Time ran out before a better round was found."),
}
PRIVATE = N_("The mentors who would fit otherwise are ruled out, for reasons that stay private.")


@dataclass(frozen=True)
class Telling:
    """A round and the names of its people, by the keys that the engine knows."""

    row: Round
    names: Mapping[str, str]
    zone: str

    def name(self, key: str) -> str:
        """Somebody's name; gentle words when they are here no more."""
        return self.names.get(self.row.keys.get(key, ""), _("somebody"))

    def hour(self, cell: int) -> str:
        """A cell of the week on the clock that is shown."""
        return words.weekly(moment_of(cell, self.row.week), self.zone)


def why(reason: str, known: Mapping[str, Any] | None = None) -> str:
    """Why somebody has no mentor, in one sentence; as exactly as it was worked out."""
    now = (known or {}).get("now")
    if now:
        return _(NOW[now])
    return _(PRIVATE) if reason in ("avoided", "forbidden") else _(words.REASONS[reason])


def blockers(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each rule in words with the mentors that it alone keeps away; nothing of what is private."""
    return [(_(words.RULES[x]), n) for x, n in counts.items() if x not in ("avoided", "forbidden")]


def person(telling: Telling, known: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of one person without a mentor, as sentences."""
    contest, circle = known["contest"], known["circle"]
    return {
        "intro": _intro(known),
        "ways": [_way(telling, way) for way in known["ways"]],
        "hold": _to_hold(telling, known["ways"]),
        "moves": _moves(telling, contest) if contest else [],
        "instead": telling.name(contest["mentor"]) if contest else "",
        "worse": _worse(contest) if contest else "",
        "circle": _circle(telling, circle) if circle else "",
        "settled": known.get("settled", False),
    }


def _intro(known: Mapping[str, Any]) -> str:
    size = known["size"]
    if not size and not known["proven"]:
        return _("What would be enough was not found in the time there was.")
    if not size:
        return _("No small change would be enough, on their side and one mentor's.")
    one = len(known["ways"]) == 1
    if size == 1:
        return _("This would be enough:") if one else _("One of these would be enough:")
    if one:
        return str(ngettext("It takes one thing:", "It takes %(num)s things together:", size))
    return str(
        ngettext(
            "It takes one thing of these:",
            "It takes %(num)s things together. There are several ways:",
            size,
        )
    )


def _way(telling: Telling, way: Mapping[str, Any]) -> str:
    mentors = _some(telling, way["mentors"], way["others"])
    parts = [
        _(
            CHANGES[change["rule"], change["whose"]],
            value=value(telling, change["rule"], change["value"]),
            mentors=mentors,
        )
        for change in way["changes"]
    ]
    said = _begun(words.listed(parts))
    if any("%(mentors)s" in CHANGES[x["rule"], x["whose"]] for x in way["changes"]):
        return said
    return _("%(change)s (they could then meet %(mentors)s)", change=said, mentors=mentors)


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _some(telling: Telling, mentors: Iterable[str], others: int) -> str:
    """ "Tess, Uma or Ana", and how many others."""
    names = [telling.name(key) for key in mentors]
    more = len(names) - SHOWN + others
    if more > 0:
        names = names[:SHOWN]
        names.append(str(ngettext("one other", "%(num)s others", more)))
    return str(format_list(names, style="or", locale=i18n.current_code()))


def value(telling: Telling, rule: str, given: Any) -> str:
    """The hour, language, identity or topic of a change."""
    match rule:
        case "no_time":
            return telling.hour(int(given))
        case "no_language":
            return words.language(str(given))
        case "identity":
            return _(policy.IDENTITIES.get(str(given), N_("not said")))
        case "topics":
            return _(policy.TOPICS.get(str(given), str(given)))
    return ""


def _to_hold(telling: Telling, ways: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The mentors, by account and name, with whom the pair is to be held."""
    keys = dict.fromkeys(key for way in ways if way["held"] for key in way["mentors"][:SHOWN])
    found = [(telling.row.keys.get(key, ""), telling.name(key)) for key in keys]
    return [(account, name) for account, name in found if account]


def _moves(telling: Telling, contest: Mapping[str, Any]) -> list[str]:
    moves = contest["moves"][1:]
    if len(moves) <= MOVES:
        return [_move(telling, *move) for move in moves]
    between = len(moves) - MOVES
    others = str(
        ngettext("One other would change mentor.", "%(num)s others would change mentor.", between)
    )
    first = [_move(telling, *move) for move in moves[: MOVES - 1]]
    return [*first, others, _move(telling, *moves[-1])]


def _move(telling: Telling, mentee: str, before: str | None, after: str | None) -> str:
    who = telling.name(mentee)
    if after is None:
        return _("%(person)s would have no mentor.", person=who)
    if after == before:
        return _(
            "%(person)s would meet %(mentor)s at another time.",
            person=who,
            mentor=telling.name(after),
        )
    return _(
        "%(person)s would meet %(after)s instead of %(before)s.",
        person=who,
        after=telling.name(after),
        before=telling.name(before or ""),
    )


def _worse(contest: Mapping[str, Any]) -> str:
    loss, after, before = contest["loss"], contest["after"], contest["before"]
    match contest["level"]:
        case "matched":
            return _("People who need a mentor sooner come first, and one of them would lose out.")
        case "worst":
            return _(
                "The pair that fits least would come to %(after)s points instead of %(before)s.",
                after=after,
                before=before,
            )
        case "levels":
            return str(
                ngettext(
                    "One more pair would have fewer than %(threshold)s points.",
                    "%(num)s more pairs would have fewer than %(threshold)s points.",
                    loss,
                    threshold=contest["threshold"],
                )
            )
        case "total":
            return str(
                ngettext(
                    "All pairs together would come to one point less.",
                    "All pairs together would come to %(num)s points less.",
                    loss,
                )
            )
        case "disruption":
            return _("One more pair who meet already would be parted.")
    return _("It would have been as good either way: between equals the lot decides.")


def _circle(telling: Telling, circle: Mapping[str, Any]) -> str:
    places = str(ngettext("one place", "%(num)s places", circle["places"]))
    if circle["names"] and circle["with"]:
        return _(
            "Apart from places of pairs that go on or are held, %(people)s can only be placed with %(mentors)s, with %(places)s between them.",
            people=words.listed(telling.name(key) for key in circle["names"]),
            mentors=words.listed(telling.name(key) for key in circle["with"]),
            places=places,
        )
    people = str(ngettext("one person", "%(num)s people", circle["people"]))
    return _("%(people)s share %(places)s, and this is one of them.", people=people, places=places)


def programme(telling: Telling, advice: Mapping[str, Any]) -> dict[str, Any]:
    """What a programme could do, as rows for the page."""
    return {
        "free_places": advice["free_places"],
        "newcomers": [_newcomer(telling, row) for row in advice["newcomers"]],
        "unused": [_unused(telling, row) for row in advice["unused"]],
        "rules": [(_(COSTS[rule]), more) for rule, more in _costly(advice["rules"])],
        "circles": [_short(row) for row in advice["circles"]],
    }


def _costly(rules: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """The rules that cost somebody a mentor."""
    return [(row["rule"], row["more"]) for row in rules if row["more"]]


def _newcomer(telling: Telling, row: Mapping[str, Any]) -> dict[str, Any]:
    first, last = row["starts"][0], row["starts"][-1]
    begin, end = (moment_of(cell, telling.row.week) for cell in (first, last))
    until = words.weekly(end + MEETING, telling.zone)
    identity = row["identity"]
    return {
        "language": words.language(row["language"]),
        "identity": _(policy.IDENTITIES.get(identity, identity)) if identity else _("Any"),
        "when": _("%(begin)s to %(until)s", begin=words.weekly(begin, telling.zone), until=until),
        "more": row["more"],
        "could_meet": row["could_meet"],
        "elsewhere": row["elsewhere"],
    }


def _unused(telling: Telling, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": telling.row.keys.get(row["mentor"], ""),
        "name": telling.name(row["mentor"]),
        "places": row["places"],
        "why": _kept_away(row["why"]),
        "openings": [
            (
                _(
                    OPENINGS[each["rule"]],
                    value=value(telling, each["rule"], each["value"]),
                ),
                each["people"],
            )
            for each in row["openings"]
        ],
    }


def _kept_away(why: Mapping[str, int]) -> list[tuple[str, int]]:
    """What keeps how many from a mentor. A round of before may count private reasons apart."""
    counts = {rule: why[rule] for rule in BLOCKS if why.get(rule)}
    private = why.get("kept_apart", 0)
    if private:
        counts["several"] = counts.get("several", 0) + private
    return [(_(BLOCKS[rule]), count) for rule, count in counts.items()]


def _short(circle: Mapping[str, Any]) -> str:
    people = str(ngettext("one person", "%(num)s people", circle["people"]))
    places = str(ngettext("one place", "%(num)s places", circle["places"]))
    return str(
        ngettext(
            "%(people)s can only be placed in %(places)s: one stays without, however places are given out.",
            "%(people)s can only be placed in %(places)s: %(num)s stay without, however places are given out.",
            circle["short"],
            people=people,
            places=places,
        )
    )
