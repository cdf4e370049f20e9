"""Rounds of other kinds than ours, made up from a seed: plain values, for every environment."""

from random import Random

#: The highest cost in a matrix of costs.
HIGHEST = 300
#: What it counts that somebody has nobody yet.
BONUS = 6


def civil_servants(people, seed):
    """People as mentor-match knows them: mentors, then mentees, by grade, organisation, trade."""
    random = Random(seed)

    def person(name, low):
        return {
            "email": name,
            "grade": random.randint(low, 7),
            "organisation": f"o{random.randint(1, 12)}",
            "profession": f"p{random.randint(1, 20)}",
        }

    mentors = [person(f"m{number}", 2) for number in range(people)]
    return mentors, [person(f"e{number}", 1) for number in range(people)]


def fits(mentor, mentee):
    """The score of two of them by rules as it has them; 0 where they may not meet.

    Another organisation, one or two grades higher; the same profession counts most, and everybody
    who has nobody yet has a bonus.
    """
    higher = mentor["grade"] - mentee["grade"]
    if mentor["organisation"] == mentee["organisation"] or not 0 < higher <= 2:
        return 0
    return BONUS + 4 * (mentor["profession"] == mentee["profession"]) + 3 * (higher == 2)


def assignment(people, seed):
    """A dense matrix like those of the OR-Library's assign100 to assign800, a little harder."""
    random = Random(seed)
    return [[random.randint(1, HIGHEST) for _ in range(people)] for _ in range(people)]


def reviewing(papers, reviewers, seed):
    """How well reviewers fit papers, 0 to 1, dense: topics in common, and some noise."""
    random = Random(seed)
    topics = 25

    def interests():
        weights = [random.random() ** 6 for _ in range(topics)]
        length = sum(weight * weight for weight in weights) ** 0.5
        return [weight / length for weight in weights]

    experts = [interests() for _ in range(reviewers)]
    for _ in range(papers):
        about = interests()
        yield [
            round(0.9 * sum(map(float.__mul__, about, one)) + 0.1 * random.random(), 6)
            for one in experts
        ]
