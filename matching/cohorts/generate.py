"""Lifelike people who ask for groups, made up from a seed; nobody in particular.

Regions, languages and identities as ``matching.generate`` has them, the more regions the more
people; evenings rather than nights; a few themes out of a dozen, of which some are common.
"""

from random import Random

from matching.cohorts.problem import Facilitator, Person, Problem
from matching.generate import Region, some_identity, some_languages, some_of
from matching.problem import Grid

THEMES = (
    *("rebuilding", "parenting", "work", "court", "sleep", "health", "trust", "grief"),
    *("housing", "anger", "faith", "study"),
)
CELLS, MEETING = 336, 3


def problem(people: int = 60, facilitators: int = 8, seed: int = 1) -> Problem:
    """So many people and facilitators; the same for the same numbers and seed.

    Sessions of 90 minutes on a grid of half-hours.
    """
    random = Random(seed)
    regions = [Region(random, number) for number in range(2 + people // 100)]
    ids = [f"p{number}" for number in range(1, people + 1)]
    return Problem(
        people=tuple(_person(random, who, regions, ids) for who in ids),
        facilitators=tuple(
            _facilitator(random, f"f{number}", regions) for number in range(1, facilitators + 1)
        ),
        grid=Grid(CELLS, MEETING),
    )


def _person(random: Random, who: str, regions: list[Region], ids: list[str]) -> Person:
    region = random.choice(regions)
    own = some_identity(random, (70, 22, 8))
    asks = random.random() < (0.45 if own == "woman" else 0.15)
    others = [other for other in random.sample(ids, min(2, len(ids))) if other != who]
    return Person(
        id=who,
        languages=some_languages(random, region, english=0.85),
        free=_free(random, region, days=(3, 6)),
        offset=region.offset * 30,
        themes={tag: random.randint(1, 3) for tag in some_of(random, THEMES, 3, 9)},
        identity=own,
        accepts=(own, "nonbinary") if asks else None,
        alone_in_language=random.random() < 0.4,
        alone_in_identity=random.random() < 0.6,
        avoids=tuple(others[:1]) if random.random() < 0.05 else (),
        priority=random.choices((1, 2, 3), (75, 18, 7))[0],
    )


def _free(random: Random, region: Region, days: tuple[int, int]) -> tuple[int, ...]:
    """On some days of the week a stretch of the evening or (less often) of the day."""
    cells: set[int] = set()
    for day in random.sample(range(7), random.randint(*days)):
        first = random.randint(34, 39) if random.random() < 0.75 else random.randint(18, 28)
        length = random.randint(4, 8)
        cells.update(region.cell(day, half_hour) for half_hour in range(first, first + length))
    return tuple(sorted(cells))


def _facilitator(random: Random, who: str, regions: list[Region]) -> Facilitator:
    region = random.choice(regions)
    own = some_identity(random, (75, 20, 5))
    held = some_of(random, THEMES, 6, 14) if random.random() < 0.5 else None
    return Facilitator(
        id=who,
        groups=random.choices((1, 2, 3), (40, 40, 20))[0],
        languages=some_languages(random, region, english=0.95),
        free=_free(random, region, days=(2, 4)),
        themes=held,
        identity=own,
    )
