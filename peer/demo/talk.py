"""What is said in the demo's rooms: gentle evenings in several languages, nobody's worst day.

Speakers by letter: capitals are members drawn for the room, names are the cast.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One message: minutes after the room's first one, who, what, perhaps a note and a topic on it."""

    minute: int
    who: str
    text: str
    note: str = ""
    topic: str = ""


@dataclass(frozen=True)
class RoomScript:
    """A room and an evening in it. `entry` is who may come in: everyone, or the invited."""

    name: str
    about: str
    question: str
    agreement: tuple[str, ...]
    lines: tuple[Line, ...]
    entry: str = "everyone"
    hours_ago: int = 3
    kind: str = "open_hours"


AGREEMENT = (
    "What is said here stays here.",
    "No real names, places or numbers.",
    "Put a note on hard things.",
    "You can always just read, or pass.",
)

ROOMS = (
    RoomScript(
        "Commons",
        "Open all day. Come and go as you like.",
        "What helped you rest this week, even a little?",
        AGREEMENT,
        (
            Line(
                0,
                "Fay",
                "Welcome in, everyone. Write a lot, read quietly, or come and go. All of it is fine.",
            ),
            Line(
                4,
                "A",
                "Hi all. I slept with the small lamp on and got almost six hours. That is new for me.",
            ),
            Line(
                6,
                "Noor",
                "Six hours is wonderful. I walked down to the water before work and it slowed my head a bit.",
            ),
            Line(9, "B", "Hoy hice caldo como lo hacía mi tía. La casa olía a domingo."),
            Line(11, "A", "Soup that smells like Sunday, I understood that much. Lovely."),
            Line(15, "C", "شكرًا لكم. قراءة كلماتكم تساعدني اليوم."),
            Line(18, "Zed", "My plant has a new leaf. I was sure I had finished it off."),
            Line(20, "Noor", "The plants forgive us, Zed."),
            Line(
                24,
                "D",
                "The letter came with a new date, not the answer. I made tea and called my cousin.",
                "about waiting for a letter",
                "immigration",
            ),
            Line(27, "E", "Thank you for putting a note on it. I opened it when I was ready."),
            Line(28, "E", "My thing was bread. You cannot hurry bread."),
            Line(
                31,
                "B",
                "Mi hermana escribió después de mucho tiempo. Todavía no contesto, y está bien.",
                topic="family",
            ),
            Line(33, "F", "Kumusta po sa lahat. Nakapagpahinga rin ako kahit sandali."),
            Line(
                37,
                "Fay",
                "Half an hour more tonight. If today was heavy, the breathing page is one tap away.",
            ),
            Line(41, "Noor", "Thank you, Fay. Same time on Thursday?"),
        ),
    ),
    RoomScript(
        "First steps",
        "For the first weeks here. Every question is welcome.",
        "What would make next week one bit easier?",
        AGREEMENT,
        (
            Line(0, "Fay", "This is a room for beginnings. Nobody has to explain themselves."),
            Line(5, "A", "How do I change the hours I put down? I ticked the wrong evening."),
            Line(
                7,
                "Fay",
                "Mentoring, then your profile, then the hours. You can change them whenever you like.",
            ),
            Line(9, "A", "Found it. Thank you."),
            Line(14, "B", "¿Se puede escribir en español aquí?"),
            Line(16, "Fay", "Claro que sí. Escribe como te salga."),
            Line(
                21,
                "C",
                "I only read for the first two weeks. Then one day I wrote one line. That was allowed.",
            ),
            Line(23, "B", "Eso me ayuda. Hoy solo leo, entonces."),
        ),
        hours_ago=26,
    ),
    RoomScript(
        "Work and study",
        "Forms, courses, interviews, first pay slips.",
        "What are you proud of that nobody saw?",
        (*AGREEMENT, "No offers of work, housing or travel."),
        (
            Line(0, "A", "I handed in the second essay. It was late, but it is in."),
            Line(3, "B", "In is in. Well done."),
            Line(
                8,
                "C",
                "Does anyone know a kind way to explain a gap in a CV? I would rather not tell the story.",
            ),
            Line(12, "D", "I wrote 'time away from work' and nobody asked. One line is enough."),
            Line(
                15,
                "Noor",
                "My mentor practised that answer with me until it was boring. Boring was good.",
            ),
            Line(19, "C", "Boring sounds perfect."),
            Line(25, "E", "Я вчуся на кухаря, другий місяць. Руки вже пам’ятають."),
            Line(
                31,
                "A",
                "The night course has free places again in January. Evenings, twice a week.",
            ),
        ),
        hours_ago=50,
    ),
    RoomScript(
        "Slow cooking",
        "One dish a week, cooked together apart.",
        "What did your kitchen smell of when you were small?",
        AGREEMENT,
        (
            Line(0, "A", "This week: lentils. Any lentils. There is no wrong lentil."),
            Line(4, "B", "Mine are red and they have become a soup by themselves."),
            Line(9, "C", "عندنا نضيف الكمون في النهاية."),
            Line(13, "A", "Cumin at the end. Noted, and it is better."),
            Line(
                20, "D", "I ate mine at the table with the radio on. It felt like a small holiday."
            ),
        ),
        hours_ago=74,
    ),
    RoomScript(
        "Thursday circle",
        "A small group that stays the same. By invitation.",
        "One word for how you arrive tonight?",
        AGREEMENT,
        (
            Line(0, "Fay", "Good to see the six of you again. One word each, or pass."),
            Line(2, "A", "Tired, but here."),
            Line(3, "B", "Pass."),
            Line(4, "C", "Steady."),
            Line(6, "Noor", "Curious."),
            Line(8, "D", "Tranquila."),
            Line(
                15,
                "A",
                "I said no to something this week. Out loud. My voice shook and it still counted.",
            ),
            Line(18, "Noor", "It counted."),
            Line(20, "C", "It counted here too."),
        ),
        entry="invited",
        hours_ago=98,
    ),
)

