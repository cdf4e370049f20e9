"""States, reasons and times in the reader's language."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_skeleton
from babel.lists import format_list
from flask_babel import gettext, ngettext

from peer.core import clock, i18n, languages, zones
from peer.core.words import N_
from peer.mentoring.snapshot import moment_of
from peer.policy import mentoring as policy


def _(message: str, **params: object) -> str:
    return str(gettext(message, **params))


VETTING = {
    "applied": (N_("Applied"), "note"),
    "in_review": (N_("In review"), "info"),
    "vetted": (N_("Vetted"), "ok"),
    "paused": (N_("On hold"), "note"),
    "lapsed": (N_("Lapsed"), "danger"),
    "declined": (N_("Declined"), ""),
}
VETTING_ACTS = {
    "in_review": N_("Begin the review"),
    "vetted": N_("Confirm as vetted"),
    "paused": N_("Put on hold"),
    "lapsed": N_("Mark as lapsed"),
    "declined": N_("Decline"),
}
ROUND = {
    "waiting": (N_("Waiting to begin"), "note"),
    "solving": (N_("Being worked out"), "info"),
    "open": (N_("Open for decisions"), "guide"),
    "failed": (N_("Did not work"), "danger"),
    "closed": (N_("Closed"), ""),
}
PROPOSAL = {
    "proposed": (N_("To decide"), "note"),
    "rejected": (N_("Rejected"), ""),
    "approved": (N_("Both are asked"), "info"),
    "matched": (N_("Both said yes"), "ok"),
    "declined": (N_("Did not come together"), ""),
    "expired": (N_("Time ran out"), ""),
    "withdrawn": (N_("Withdrawn"), ""),
}
MENTORSHIP = {
    "active": (N_("Active"), "ok"),
    "paused": (N_("On a break"), "note"),
    "closed": (N_("Closed"), ""),
}
FAILURES = {
    "engine": N_(
        "The matching engine stopped with an error. Nobody was told anything and nothing is lost."
    ),
    "referee": N_("The answer broke a rule when it was checked, so nobody was proposed."),
    "left": N_("Somebody has left meanwhile, and there is nobody to place any more."),
    "gave_up": N_("It was begun several times and never came to an end."),
}
PARTS = {
    "interests": N_("Interests"),
    "availability": N_("Times in common"),
    "language": N_("Language"),
    "style": N_("Style"),
    "preference": N_("Wishes"),
}
TRAITS = {
    "pace": N_("pace"),
    "directness": N_("how things are said"),
    "planning": N_("how meetings go"),
    "talk": N_("how much talking"),
}
STAGES = {
    "candidates": N_("Looking at who could meet whom"),
    "matched": N_("Finding someone for as many as possible"),
    "worst": N_("Lifting the pair that fits least"),
    "levels": N_("Keeping weak pairs few"),
    "total": N_("Finding the best fit overall"),
    "disruption": N_("Keeping what runs"),
    "ties": N_("Deciding between equals"),
    "reasons": N_("Writing down the reasons"),
    "advice": N_("Looking at what would help"),
    "done": N_("Done"),
}
RULES = {
    "no_language": N_("no language that both speak well enough"),
    "no_time": N_("no time that suits both"),
    "identity": N_("whom one of them would like to meet"),
    "topics": N_("a topic that the mentor would rather not hold"),
    "area": N_("both are from the same small area"),
    "no_capacity": N_("the mentor has no place"),
    "floor": N_("they fit too little"),
    "apart": N_("two mentees who are kept apart"),
    "high_need": N_("the mentor's limit is reached"),
    "pinned_elsewhere": N_("a coordinator asked for another mentor"),
}
REASONS = {
    "no_language": N_(
        "No mentor who would fit otherwise speaks one of their languages well enough."
    ),
    "no_time": N_("No mentor who would fit otherwise is free at one of their times."),
    "identity": N_(
        "The mentors who would fit otherwise are not whom they would like to meet, or the other way round."
    ),
    "topics": N_("The mentors who would fit otherwise would rather not hold one of their topics."),
    "area": N_("The mentors who would fit otherwise are from the same small area."),
    "no_capacity": N_("The mentors who would fit have no place."),
    "floor": N_("The mentors they could meet fit too little."),
    "several": N_("Several things together; no single one stands out."),
    "contested": N_("A mentor would fit, and this round does without the pair."),
}
HELPS = {
    "no_language": N_("Another language"),
    "no_time": N_("Another time"),
    "identity": N_("A wider choice of whom to meet"),
    "topics": N_("A mentor who holds more topics"),
    "area": N_("A mentor from another area"),
    "no_capacity": N_("One more place with a mentor"),
    "floor": N_("A lower floor"),
    "apart": N_("Two mentees sharing a mentor"),
    "high_need": N_("A higher limit"),
}


def badge(words: Mapping[str, tuple[str, str]], state: str) -> tuple[str, str]:
    """(kind, word) of a state's badge."""
    word, kind = words[state]
    return kind, _(word)


def language(code: str) -> str:
    """A language's name in the reader's language."""
    return languages.name_of(code, i18n.current_code())


