"""What Noor keeps for herself: a few notes, some days, a plan. Only her passphrase opens it."""

from datetime import datetime, timedelta

from peer.core import clock, work
from peer.core.keys import PrivateKey
from peer.policy.roles import Actor
from peer.wellbeing import queries
from peer.wellbeing import service as wellbeing

# Days ago, and what she wrote.
NOTES = (
    (
        19,
        "The bakery on the corner smelled of cardamom this morning. I stood there a minute longer "
        "than I had to.",
    ),
    (
        11,
        "Rang the college. The woman on the phone was kind and did not hurry me. I wrote the date "
        "on the calendar, in green.\n\nTo take with me: a pencil, the letter, gloves.",
    ),
    (
        3,
        "Tess told me how long it took her to like Sundays. I laughed, which I had not planned.\n\n"
        "What I can see from here: the kettle, my red scarf, a little frost on the glass.",
    ),
)

# Days ago, what she tapped, and a sentence now and then.
DAYS: tuple[tuple[int, dict[str, str], str], ...] = (
    (26, {"today": "shaky", "sleep": "hardly"}, ""),
    (25, {"today": "heavy", "sleep": "hardly", "company": "lonely"}, "A long night."),
    (24, {"today": "shaky", "body": "tired"}, ""),
    (22, {"today": "between", "sleep": "broken"}, ""),
    (21, {"today": "between", "safety": "unsure"}, ""),
    (19, {"today": "steady", "sleep": "enough"}, "Cardamom."),
    (18, {"today": "between"}, ""),
    (15, {"today": "shaky", "sleep": "broken", "body": "hurting"}, ""),
    (14, {"today": "between", "company": "alone"}, ""),
    (11, {"today": "steady", "safety": "safe"}, "I made the call."),
    (10, {"today": "steady", "sleep": "enough"}, ""),
    (8, {"today": "between"}, ""),
    (6, {"today": "steady", "company": "together"}, ""),
    (5, {"today": "light", "sleep": "enough"}, ""),
    (3, {"today": "steady", "company": "together"}, "Laughed with Tess."),
    (1, {"today": "between", "sleep": "broken", "safety": "safe"}, ""),
)

PLAN = {
    "signs": [
        "I stop answering Fern",
        "I sleep in my clothes",
        "I look at the old number",
    ],
    "alone": ["Shoes on, once around the block", "The blue playlist", "Tea first, then a shower"],
    "company": ["The reading room, second floor", "Commons, after eight"],
    "people": ["Fern, in the evening", "Tess, on our day"],
    "safer": ["The chain on the door", "Charger beside the bed"],
    "towards": ["The course that starts in spring", "A morning without hurry"],
}
NEXT_STEP = "Shoes on, and as far as the bakery."


def keep(noor: Actor, key: PrivateKey, now: datetime) -> None:
    """Fill Noor's private pages, each on its own day."""
    for days, text in NOTES:
        with clock.stopped_at(now - timedelta(days=days)), work.begin():
            wellbeing.write_note(noor, key, text)
    for days, answers, sentence in DAYS:
        with clock.stopped_at(now - timedelta(days=days)), work.begin():
            wellbeing.check_in(noor, key, answers, sentence)
    with clock.stopped_at(now - timedelta(days=17)), work.begin():
        empty = queries.Plan()
        for section, items in PLAN.items():
            wellbeing.save_list(noor, key, section, items, version=empty.version(section))
        wellbeing.save_next_step(noor, key, NEXT_STEP, version=empty.version("next"))
