"""The commands as people and programs call them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from matching.commands import main


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a solved round of a thousand mentees: p.json and s.json."""
    folder = tmp_path_factory.mktemp("round")
    generate = ["generate", "--mentees", "1000", "--mentors", "250", "--seed", "1"]
    assert run(folder, *generate, "-o", "p.json").returncode == 0
    assert run(folder, "solve", "p.json", "-o", "s.json").returncode == 0
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "matching", *arguments]
    root = Path(__file__).parents[2]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(root)}, capture_output=True, text=True
    )


def test_a_thousand_people_are_placed_and_the_referee_agrees(round_: Path) -> None:
    told = run(round_, "check", "p.json", "s.json")
    assert (told.returncode, told.stderr) == (0, "")
    solution = json.loads((round_ / "s.json").read_text())
    assert solution["status"] == "optimal"
    assert len(solution["pairs"]) + len(solution["unmatched"]) == 1000


def test_a_file_solved_twice_gives_the_same_bytes(round_: Path) -> None:
    assert run(round_, "solve", "p.json", "-o", "again.json").returncode == 0
    one, two = (json.loads((round_ / name).read_text()) for name in ("s.json", "again.json"))
    one.pop("seconds"), two.pop("seconds")
    assert json.dumps(one) == json.dumps(two)


def test_the_solution_has_the_keys_of_the_format(round_: Path) -> None:
    solution = json.loads((round_ / "s.json").read_text())
    keys = "format problem_sha256 seed engine status pairs unmatched levels blocking_pairs seconds"
    assert set(solution) == set(keys.split())
    assert set(solution["pairs"][0]) == {"mentee", "mentor", "start", "score", "parts"}
    assert set(solution["unmatched"][0]) == {"mentee", "reason", "blockers", "would_help"}
    assert set(solution["levels"][0]) == {"name", "value", "bound"}


def test_a_moved_meeting_is_refused_by_name(round_: Path) -> None:
    solution = json.loads((round_ / "s.json").read_text())
    solution["pairs"][0]["start"] += 1
    (round_ / "moved.json").write_text(json.dumps(solution))
    told = run(round_, "check", "p.json", "moved.json")
    assert told.returncode == 1
    assert told.stdout.startswith("start: ")


def test_a_reformatted_problem_is_still_the_same_problem(round_: Path) -> None:
    problem = json.loads((round_ / "p.json").read_text())
    (round_ / "pretty.json").write_text(json.dumps(problem, indent=2))
    assert run(round_, "check", "pretty.json", "s.json").returncode == 0
    assert run(round_, "solve", "pretty.json", "-o", "pretty-s.json").returncode == 0
    assert run(round_, "check", "pretty.json", "pretty-s.json").returncode == 0


def test_every_eligible_pair_is_listed_with_its_points(round_: Path) -> None:
    rows = [json.loads(line) for line in run(round_, "score", "p.json").stdout.splitlines()]
    by_pair = {(row["mentee"], row["mentor"]): row for row in rows}
    assert all(sum(row["parts"].values()) == row["score"] for row in rows)
    for pair in json.loads((round_ / "s.json").read_text())["pairs"]:
        row = by_pair[pair["mentee"], pair["mentor"]]
        assert (row["score"], row["parts"]) == (pair["score"], pair["parts"])
        assert pair["start"] in row["starts"]


def test_reasons_can_be_read_and_parsed(round_: Path) -> None:
    everyone = json.loads(run(round_, "explain", "p.json", "s.json", "--json").stdout)
    assert sum(row["kind"] == "pair" for row in everyone) > 600
    person = everyone[0]["people"][0]
    told = run(round_, "explain", "p.json", "s.json", "--person", person).stdout
    assert told.startswith(f"{person} with ")
    assert "points" in told


def test_asking_about_a_stranger_is_told_plainly(round_: Path) -> None:
    told = run(round_, "explain", "p.json", "s.json", "--person", "nobody")
    assert told.returncode == 2
    assert "nobody" in told.stderr
    assert "Traceback" not in told.stderr


def test_out_of_time_ends_with_three_and_still_writes(round_: Path) -> None:
    told = run(round_, "solve", "p.json", "-o", "hurried.json", "--time-limit", "0")
    assert told.returncode == 3
    assert "bound" in told.stdout
    assert run(round_, "check", "p.json", "hurried.json").returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "missing.json", "-o", "s.json"],
        ["check", "missing.json", "s.json"],
        ["score", "."],
        ["generate", "--mentees", "5", "--mentors", "5", "-o", "no/such/folder/p.json"],
    ],
)
def test_a_file_that_is_not_there_is_told_plainly(arguments, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("limit", ["-1", "nan", "soon"])
def test_an_impossible_time_limit_is_refused(limit) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["solve", "p.json", "-o", "s.json", "--time-limit", limit])
    assert stop.value.code == 2


def test_reading_the_package_does_not_load_the_solver() -> None:
    script = "import matching, sys; assert not {'ortools', 'pandas'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