# A room of sessions; nothing has been said there yet.
SESSION = RoomScript(
    "Sleep and rest",
    "An hour each week about nights: what helps, what can wait until morning.",
    "What does your room sound like when it is quiet?",
    (*AGREEMENT, "Nobody has to have slept well to come."),
    (),
    kind="session",
)

# A circle of two; its next date is tomorrow.
CIRCLE = RoomScript(
    "Evening circle",
    "A small circle with a talking piece. Everybody has a turn, and everybody can pass.",
    "What carried you through today?",
    AGREEMENT,
    (),
    kind="circle",
)

# Where nobody talks; a few people have looked in just now.
QUIET = RoomScript(
    "Window seat",
    "Bring tea, a book, or nothing at all.",
    "",
    ("Nobody has to do anything here.", "Come and go as you like."),
    (),
    kind="quiet",
)

# Somebody new in First steps: minutes before now, and whether a moderator has let it through.
NEW_HERE = (
    (26 * 60, "Hello. I am new here. I think I will mostly read.", True),
    (25 * 60, "Thank you for the welcome. Reading along is nice.", True),
    (170, "I made my bed this morning and then looked at it for a while.", True),
    (14, "Is it all right to come late, or only to listen?", False),
    (11, "And what is a good first room after this one?", False),
)
# Topics that Noor would rather not meet unprepared.
NOT_UNPREPARED = ("family", "court")

# A few messages for the review queue: things that need a look, none of them graphic.
FOR_REVIEW = (
    (
        "Work and study",
        "A",
        "I know a place that is hiring now, room included. Write to me on lantern.jobs at mail dot com.",
    ),
    ("Commons", "B", "Can we please not argue about medication in here again."),
    ("First steps", "C", "I do not see the point of anything tonight."),
)

PRIVATE = (
    Line(
        0,
        "Tess",
        "Hello Noor. I am glad we found an hour. Is there something you would like to begin with?",
    ),
    Line(6, "Noor", "Hello. Maybe the course form. It is twelve pages and I stop at page two."),
    Line(
        9,
        "Tess",
        "Then page three it is. We can do one page each time, and talk about something nicer after.",
    ),
    Line(12, "Noor", "I would like that."),
)
