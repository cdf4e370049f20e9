"""Runs each method in a process of its own on one core, and judges what it came to."""

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
#: One core for everybody, and nothing from outside: a peer has our package's name.
ALONE = {"PYTHONPATH": "", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
#: A method that is quicker than this is run again, and its least time counts.
QUICK, AGAIN = 30.0, 2


@dataclass(frozen=True)
class Stopped:
    """A method that was not done after so many CPU seconds, or was not tried any more."""

    seconds: float
    tried: bool = True


@dataclass(frozen=True)
class Figures:
    """What one method came to on one round. ``whole``: with all that it does around deciding."""

    cpu: float
    whole: float | None
    mib: int
    matched: int
    worst: int
    fifth: int
    total: int
    blocking: int
    pairs: tuple[np.ndarray, np.ndarray]
    levels: tuple[list[object], ...] = ()


def environment(name: str) -> Path:
    """The Python of one of the peers' environments, made now if it is not there."""
    home = HERE.parent / f".venv-bench-{name}"
    python, done = home / "bin" / "python", home / "ready"
    if not done.exists():
        print(f"Making {home.name} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        locked = ["install", "--quiet", "--require-hashes", "-r", HERE / f"{name}.lock"]
        subprocess.run([python, "-m", "pip", *locked], check=True)
        done.touch()
    return python


def child(*command: object, limit: float | None = None) -> dict[str, object] | None:
    """What a method prints in its last line; None when it was stopped after the CPU limit."""

    def bounded() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 5))

    done = subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **ALONE},
        preexec_fn=bounded,
        check=False,
    )
    if limit is not None and done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return None
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed.")
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


class Round:
    """A generated round of some size: its pairs, and what the methods make of them."""

    def __init__(self, mentees: int, folder: Path) -> None:
        self.sizes = (mentees, mentees // 4, 1)
        self.mentees, self.path = mentees, folder / f"{mentees}.npz"
        subprocess.run(
            [sys.executable, HERE / "ours.py", "pairs", *map(str, self.sizes), self.path],
            check=True,
        )
        with np.load(self.path) as given:
            self.capacity, self.meets, self.offers = (
                given[name] for name in ("capacity", "meets", "offers")
            )
            self.mentee, self.mentor, self.score = (
                given[name].astype(np.int64) for name in ("mentee", "mentor", "score")
            )

    def ours(self, method: str) -> dict[str, object]:
        """One way of ours, run once."""
        answer = child(sys.executable, HERE / "ours.py", method, *self.sizes)
        assert answer is not None
        return answer

    def measure(self, *command: object, limit: float | None = None) -> Figures | Stopped:
        """Run one method, more than once when it is quick; its least time and memory count."""
        found: list[dict[str, object]] = []
        while len(found) < 1 + AGAIN * (not found or float(found[0]["cpu"]) < QUICK):
            answer = child(*command, limit=limit)
            if answer is None:
                return Stopped(limit or 0.0)
            found.append(answer)
        return self._figures(found)

    def _figures(self, found: list[dict[str, object]]) -> Figures:
        mentee, mentor = (np.array(side, dtype=np.int64) for side in found[0]["pairs"])
        score = self._scores(mentee, mentor)
        assert len(np.unique(mentee)) == len(mentee), "somebody has two mentors"
        taken = np.bincount(mentor, minlength=len(self.capacity))
        assert np.all(taken <= self.capacity), "a mentor has too many"
        return Figures(
            min(float(answer["cpu"]) for answer in found),
            min(float(a["whole"]) for a in found) if "whole" in found[0] else None,
            min(int(answer["mib"]) for answer in found),
            len(score),
            int(score.min()),
            int(np.percentile(score, 5, method="lower")),
            int(score.sum()),
            self._blocking(mentee, mentor, score, taken),
            (mentee, mentor),
            tuple(found[0].get("levels", ())),
        )

    def _scores(self, mentee: np.ndarray, mentor: np.ndarray) -> np.ndarray:
        """The scores of pairs, which have to be among those that were given."""
        width = len(self.capacity)
        keys, wanted = self.mentee * width + self.mentor, mentee * width + mentor
        places = np.searchsorted(keys, wanted)
        assert np.all(keys[np.minimum(places, len(keys) - 1)] == wanted), "a pair can't be"
        return self.score[places]

    def _blocking(
        self, mentee: np.ndarray, mentor: np.ndarray, score: np.ndarray, taken: np.ndarray
    ) -> int:
        """Pairs who would both rather have each other, hours apart."""
        has = np.full(self.mentees, -1, dtype=np.int64)
        has[mentee] = score
        least = np.full(len(self.capacity), np.iinfo(np.int64).max)
        np.minimum.at(least, mentor, score)
        room = (taken < self.capacity)[self.mentor] | (self.score > least[self.mentor])
        return int(np.count_nonzero((self.score > has[self.mentee]) & room))

    def schedulable(self, pairs: tuple[np.ndarray, np.ndarray]) -> int:
        """How many of the pairs can be given meeting times afterwards, no two of a mentor at once."""
        mentee, mentor = pairs
        placed = 0
        for one in np.unique(mentor).tolist():
            holder: dict[int, int] = {}
            for who in mentee[mentor == one].tolist():
                placed += self._seat(who, one, holder, set())
        return placed

    def _seat(self, who: int, mentor: int, holder: dict[int, int], tried: set[int]) -> bool:
        for start in np.flatnonzero(self.meets[who] & self.offers[mentor]).tolist():
            if start in tried:
                continue
            tried.add(start)
            if start not in holder or self._seat(holder[start], mentor, holder, tried):
                holder[start] = who
                return True
        return False
