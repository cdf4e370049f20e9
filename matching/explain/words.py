"""Reasons in words, and as codes with facts for whoever wants to say them in other words.

Every sentence is made from facts worked out from the problem, so none can say what is not so.
"""

from matching.phrases import clock, counted, joined
from matching.problem import (
    Explanation,
    Help,
    Lapsed,
    Mentee,
    Mentor,
    Pair,
    Problem,
    Solution,
    Unmatched,
)
from matching.rules.judge import Judge, common_level, held
from matching.rules.judge import shares as points_of
from matching.side.choice import unheld

_RULES = {
    "no_language": "They have no language in common that both speak at level 2 or more",
    "no_time": "No meeting start of the mentor suits the mentee",
    "identity": "One of them has asked for someone of another identity",
    "topics": "The mentee brings a topic that the mentor would rather not hold",
    "area": "They live in the same area",
    # Alike, so that nobody is told of an avoidance.
    "avoided": "This pair is ruled out",
    "forbidden": "This pair is ruled out",
    "no_capacity": "The mentor has no place",
    "floor": "They fit less well than the floor asks for",
}
_REASONS = {
    "no_language": "no language in common with mentors who would fit otherwise",
    "no_time": "no meeting time in common with mentors who would fit otherwise",
    "identity": "the identity that one side asks for",
    "topics": "topics that the mentors who would fit otherwise decline",
    "area": "living in the same area as the mentors who would fit otherwise",
    # Alike, so that nobody is told of an avoidance.
    "avoided": "the mentors who would fit may not be paired with this person",
    "forbidden": "the mentors who would fit may not be paired with this person",
    "no_capacity": "the mentors who would fit have no place at all",
    "floor": "the mentors who would fit score less than the floor",
    "several": "several rules together, with no single one that stands out",
    "contested": "some mentor fits, and this round does without the pair",
}
_HELP = {
    "no_language": "another language in common",
    "no_time": "another meeting time in common",
    "identity": "a wider choice of identity",
    "topics": "mentors open to more topics",
    "area": "mentors from elsewhere",
    "no_capacity": "one more place",
    "floor": "a lower floor",
    "apart": "letting two mentees share a mentor",
    "high_need": "a higher limit for high need",
    "group": "more of one group with the same mentor",
    "team": "more pairs for a supervisor's team",
}
_LAPSED = {
    "avoided": "they may not be paired any more",
    "forbidden": "they may not be paired any more",
    "no_time": "their time no longer suits both",
    "no_capacity": "the mentor has no place left for this pair",
    "pinned_elsewhere": "a coordinator asked for another mentor",
    "apart": "the mentor goes on with someone to be kept apart",
    "high_need": "the mentor's limit for high need is reached",
    "group": "the mentor goes on with as many of a group as one mentor may have",
    "team": "the supervisor's team goes on with as many pairs as it may have",
}


def pair(problem: Problem | Judge, pair: Pair) -> tuple[Explanation, ...]:
    """Why two people were paired: how they are held, when they meet, and each part's points.

    Give a Judge instead of the problem to ask about many pairs.
    """
    judge = problem if isinstance(problem, Judge) else Judge(problem)
    return (*_held(judge, pair), *_start(judge, pair), *_parts(judge, pair))


def _held(judge: Judge, pair: Pair) -> list[Explanation]:
    found, problem = [], judge.problem
    if any((pin.mentee, pin.mentor) == (pair.mentee, pair.mentor) for pin in problem.pins):
        found.append(Explanation("pinned", {}, "A coordinator asked for this pair."))
    old = [r for r in problem.continuing if (r.mentee, r.mentor) == (pair.mentee, pair.mentor)]
    if old:
        same = old[0].start == pair.start
        text = "They meet already and keep their time." if same else "They meet already."
        found.append(Explanation("continuing", {"start": old[0].start}, text))
    moved = [r for r in problem.continuing if r.mentee == pair.mentee and r.mentor != pair.mentor]
    # A pair that could not go on made room for nobody.
    if moved and problem.may_change and moved[0] in held(judge)[0]:
        text = f"Until now {moved[0].mentor} is the mentor; the change makes room for somebody."
        facts = {"mentor": moved[0].mentor, "start": moved[0].start}
        found.append(Explanation("moves", facts, text))
    return found


