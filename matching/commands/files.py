"""Files in and out of the commands; whatever is wrong with one is a fault with its path."""

import hashlib
import json
import os
from pathlib import Path

from matching import check, cohorts
from matching.files import codec
from matching.problem import Fault, FileFaultsError, Problem, Solution


def read(path: Path) -> bytes:
    """The bytes of a file; FileFaultsError when there is no reading it."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileFaultsError([Fault(str(path), f"can't be read: {error.strerror}")]) from error


def write(path: Path, text: str) -> None:
    """The file holds the text afterwards, or what it held before; FileFaultsError if not."""
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")  # /dev/stdout can't be replaced
            return
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            beside.write_text(text, encoding="utf-8")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def expect_to_write(path: Path) -> None:
    """FileFaultsError when a file can't be written, said before any work is spent on it."""
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "Is a directory")
        if not path.exists():
            beside = path.with_name(f".{path.name}.{os.getpid()}")
            beside.touch(exist_ok=False)
            beside.unlink()
        elif not os.access(path, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> FileFaultsError:
    return FileFaultsError([Fault(str(path), f"can't be written: {error.strerror}")])


def problem(path: Path) -> tuple[Problem, str]:
    """A problem and the sha256 of the file that it came from."""
    source = read(path)
    return codec.loads(source), hashlib.sha256(source).hexdigest()


def both(problem_path: Path, solution_path: Path) -> tuple[Problem, str, Solution]:
    """A problem, the sha256 of its file, and a solution."""
    return *problem(problem_path), codec.loads_solution(read(solution_path))


def is_of_groups(path: Path) -> bool:
    """Whether a file says that it is a problem of groups; what is wrong with it comes later."""
    source = read(path)
    if b"commonroom.cohorts/" not in source:
        return False
    try:
        whole = json.loads(source)
    except (ValueError, RecursionError):
        return True
    return isinstance(whole, dict) and str(whole.get("format")).startswith("commonroom.cohorts/")


def groups_problem(path: Path) -> tuple[cohorts.Problem, str]:
    """A problem of groups and the sha256 of the file that it came from."""
    source = read(path)
    return cohorts.loads(source), hashlib.sha256(source).hexdigest()


def groups_both(
    problem_path: Path, solution_path: Path
) -> tuple[cohorts.Problem, str, cohorts.Solution]:
    """A problem of groups, the sha256 of its file, and a solution."""
    return *groups_problem(problem_path), cohorts.loads_solution(read(solution_path))


def both_sound(problem_path: Path, solution_path: Path) -> tuple[Problem, Solution]:
    """A problem and a solution that keeps its rules: there is no explaining one that doesn't."""
    found, digest, solution = both(problem_path, solution_path)
    broken = check.broken_rules(found, solution, digest)
    if broken:
        raise FileFaultsError(
            [Fault(str(solution_path), f"{rule.rule}: {rule.text}") for rule in broken]
        )
    return found, solution
