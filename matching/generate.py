"""Lifelike rounds, made up from a seed: what people are like in numbers, nobody in particular.

Twenty regions with their time zones and languages, interests of which a few are common and
many are rare, evenings rather than nights, mentors who offer about seven hours a week and have
fewer places than there are mentees (docs/matching.md gives the figures).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from matching.problem import Group, Mentee, Mentor, Problem, Side, Team
from matching.rules.judge import Judge

LANGUAGES = (
    *("en", "es", "fr", "pt", "ar", "ru", "uk", "ro", "hi", "bn", "ur", "zh", "vi", "tl"),
    *("th", "ko", "so", "am", "ti", "sw", "yo", "ht", "fa", "ps", "my", "ne", "pl", "tr"),
)
INTERESTS = (
    *("work", "study", "cooking", "walking", "music", "art", "sewing", "parenting", "faith"),
    *("football", "gardening", "reading", "dance", "computers", "animals", "writing", "swimming"),
    *("languages", "films", "crafts", "cycling", "photography", "chess", "yoga", "housing"),
)
TOPICS = ("court", "children", "health", "papers", "debts", "family", "sleep", "grief", "safety")
IDENTITIES = ("woman", "man", "nonbinary")
REGIONS = 20
CELLS, HOUR = 336, 2


def problem(mentees: int = 60, mentors: int = 20, seed: int = 1) -> Problem:
    """A round with so many people; the same for the same numbers and seed."""
    random = Random(seed)
    regions = [Region(random, number) for number in range(REGIONS)]
    tutors = [_mentor(random, f"m{number}", regions) for number in range(1, mentors + 1)]
    people = [_mentee(random, f"e{number}", regions, tutors) for number in range(1, mentees + 1)]
    return Problem(mentees=tuple(people), mentors=tuple(tutors))


def together(made: Problem, seed: int = 1) -> Problem:
    """The same people with what binds several of them: acquaintances, shelters, supervisors.

    Every second shelter is promised places for some of its people.
    """
    random = Random(f"together {seed}")
    judge, ids = Judge(made), [mentee.id for mentee in made.mentees]
    couples = {
        tuple(sorted(random.sample(ids, 2))) for _ in range(len(ids) // 2 if len(ids) > 1 else 0)
    }
    random.shuffle(ids)
    groups, housed = list[Group](), ids[: 2 * len(ids) // 5]
    while housed:
        size = random.randint(6, 10)
        who, housed = tuple(housed[:size]), housed[size:]
        promised = _promised(judge, who) if len(groups) % 2 else None
        name = f"house-{len(groups) + 1}"
        groups.append(Group(id=name, mentees=who, per_mentor=1, at_least=promised))
    return replace(
        made,
        mentors=tuple(
            replace(m, max_high_need=random.choice((None, 1, 1, 2))) for m in made.mentors
        ),
        side=Side(
            tuple((one, other) for one, other in sorted(couples)),
            tuple(groups),
            tuple(_teams(random, made.mentors)),
        ),
    )


def _promised(judge: Judge, who: Sequence[str]) -> int | None:
    """A place for every fourth of a shelter, as far as there is somebody for them."""
    some = [
        mentee
        for mentee in who
        if any(not judge.why_not(mentee, mentor) for mentor in judge.mentors)
    ]
    return min(len(some), len(who) // 4) or None


def _teams(random: Random, mentors: Sequence[Mentor]) -> Iterator[Team]:
    """Eight mentors to a supervisor, who has time for four of five places."""
    for number, first in enumerate(range(0, len(mentors), 8), start=1):
        team = mentors[first : first + 8]
        places = sum(mentor.capacity for mentor in team)
        ids = tuple(mentor.id for mentor in team)
        yield Team(id=f"team-{number}", mentors=ids, at_most=4 * places // 5 + random.randint(0, 1))


class Region:
    """Where people live: an hour of the day, two languages besides English, some districts."""

    def __init__(self, random: Random, number: int) -> None:
        self.number = number
        self.offset = random.choice((-16, -14, -12, -10, -6, 0, 0, 2, 2, 4, 6, 11, 14, 16))
        self.local = (_rare_last(random, LANGUAGES), _rare_last(random, LANGUAGES))

    def cell(self, day: int, half_hour: int) -> int:
        """The cell of a local time; the week is a circle."""
        return (day * 48 + half_hour - self.offset) % CELLS

    def district(self, random: Random) -> str | None:
        """One of some districts; some people would rather not say."""
        return None if random.random() < 0.15 else f"a{self.number}-{random.randint(1, 12)}"


def _rare_last(random: Random, names: Sequence[str]) -> str:
    """A name by Zipf's law: the first is the most common."""
    return random.choices(names, [1 / rank for rank in range(1, len(names) + 1)])[0]