def _start(judge: Judge, pair: Pair) -> list[Explanation]:
    problem = judge.problem
    if problem.timeless or pair.start is None:
        return []
    common = judge.starts(pair.mentee, pair.mentor)
    text = f"They meet at {clock(problem.grid, pair.start)}, one of {counted(len(common), 'time')} in common."
    return [Explanation("start", {"start": pair.start, "common": common}, text)]


def _parts(judge: Judge, pair: Pair) -> list[Explanation]:
    problem = judge.problem
    if problem.pairs is not None:
        facts = {"points": pair.score}
        return [Explanation("given", facts, f"The file gives this pair {pair.score} points.")]
    mentee, mentor = judge.mentees[pair.mentee], judge.mentors[pair.mentor]
    most, parts = points_of(problem), judge.parts(pair.mentee, pair.mentor)
    return [
        Explanation(
            name,
            {"points": points, "most": most[name], **_facts(name, mentee, mentor)},
            f"{_sentence(name, mentee, mentor)} ({points} of {most[name]} points).",
        )
        for name, points in parts.items()
        if most[name]
    ]


def _facts(name: str, mentee: Mentee, mentor: Mentor) -> dict[str, int | tuple[str, ...]]:
    match name:
        case "interests":
            return {"shared": shared_interests(mentee, mentor)}
        case "language":
            level = common_level(mentee, mentor)
            return {"level": level, "languages": best_languages(mentee, mentor)}
        case "style":
            return {"compared": tuple(sorted(mentee.style.keys() & mentor.style.keys()))}
        case "preference":
            return {
                "by_mentee": int(mentor.id in mentee.prefers),
                "by_mentor": int(mentee.id in mentor.prefers),
            }
    return {}


def _sentence(name: str, mentee: Mentee, mentor: Mentor) -> str:
    match name:
        case "interests":
            shared = shared_interests(mentee, mentor)
            return f"They share {joined(shared)}" if shared else "They share no interest"
        case "availability":
            return "The more starts suit both, the better"
        case "language":
            level = common_level(mentee, mentor)
            return f"Both speak {joined(best_languages(mentee, mentor))} at level {level} or more"
        case "style":
            compared = sorted(mentee.style.keys() & mentor.style.keys())
            return f"Closeness in {joined(compared)}" if compared else "Nothing is known of style"
    wishes = (mentor.id in mentee.prefers, mentee.id in mentor.prefers)
    return {
        (True, True): "Each of them asked for the other",
        (True, False): "The mentee asked for this mentor",
        (False, True): "The mentor asked for this mentee",
        (False, False): "Neither asked for the other",
    }[wishes]


def shared_interests(mentee: Mentee, mentor: Mentor) -> tuple[str, ...]:
    """The interests that both name, those that matter most to the mentee first."""
    both = [tag for tag, level in mentee.interests.items() if level and mentor.interests.get(tag)]
    return tuple(sorted(both, key=lambda tag: (-mentee.interests[tag], tag)))


def best_languages(mentee: Mentee, mentor: Mentor) -> tuple[str, ...]:
    """The languages in which the two understand each other best."""
    best = common_level(mentee, mentor)
    common = mentee.languages.keys() & mentor.languages.keys()
    return tuple(sorted(x for x in common if min(mentee.languages[x], mentor.languages[x]) == best))


def why_not(problem: Problem, mentee_id: str, mentor_id: str) -> tuple[Explanation, ...]:
    """Every rule that keeps two people apart; empty when they are eligible."""
    judge = Judge(problem)
    facts: dict[str, dict[str, int | str | tuple[str, ...] | tuple[int, ...] | None]] = {
        "floor": {"score": judge.score(mentee_id, mentor_id), "floor": problem.floor},
        "topics": {
            "topics": tuple(
                sorted(
                    set(judge.mentees[mentee_id].topics) & set(judge.mentors[mentor_id].declines)
                )
            )
        },
        "area": {"area": judge.mentees[mentee_id].area},
    }
    words = _RULES
    if unlisted(judge, mentee_id, mentor_id):
        words = {**_RULES, "forbidden": "This pair is not among the file's pairs"}
    return tuple(
        Explanation(rule, facts.get(rule, {}), f"{words[rule]}.")
        for rule in judge.why_not(mentee_id, mentor_id)
    )


