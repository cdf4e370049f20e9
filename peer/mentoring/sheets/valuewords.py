"""Words for levels, choices, numbers and zones that forms are filled with, folded."""

from collections.abc import Mapping
from types import MappingProxyType


def _turned(groups: Mapping[str, str]) -> Mapping[str, str]:
    """{"key": "word, word"} as {"word": "key"}."""
    return MappingProxyType(
        {word.strip(): key for key, words in groups.items() for word in words.split(",")}
    )


_LEVEL_WORDS = {
    "3": "fluent, fluently, native, mother tongue, first language, bilingual, advanced, proficient,"
    "proficiently, c1, c2, excellent, perfect, fluido, fluida, nativo, nativa, nativo/a, avanzado,"
    "lengua materna, bilingue, fluente, courant",
    "2": "good, conversational, intermediate, b1, b2, medium, ok, okay, decent, moderate, working,"
    "well, well enough to talk, intermedio, medio, bueno, bien",
    "1": "basic, basics, beginner, a1, a2, a little, little, a bit, some, learning, poor, low, limited,"
    "elementary, basico, un poco, poco, principiante",
}
LEVELS: Mapping[str, int] = MappingProxyType(
    {word: int(level) for word, level in _turned(_LEVEL_WORDS).items()}
)
_NUMBER_WORDS = {
    "0": "none, zero, cero",
    "1": "one, single, once, uno, una, un",
    "2": "two, couple, pair, dos",
    "3": "three, tres",
    "4": "four, cuatro",
    "5": "five, cinco",
    "6": "six, seis",
}
NUMBERS: Mapping[str, int] = MappingProxyType(
    {word: int(number) for word, number in _turned(_NUMBER_WORDS).items()}
)
YES = frozenset({"yes", "y", "true", "1", "x", "✓", "✔", "☑", "si", "s", "oui", "sim", "ja", "نعم"})
NO = frozenset({"no", "n", "false", "0", "-", "nao", "non", "nein", "لا"})
NOTHING = frozenset(
    {"", "-", "--", "none", "n/a", "na", "nothing", "no", "nil", "ninguno", "ninguna", "nada", "."}
)
UNSAID = frozenset(
    {"prefer not to say", "rather not say", "i would rather not say", "decline to answer", "?"}
    | {"prefiero no decirlo", "unknown", "not stated"}
)
ANYONE = frozenset(
    {"anyone", "any", "all", "no preference", "either", "no pref", "does not matter", "everyone"}
    | {
        "doesn't matter",
        "doesn’t matter",
        "don't mind",
        "don’t mind",
        "cualquiera",
        "sin preferencia",
    }
)
IDENTITIES = _turned(
    {
        "woman": "woman, women, female, f, w, she, she/her, lady, mujer, femenino, femme, mulher",
        "man": "man, men, male, m, he, he/him, hombre, masculino, homme, homem",
        "nonbinary": "nonbinary, non-binary, non binary, nb, enby, they, they/them, genderqueer,"
        "no binario, no binaria, no binarie",
        "other": "other, another, self-described, self-describe, another gender, otro, otra",
    }
)
INTERESTS = _turned(
    {
        "work": "job, jobs, employment, career, careers, job search, cv, resume, interviews, trabajo",
        "study": "studying, school, education, ged, exams, college, university, courses, estudios",
        "money": "budget, budgeting, finance, finances, financial literacy, saving, dinero",
        "housing": "home, finding a home, apartment, rent, vivienda",
        "paperwork": "forms, bureaucracy, letters, paper work, tramites",
        "language": "languages, english, learning english, language practice, idiomas",
        "parenting": "being a parent, kids, motherhood, being a mother, childcare, crianza",
        "health": "wellbeing, well-being, wellness, sleep, nutrition, self-care, self care, salud",
        "faith": "religion, spirituality, church, prayer, fe",
        "cooking": "baking, food, cocina, cocinar",
        "art": "arts, drawing, painting, photography, arte",
        "music": "singing, guitar, musica",
        "books": "reading, writing, poetry, stories, libros, leer",
        "nature": "gardening, garden, walking, hiking, outdoors, animals, naturaleza",
        "sport": "sports, dance, dancing, yoga, running, football, soccer, fitness, deporte",
        "crafts": "sewing, knitting, crochet, handicraft, craft, costura",
        "computers": "computer, phones, it, tech, technology, programming, computadoras",
        "friends": "making friends, meeting people, social, socialising, socializing, amistad",
        "speaking_up": "advocacy, leadership, public speaking, activism",
    }
)
TOPICS = _turned(
    {
        "court": "courts, police, legal, legal matters, trial, tribunal",
        "immigration": "papers, visa, visas, asylum, immigration status, inmigracion",
        "children": "custody, child custody, kids, hijos",
        "family": "parents, relatives, familia",
        "trafficking": "exploitation, being trafficked, human trafficking, trata",
        "violence": "domestic violence, abuse, domestic abuse, violencia",
        "sexual_violence": "sexual abuse, sexual assault, rape, violencia sexual",
        "substances": "drugs, alcohol, addiction, substance use, substance abuse, drogas",
        "self_harm": "self-harm, self harm, suicide, suicidal thoughts, autolesion",
        "grief": "loss, bereavement, death, duelo",
        "debt": "debts, deudas",
        "faith_harm": "cults, cult, spiritual abuse, religious abuse",
    }
)
ZONES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(["et", "est", "edt", "eastern", "us/eastern"], "America/New_York"),
        **dict.fromkeys(["ct", "cdt", "central", "us/central"], "America/Chicago"),
        **dict.fromkeys(["mt", "mst", "mdt", "mountain", "us/mountain"], "America/Denver"),
        **dict.fromkeys(["pt", "pst", "pdt", "pacific", "us/pacific"], "America/Los_Angeles"),
        **dict.fromkeys(["akst", "alaska"], "America/Anchorage"),
        **dict.fromkeys(["hst", "hawaii"], "Pacific/Honolulu"),
        **dict.fromkeys(["arizona"], "America/Phoenix"),
        **dict.fromkeys(["uk", "bst", "gb", "british"], "Europe/London"),
        **dict.fromkeys(["cet", "cest", "central_european"], "Europe/Berlin"),
        **dict.fromkeys(["eet", "eest"], "Europe/Athens"),
        **dict.fromkeys(["utc", "gmt", "z", "etc/utc"], "UTC"),
    }
)