def some_of(random: Random, names: Sequence[str], low: int, high: int) -> tuple[str, ...]:
    """Some of the names, the first ones more often."""
    chosen = {_rare_last(random, names) for _ in range(random.randint(low, high))}
    return tuple(sorted(chosen))


def some_identity(random: Random, weights: tuple[int, int, int]) -> str:
    """One of ``IDENTITIES`` by their weights."""
    return random.choices(IDENTITIES, weights)[0]


def some_languages(random: Random, region: Region, english: float) -> dict[str, int]:
    """A language of the region, English with a chance of ``english``, sometimes a third."""
    levels = {random.choice(region.local): 3}
    if random.random() < english:
        levels["en"] = max(levels.get("en", 0), random.choice((1, 2, 2, 3)))
    if random.random() < 0.25:
        levels.setdefault(_rare_last(random, LANGUAGES), random.choice((2, 3)))
    return levels


def _style(random: Random) -> dict[str, float]:
    return {key: round(random.betavariate(2, 2), 2) for key in ("pace", "directness")}


def _mentee(random: Random, who: str, regions: list[Region], mentors: list[Mentor]) -> Mentee:
    region = random.choice(regions)
    identity = some_identity(random, (70, 22, 8))
    asks = random.random() < (0.55 if identity == "woman" else 0.2)
    named = [mentor.id for mentor in random.sample(mentors, min(3, len(mentors)))]
    return Mentee(
        id=who,
        languages=some_languages(random, region, english=0.65),
        free=_free(random, region),
        identity=identity,
        accepts=(identity, "nonbinary") if asks else None,
        topics=some_of(random, TOPICS, 0, 3),
        area=region.district(random),
        interests={tag: random.randint(1, 3) for tag in some_of(random, INTERESTS, 2, 6)},
        style=_style(random),
        prefers=tuple(named[:1]) if random.random() < 0.1 else (),
        avoids=tuple(named[1:2]) if random.random() < 0.03 else (),
        priority=random.choices((1, 2, 3, 4), (60, 25, 10, 5))[0],
        high_need=random.random() < 0.12,
    )


def _free(random: Random, region: Region) -> tuple[int, ...]:
    """Some days of the week, a stretch of the evening or (less often) of the day on each."""
    cells: set[int] = set()
    for day in random.sample(range(7), random.randint(2, 5)):
        first = random.randint(34, 40) if random.random() < 0.7 else random.randint(16, 30)
        cells.update(
            region.cell(day, half_hour) for half_hour in range(first, first + random.randint(2, 7))
        )
    return tuple(sorted(cells))


def _mentor(random: Random, who: str, regions: list[Region]) -> Mentor:
    region = random.choice(regions)
    identity = some_identity(random, (65, 27, 8))
    languages = some_languages(random, region, english=0.9)
    return Mentor(
        id=who,
        capacity=random.choices((1, 2, 3, 4, 5), (12, 23, 30, 23, 12))[0],
        languages=languages,
        starts=_starts(random, region),
        identity=identity,
        accepts=(identity, "nonbinary") if random.random() < 0.1 else None,
        declines=some_of(random, TOPICS, 1, 2) if random.random() < 0.35 else (),
        area=region.district(random),
        interests={tag: random.randint(1, 3) for tag in some_of(random, INTERESTS, 3, 8)},
        style=_style(random),
    )


def _starts(random: Random, region: Region) -> tuple[int, ...]:
    """Hours on a grid of their own: on the hour for some mentors, at half past for others."""
    phase, starts = random.randint(0, 1), set[int]()
    wanted = min(14, max(2, round(random.gauss(7, 2))))
    while len(starts) < wanted:
        evening = random.random() < 0.75
        hour = random.randint(17, 21) if evening else random.randint(9, 16)
        starts.add(region.cell(random.randrange(7), HOUR * hour + phase))
    return tuple(sorted(starts))
