"""The people of the demo: a small cast by hand, the rest drawn from lists with a fixed seed."""

import random
from dataclasses import dataclass, field

from peer.mentoring.service import MenteeInput, MentorInput
from peer.policy.mentoring import INTERESTS, STYLE, TOPICS
from peer.policy.roles import Role

SEED = 7
MENTEES, MENTORS = 64, 22

CAST: dict[str, tuple[Role, ...]] = {
    "Noor": (Role.MEMBER,),
    "Zed": (Role.MEMBER,),
    "Nia": (Role.MEMBER,),
    "Tess": (Role.MENTOR,),
    "Fay": (Role.FACILITATOR,),
    "Mo": (Role.MODERATOR,),
    "Mia": (Role.MODERATOR,),
    "Cora": (Role.COORDINATOR,),
    "Cleo": (Role.COORDINATOR,),
    "Ada": (Role.ADMIN,),
}

_FIRST = [
    "Amber",
    "Ash",
    "Aspen",
    "Birch",
    "Blue",
    "Brook",
    "Cedar",
    "Clay",
    "Clover",
    "Cloud",
    "Coral",
    "Dune",
    "Elm",
    "Ember",
    "Fern",
    "Field",
    "Finch",
    "Flint",
    "Frost",
    "Garnet",
    "Grove",
    "Hazel",
    "Heath",
    "Heron",
    "Iris",
    "Ivy",
    "Jade",
    "Juniper",
    "Kestrel",
    "Lake",
    "Lark",
    "Laurel",
    "Linden",
    "Marlow",
    "Maple",
    "Meadow",
    "Mint",
    "Moss",
    "Oak",
    "Olive",
    "Opal",
    "Pearl",
    "Pine",
    "Poppy",
    "Quill",
    "Rain",
    "Reed",
    "River",
    "Robin",
    "Rowan",
    "Sage",
    "Sand",
    "Sky",
    "Sol",
    "Sparrow",
    "Stone",
    "Tansy",
    "Thistle",
    "Thyme",
    "Vale",
    "Violet",
    "Willow",
    "Wren",
    "Yarrow",
    "Harbor",
    "Lantern",
    "Teal",
    "Saffron",
    "Cove",
    "Delta",
    "Bay",
    "Orchard",
    "Pebble",
    "Plum",
    "Quince",
    "Ripple",
    "Shore",
    "Spruce",
    "Swift",
    "Tide",
    "Tulip",
    "Wave",
    "Zephyr",
    "Basil",
    "Copper",
    "Dawn",
    "Echo",
    "Fjord",
    "Gale",
    "Haze",
    "Indigo",
]

# Zone, languages spoken there with their level, how often it is drawn.
_PLACES: tuple[tuple[str, dict[str, int], int], ...] = (
    ("America/New_York", {"en": 3}, 5),
    ("America/New_York", {"es": 3, "en": 2}, 3),
    ("America/Chicago", {"es": 3, "en": 1}, 3),
    ("America/Chicago", {"en": 3, "tl": 3}, 2),
    ("America/Los_Angeles", {"en": 3}, 3),
    ("America/Los_Angeles", {"es": 3}, 2),
    ("Europe/London", {"en": 3}, 3),
    ("Europe/London", {"ar": 3, "en": 2}, 2),
    ("Europe/Berlin", {"uk": 3, "en": 2}, 2),
    ("Africa/Lagos", {"en": 3, "yo": 3}, 2),
    ("Asia/Manila", {"tl": 3, "en": 2}, 2),
    ("Asia/Kathmandu", {"ne": 3, "en": 2}, 1),
    ("Asia/Kolkata", {"hi": 3, "en": 2}, 1),
)
AREAS = ("North side", "Harbour", "Old town", "West valley")


@dataclass(frozen=True)
class Person:
    """Somebody of the demo and what they tell about themselves."""

    name: str
    roles: tuple[Role, ...]
    timezone: str
    mentee: MenteeInput | None = None
    mentor: MentorInput | None = None
    locale: str = field(default="en")


def hours(*days: int, start: int, end: int) -> tuple[int, ...]:
    """Half-hour cells of some days (0 = Monday) from `start` to `end` o'clock."""
    return tuple(day * 48 + cell for day in days for cell in range(start * 2, end * 2))


