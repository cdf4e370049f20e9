"""The package `mentor-match` on people of its own kind: `python mentor_match.py PEOPLE SEED`.

Runs in the environment of bench/mentor-match.lock: it and the package `matching` have one name.
Prints a line of JSON: the CPU seconds of its assignment alone, those with scoring, and the total.
"""

import json
import operator
import resource
import sys
from pathlib import Path
from time import process_time

HERE = str(Path(__file__).resolve().parent)
sys.path.pop(0)  # a neighbour here has the name of the package
sys.path.append(HERE)

import kinds
from matching.mentee import Mentee
from matching.mentor import Mentor
from matching.process import generate_match_matrix, match_and_assign_participants
from matching.rules.rule import Disqualify, Equivalent, Grade, UnmatchedBonus


def main(people, seed):
    mentors, mentees = kinds.civil_servants(int(people), int(seed))

    rules = [
        Disqualify(lambda match: match.mentor.organisation == match.mentee.organisation),
        Disqualify(Grade(2, operator.gt).evaluate),
        Disqualify(Grade(0, operator.le).evaluate),
        Grade(2, operator.eq, {True: 3, False: 0}),
        Equivalent("profession", {True: 4, False: 0}),
        UnmatchedBonus(kinds.BONUS),
    ]
    began = process_time()
    matrix = generate_match_matrix(
        [Mentor(**one) for one in mentors], [Mentee(**one) for one in mentees], rules
    )
    scored = process_time()
    match_and_assign_participants(matrix)
    done = process_time()
    by_email = {one["email"]: one for one in (*mentors, *mentees)}
    found = [
        kinds.fits(by_email[row[0].mentor.email], by_email[mentee.email])
        for row in matrix
        for mentee in row[0].mentor.mentees
    ]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    answer = {"cpu": done - scored, "whole": done - began, "mib": memory}
    print(json.dumps({**answer, "total": sum(found), "matched": len(found)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