def spoken(levels: Mapping[str, int]) -> list[str]:
    """Languages with how well, the best first: "Spanish, fluently"."""
    ordered = sorted(levels.items(), key=lambda item: (-item[1], item[0]))
    return [
        _("%(language)s, %(level)s", language=language(code), level=_(policy.LANGUAGE_LEVELS[n]))
        for code, n in ordered
    ]


def interests(tags: Iterable[str]) -> list[str]:
    """Interests in words."""
    return [_(policy.INTERESTS[tag]) for tag in tags if tag in policy.INTERESTS]


def listed(words: Iterable[str]) -> str:
    """ "a, b and c" in the reader's language."""
    return str(format_list(list(words), locale=i18n.current_code()))


def weekly(moment: datetime, zone: str) -> str:
    """The weekday and time of a moment on the clock of `zone`: "Thursday 18:00"."""
    local = moment.astimezone(ZoneInfo(zone))
    return str(
        format_datetime(local, "EEEE HH:mm", tzinfo=local.tzinfo, locale=i18n.current_code())
    )


def day_and_time(moment: datetime, zone: str) -> str:
    """The day and time of a moment on the clock of `zone`, in full."""
    local = moment.astimezone(ZoneInfo(zone))
    code = i18n.current_code()
    day = format_skeleton("yMMMMEEEEd", local, tzinfo=local.tzinfo, locale=code)
    return _("%(day)s, %(time)s", day=day, time=f"{local:%H:%M}")


def day(moment: datetime, zone: str = "UTC") -> str:
    """The day of a moment on the clock of `zone`."""
    local = moment.astimezone(ZoneInfo(zone))
    return str(format_skeleton("yMMMd", local, tzinfo=local.tzinfo, locale=i18n.current_code()))


def zone_words(zone: str) -> str:
    """A zone's city in the reader's language: "New York"."""
    return "UTC" if zone == "UTC" else zones.city_of(zone, i18n.current_code())


def begins_late(zone: str) -> bool:
    """Whether meetings begin a quarter past the hour there: the engine's week has half hours."""
    offset = clock.now().astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    return bool(offset % timedelta(minutes=30))


def now_in(zone: str) -> str:
    """What the clock of `zone` shows now."""
    return weekly(clock.now(), zone)


def slot(start: int | None, week: Any, zone: str) -> str:
    """A UTC cell of a round's week on the clock of `zone`, with the zone."""
    if start is None:
        return _("no fixed time")
    return _(
        "%(time)s (%(zone)s)", time=weekly(moment_of(start, week), zone), zone=zone_words(zone)
    )


def reason(entry: Mapping[str, Any]) -> str:
    """One reason of a proposal as a sentence; "" for those that only have points."""
    facts = entry["facts"]
    match entry["code"]:
        case "pinned":
            return _("A coordinator asked for this pair.")
        case "start":
            count = len(facts["common"])
            return str(ngettext("One time suits both.", "%(num)s times suit both.", count))
        case "interests":
            return _shared(interests(facts["shared"]))
        case "language":
            level = _(policy.LANGUAGE_LEVELS.get(facts["level"], ""))
            names = listed(language(code) for code in facts["languages"])
            return _("Both speak %(languages)s %(level)s.", languages=names, level=level)
        case "style":
            names = listed(_(TRAITS.get(trait, trait)) for trait in facts["compared"])
            return _("Style looks at: %(traits)s.", traits=names) if facts["compared"] else ""
        case "preference":
            return _("They asked for this mentor.") if facts["by_mentee"] else ""
    return ""


def _shared(names: list[str]) -> str:
    if not names:
        return _("No interest in common.")
    return _("Both care about: %(interests)s.", interests=listed(names))


def parts(points: Mapping[str, int], most: Mapping[str, int]) -> list[tuple[str, int, int, str]]:
    """The parts of a score for the bars: label, value, most, words."""
    return [
        (
            _(PARTS[name]),
            points.get(name, 0),
            top,
            _("%(points)s of %(most)s", points=points.get(name, 0), most=top),
        )
        for name, top in most.items()
        if top
    ]


def helps(entry: Mapping[str, Any], week: Any, zone: str, names: Mapping[str, str]) -> str:
    """What would open mentors to someone, as a sentence."""
    examples = [_example(entry["rule"], each, week, zone, names) for each in entry["examples"]]
    examples = [each for each in examples if each]
    what = _(HELPS[entry["rule"]])
    if examples:
        what = _("%(change)s, such as %(examples)s", change=what, examples=listed(examples[:3]))
    return str(
        ngettext(
            "%(what)s: opens one more mentor.",
            "%(what)s: opens up to %(num)s more mentors.",
            entry["mentors"],
            what=what,
        )
    )


def _example(rule: str, example: Any, week: Any, zone: str, names: Mapping[str, str]) -> str:
    match rule:
        case "no_language":
            return language(str(example))
        case "no_time":
            return weekly(moment_of(int(example), week), zone)
        case "identity":
            return _(policy.IDENTITIES.get(str(example), str(example)))
        case "topics":
            return _(policy.TOPICS.get(str(example), str(example)))
        case "avoided" | "area":
            return ""  # whom someone avoids and where they live stays with them
    return names.get(str(example), "")


def days_left(until: datetime) -> str:
    """How long something stays open."""
    left = max(1, -(-(until - clock.now()) // timedelta(days=1)))
    return str(ngettext("One day left", "%(num)s days left", left))