def unlisted(judge: Judge, mentee_id: str, mentor_id: str) -> bool:
    """Whether a file that gives pairs leaves this one out; nobody ruled it out."""
    link = (mentee_id, mentor_id)
    given = judge.problem.pairs is not None
    return given and link not in judge.given and link not in judge.forbidden


def unmatched(problem: Problem | Judge, entry: Unmatched) -> tuple[Explanation, ...]:
    """Why a mentee has no mentor, then each change that would open a mentor.

    Give a Judge instead of the problem to ask about many people.
    """
    judge = problem if isinstance(problem, Judge) else Judge(problem)
    first = Explanation(
        entry.reason,
        dict(entry.blockers),
        f"Not placed: {_reason(judge, entry)}.",
    )
    # Alike, so that a change that is left out tells nobody of an avoidance.
    told = (help_ for help_ in entry.would_help if help_.rule not in ("avoided", "forbidden"))
    return (first, *(_would_help(judge, entry.mentee, help_) for help_ in told))


def _reason(judge: Judge, entry: Unmatched) -> str:
    if entry.reason == "forbidden" and any(
        unlisted(judge, entry.mentee, mentor)
        and judge.why_not(entry.mentee, mentor) == ("forbidden",)
        for mentor in judge.mentors
    ):
        return "pairs with mentors who would fit otherwise are not among the file's pairs"
    return _REASONS[entry.reason]


def helpful(judge: Judge, mentee_id: str, help_: Help) -> tuple[str | int, ...]:
    """Those of the examples which, by themselves, open a mentor.

    A mentor may ask for somebody of another identity too, or decline more than one topic. An area
    is where the mentee lives: that of those mentors is no example of another one.
    """
    if help_.rule == "area":
        return ()
    if help_.rule not in ("identity", "topics"):
        return help_.examples
    return tuple(x for x in help_.examples if _opens(judge, mentee_id, help_.rule, x))


def _opens(judge: Judge, mentee_id: str, rule: str, example: str | int) -> bool:
    mentee = judge.mentees[mentee_id]
    for mentor in judge.mentors.values():
        if rule == "topics":
            does = set(mentee.topics) & set(mentor.declines) == {example}
        else:
            welcome = mentor.accepts is None or mentee.identity in mentor.accepts
            does = welcome and mentor.identity == example
        if does and judge.why_not(mentee_id, mentor.id) == (rule,):
            return True
    return False


def solver(problem: Problem, solution: Solution) -> Explanation:
    """Which solver decided the round, and why it had to be that one."""
    engine, rules = solution.engine, unheld(problem)
    facts: dict[str, str | tuple[str, ...]] = {"engine": engine, "rules": rules}
    if engine.startswith("cpsat"):
        text = f"Solved by linear programs and CP-SAT ({engine}): no network holds {joined(rules)}."
    elif engine.startswith("flow") and rules:
        text = f"Solved as a flow ({engine}), whose best round keeps {joined(rules)} anyway."
    elif engine.startswith("flow"):
        text = f"Solved as a flow ({engine}): a network holds every rule of this round."
    else:
        text = f"Solved by taking the best pairs first ({engine})."
    return Explanation("solver", {**facts}, text)


def lapsed(row: Lapsed) -> Explanation:
    """Why a continuing pair was not held."""
    text = f"They can't go on as before: {'; '.join(_LAPSED.get(r, _RULES.get(r, r)) for r in row.rules)}."
    return Explanation("lapsed", {"start": row.start, "rules": row.rules}, text)


def _would_help(judge: Judge, mentee_id: str, help_: Help) -> Explanation:
    helping = helpful(judge, mentee_id, help_)
    examples = tuple(str(example) for example in helping)
    if help_.rule == "no_time":
        examples = tuple(clock(judge.problem.grid, int(start)) for start in helping)
    such_as = f" (such as {joined(examples)})" if examples else ""
    # One hour or language is not that of them all.
    who = f"{'up to ' if help_.mentors > 1 else ''}{counted(help_.mentors, 'more mentor')}"
    return Explanation(
        f"would_help_{help_.rule}",
        {"mentors": help_.mentors, "examples": tuple(map(str, helping))},
        f"{_HELP[help_.rule].capitalize()}{such_as} would open {who}.",
    )