NOOR = Person(
    "Noor",
    CAST["Noor"],
    "Europe/London",
    mentee=MenteeInput(
        languages={"en": 3, "ar": 3},
        interests={"study": 3, "cooking": 2, "paperwork": 2},
        identity="woman",
        accepts=("woman", "nonbinary"),
        area="Harbour",
        style={"pace": 0.0, "directness": 0.5},
        boundaries="Mornings are slow for me. I would rather not talk about my family.",
        timezone="Europe/London",
        zone_confirmed=True,
        cells=hours(1, 3, start=17, end=20) + hours(5, start=10, end=12),
        wants=True,
    ),
)
TESS = Person(
    "Tess",
    CAST["Tess"],
    "Europe/London",
    mentor=MentorInput(
        languages={"en": 3, "ar": 2},
        interests={"study": 3, "paperwork": 3, "cooking": 1},
        identity="woman",
        area="Old town",
        style={"pace": 0.0, "directness": 0.5},
        boundaries="I answer within two days. I do not lend money.",
        timezone="Europe/London",
        zone_confirmed=True,
        cells=hours(1, 3, start=18, end=20),
        capacity=2,
    ),
)


def everyone() -> list[Person]:
    """The cast first, then the others; the same people every time."""
    dice = random.Random(SEED)
    names = list(_FIRST)
    dice.shuffle(names)
    cast = [NOOR if n == "Noor" else TESS if n == "Tess" else _of_cast(n) for n in CAST]
    mentees = [_mentee(dice, names.pop()) for _ in range(MENTEES)]
    mentors = [_mentor(dice, names.pop()) for _ in range(MENTORS)]
    return cast + mentees + mentors


def _of_cast(name: str) -> Person:
    return Person(name, CAST[name], "Europe/London")


def _place(dice: random.Random) -> tuple[str, dict[str, int]]:
    zone, languages, _ = dice.choices(_PLACES, weights=[place[2] for place in _PLACES])[0]
    return zone, dict(languages)


def _some(dice: random.Random, tags: list[str], most: int) -> dict[str, int]:
    return {tag: dice.randint(1, 3) for tag in dice.sample(tags, dice.randint(1, most))}


def _free_hours(dice: random.Random, windows: int) -> tuple[int, ...]:
    """A few windows of two to four hours, mostly evenings, as people have them."""
    cells: set[int] = set()
    for _ in range(windows):
        start = dice.choice((9, 10, 12, 16, 17, 18, 18, 19))
        cells |= set(hours(dice.randrange(7), start=start, end=start + dice.randint(2, 4)))
    return tuple(sorted(cells))


def _common(dice: random.Random) -> dict[str, object]:
    zone, languages = _place(dice)
    return {
        "languages": languages,
        "interests": _some(dice, list(INTERESTS), 4),
        "identity": dice.choices(("woman", "man", "nonbinary", None), weights=(6, 2, 1, 1))[0],
        "area": dice.choice((None, None, *AREAS)),
        "style": {trait: dice.choice((0.0, 0.5, 1.0)) for trait in STYLE},
        "timezone": zone,
        "zone_confirmed": True,
    }


def _mentee(dice: random.Random, name: str) -> Person:
    told = _common(dice)
    wants_women = told["identity"] == "woman" and dice.random() < 0.5
    profile = MenteeInput(
        **told,  # type: ignore[arg-type]
        accepts=("woman", "nonbinary") if wants_women else None,
        topics=tuple(dice.sample(list(TOPICS), dice.choice((0, 0, 1, 2)))),
        cells=_free_hours(dice, dice.randint(2, 4)),
        wants=True,
        priority=dice.choice((1, 1, 1, 2, 3)),
    )
    return Person(name, (Role.MEMBER,), profile.timezone, mentee=profile)


def _mentor(dice: random.Random, name: str) -> Person:
    profile = MentorInput(
        **_common(dice),  # type: ignore[arg-type]
        declines=tuple(dice.sample(list(TOPICS), dice.choice((0, 0, 0, 1)))),
        cells=_free_hours(dice, dice.randint(3, 5)),
        capacity=dice.choice((1, 2, 2, 3)),
    )
    return Person(name, (Role.MENTOR,), profile.timezone, mentor=profile)
