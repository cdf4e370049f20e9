"""The commands as people and programs call them on files of groups."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from matching.commands import main
from tests.matching.test_cli import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with formed groups of sixty people: g.json and s.json."""
    place = tmp_path_factory.mktemp("groups")
    generate = ["generate", "--people", "60", "--facilitators", "8", "-o", "g.json"]
    assert run(place, *generate).returncode == 0
    assert run(place, "cohorts", "g.json", "-o", "s.json").returncode == 0
    return place


def test_sixty_people_are_grouped_and_the_referee_agrees(folder: Path) -> None:
    told = run(folder, "check", "g.json", "s.json")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.endswith("groups keep every rule.\n")


def test_the_solution_has_the_keys_of_the_format(folder: Path) -> None:
    solution = json.loads((folder / "s.json").read_text())
    keys = "format problem_sha256 seed engine status groups unplaced levels seconds"
    assert set(solution) == set(keys.split())
    assert set(solution["groups"][0]) == {"facilitators", "start", "language", "theme", "members"}
    assert set(solution["groups"][0]["members"][0]) == {"person", "fit", "parts"}
    first = solution["unplaced"][0]
    assert set(first) == {"person", "reason", "blockers", "short", "would_help"}


def test_a_file_solved_twice_gives_the_same_bytes(folder: Path) -> None:
    assert run(folder, "cohorts", "g.json", "-o", "again.json").returncode == 0
    one, two = (json.loads((folder / name).read_text()) for name in ("s.json", "again.json"))
    one.pop("seconds"), two.pop("seconds")
    assert json.dumps(one) == json.dumps(two)


def test_a_moved_group_is_refused_by_name(folder: Path) -> None:
    solution = json.loads((folder / "s.json").read_text())
    solution["groups"][0]["start"] += 100
    (folder / "moved.json").write_text(json.dumps(solution))
    told = run(folder, "check", "g.json", "moved.json")
    assert told.returncode == 1
    assert "no_time: " in told.stdout


def test_reasons_can_be_read_and_parsed(folder: Path) -> None:
    rows = json.loads(run(folder, "explain", "g.json", "s.json", "--json").stdout)
    assert {row["kind"] for row in rows} == {"group", "unplaced"}
    member = rows[0]["people"][0]
    told = run(folder, "explain", "g.json", "s.json", "--person", member).stdout
    assert "are free at" in told
    assert "points" in told
    waiting = next(row for row in rows if row["kind"] == "unplaced")["people"][0]
    told = run(folder, "explain", "g.json", "s.json", "--person", waiting).stdout
    assert told.startswith(f"{waiting} has no group")


def test_asking_about_a_stranger_is_told_plainly(folder: Path) -> None:
    told = run(folder, "explain", "g.json", "s.json", "--person", "nobody")
    assert (told.returncode, "Traceback" in told.stderr) == (2, False)
    assert "nobody" in told.stderr


def test_out_of_time_ends_with_three_and_still_writes(folder: Path) -> None:
    told = run(folder, "cohorts", "g.json", "-o", "hurried.json", "--time-limit", "0")
    assert told.returncode == 3
    assert "bound" in told.stdout
    assert run(folder, "check", "g.json", "hurried.json").returncode == 0


def test_a_wrong_file_ends_with_two_and_one_line_for_each_fault(folder: Path, capsys) -> None:
    problem = json.loads((folder / "g.json").read_text())
    problem["rules"]["min_size"], problem["people"][0]["priority"] = 1, 0
    (folder / "wrong.json").write_text(json.dumps(problem))
    for command in (
        ["cohorts", "wrong.json", "-o", "no.json"],
        ["check", "wrong.json", "s.json"],
        ["explain", "wrong.json", "s.json"],
    ):
        told = run(folder, *command)
        assert told.returncode == 2
        places = [line.split(":")[0] for line in told.stderr.splitlines()]
        assert places == ["$.rules.min_size", "$.people[0].priority"]
    assert not (folder / "no.json").exists()


def test_files_of_pairs_and_of_groups_are_not_mixed_up(tmp_path: Path, capsys) -> None:
    pairs, groups, out = (str(tmp_path / name) for name in ("p.json", "g.json", "s.json"))
    assert main(["generate", "--mentees", "5", "--mentors", "2", "-o", pairs]) == 0
    assert main(["generate", "--people", "5", "--facilitators", "2", "-o", groups]) == 0
    capsys.readouterr()
    assert main(["cohorts", pairs, "-o", out]) == 2
    assert "give 'commonroom.cohorts/1'" in capsys.readouterr().err
    assert main(["solve", groups, "-o", out]) == 2
    assert "give 'commonroom.matching/1'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "more",
    [
        [],
        ["--people", "5"],
        ["--mentors", "5"],
        ["--people", "5", "--facilitators", "1", "--mentees", "5", "--mentors", "1"],
    ],
)
def test_half_of_what_to_make_up_is_not_enough(more, tmp_path: Path, capsys) -> None:
    assert main(["generate", *more, "-o", str(tmp_path / "g.json")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_reading_the_package_does_not_load_the_solver() -> None:
    script = "import matching.cohorts, sys; assert not {'ortools', 'pandas'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
