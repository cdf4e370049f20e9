"""What a person meets on the command line besides the answer: the lesson, the bar, quiet."""

import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from matching import generate, solve
from matching.commands import LESSON, main
from matching.commands.bar import Bar
from matching.files import codec


@pytest.fixture
def problem(tmp_path: Path) -> Path:
    path = tmp_path / "p.json"
    path.write_text(codec.dumps(generate.problem(60, 20, 1)))
    return path


def test_somebody_who_types_nothing_is_taught(capsys) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out == LESSON


def test_the_round_in_the_lesson_can_be_solved_as_it_says(tmp_path: Path, capsys) -> None:
    example = re.search(r"\{.*\}(?=\n\nThe week)", LESSON, re.DOTALL)
    assert example
    (tmp_path / "p.json").write_text(example.group())
    assert main(["solve", str(tmp_path / "p.json"), "-o", str(tmp_path / "s.json")]) == 0
    (pair,) = json.loads((tmp_path / "s.json").read_text())["pairs"]
    assert (pair["mentee"], pair["mentor"], pair["start"]) == ("e1", "m1", 36)


def test_the_commands_in_the_lesson_run_one_after_another(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    lines = re.findall(
        r"^  python -m matching ((?:generate|solve|cohorts|check|explain|advise)[^#\n]*)",
        LESSON,
        re.M,
    )
    assert len(lines) == 7
    for line in lines:
        assert main(line.split()) == 0


def test_quiet_prints_nothing_when_all_is_well(problem: Path, capsys) -> None:
    out = problem.with_name("s.json")
    assert main(["solve", str(problem), "-o", str(out), "--quiet"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")
    assert json.loads(out.read_text())["status"] == "optimal"


def test_a_short_solve_shows_no_bar(problem: Path, capsys) -> None:
    assert main(["solve", str(problem), "-o", str(problem.with_name("s.json"))]) == 0
    assert capsys.readouterr().err == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def long(bar: Bar) -> None:
    """Lets a bar see a solve that began a while ago."""
    bar._begun -= 5
    bar("matched", 0.1)
    bar("total", 0.55)
    bar("done", 1.0)


def test_a_long_solve_shows_its_levels_and_leaves_a_clean_line() -> None:
    out = Terminal()
    long(Bar(out))
    drawn = out.getvalue().split("\r")
    assert "[##......................]  10%  matched, 5 s" in drawn[1]
    assert "[#############...........]  55%  total, 5 s" in drawn[2]
    assert drawn[-2].strip() == drawn[-1] == ""


def test_a_long_solve_in_a_log_has_a_line_for_each_level() -> None:
    out = io.StringIO()
    long(Bar(out))
    assert [line.split("  ")[-1] for line in out.getvalue().splitlines()] == [
        "matched, 5 s",
        "total, 5 s",
    ]


def test_where_the_answer_can_not_be_written_nobody_waits_for_it(problem: Path, capsys) -> None:
    assert main(["solve", str(problem), "-o", str(problem.parent)]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"{problem.parent}: can't be written: Is a directory\n")


def test_an_answer_that_breaks_off_leaves_the_old_one_whole(problem: Path, monkeypatch) -> None:
    out = problem.with_name("s.json")
    out.write_text("yesterday's")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    assert main(["solve", str(problem), "-o", str(out)]) == 2
    assert out.read_text() == "yesterday's"
    assert {path.name for path in out.parent.iterdir()} == {"p.json", "s.json"}


def test_a_file_that_is_wrong_everywhere_fits_on_a_screen(tmp_path: Path, capsys) -> None:
    path = tmp_path / "p.json"
    path.write_text(
        json.dumps({"format": "commonroom.matching/1", "mentees": [1] * 900, "mentors": []})
    )
    assert main(["score", str(path)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 201
    assert told[-1] == "and 700 more: mend these first"


@pytest.fixture
def evening(tmp_path: Path) -> Path:
    """A folder with Noor, who meets Tess, and Lena, for whom there is nobody but Tess."""
    people = {
        "format": "commonroom.matching/1",
        "timeless": True,
        "mentees": [{"id": "noor"}, {"id": "lena"}],
        "mentors": [{"id": "tess", "capacity": 1}, {"id": "ben", "capacity": 1}],
        "pairs": [
            {"mentee": "noor", "mentor": "tess", "score": 9},
            {"mentee": "noor", "mentor": "ben", "score": 5},
            {"mentee": "lena", "mentor": "tess", "score": 7},
        ],
        "continuing": [{"mentee": "noor", "mentor": "tess"}],
    }
    (tmp_path / "p.json").write_text(json.dumps(people))
    (tmp_path / "freer.json").write_text(json.dumps({**people, "may_change": 1}))
    for problem, solution in (("p", "before"), ("freer", "after")):
        files = [str(tmp_path / f"{name}.json") for name in (problem, solution)]
        assert main(["solve", files[0], "-o", files[1], "--quiet"]) == 0
    return tmp_path


def test_a_coordinator_reads_what_more_people_cost(evening: Path, capsys) -> None:
    assert main(["price", str(evening / "p.json")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "While every running pair stays, nobody more gets a mentor.",
        "If one running pair may change, one more person gets a mentor.",
    ]
    assert main(["price", str(evening / "p.json"), "--json"]) == 0
    rungs = json.loads(capsys.readouterr().out)
    assert rungs == [{"changes": 0, "more": 0}, {"changes": 1, "more": 1}]


def test_a_coordinator_reads_where_nothing_is_to_be_gained(problem: Path, capsys) -> None:
    assert main(["price", str(problem)]) == 0
    assert "would gain nobody a mentor" in capsys.readouterr().out


def test_a_coordinator_reads_who_moves_so_that_whom_gets_a_place(evening: Path, capsys) -> None:
    files = [str(evening / f"{name}.json") for name in ("p", "before", "after")]
    assert main(["compare", *files]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "One running pair changes so that one more person gets a mentor.",
        "  lena gets tess, because noor moves from tess to ben.",
        "  matched: 1 before, 2 after.",
        "  worst: 9 before, 5 after.",
        "  levels: 1 1 1 1 1 1 before, 2 2 2 2 2 2 after.",
        "  total: 9 before, 12 after.",
    ]
    assert main(["compare", *files, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["said"]["facts"]["running_changed"] == 1
    assert [change["mentee"] for change in told["chains"][0]["changes"]] == ["lena", "noor"]
    assert main(["explain", str(evening / "freer.json"), files[2], "--person", "noor"]) == 0
    assert "Until now tess is the mentor" in capsys.readouterr().out


def test_a_round_that_breaks_rules_is_not_compared(evening: Path, capsys) -> None:
    broken = json.loads((evening / "after.json").read_text())
    broken["pairs"][0]["mentor"] = broken["pairs"][1]["mentor"]
    (evening / "broken.json").write_text(json.dumps(broken))
    files = [str(evening / f"{name}.json") for name in ("p", "before", "broken")]
    assert main(["compare", *files]) == 2
    assert "capacity" in capsys.readouterr().err


def said_to(stdout: str, *arguments: str) -> tuple[int, str]:
    """The exit code and what is said of the fault, where the answer goes to a place that fails."""
    command = [sys.executable, "-m", "matching", *arguments]
    if stdout == "pipe":
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
            assert run.stdout is not None
            assert run.stderr is not None
            run.stdout.close()
            return run.wait(), run.stderr.read().decode()
    with Path(stdout).open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stderr


def test_an_answer_that_cannot_be_written_is_a_line_and_not_a_crash(problem: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("There is no /dev/full here: run this test on Linux.")
    for asked in (["score", str(problem)], []):
        code, told = said_to("/dev/full", *asked)
        assert (code, told.count("\n")) == (2, 1)
        assert told.startswith("The answer can't be written: ")


def test_whoever_stops_listening_still_gets_the_referees_verdict(problem: Path) -> None:
    found = solve(generate.problem(60, 20, 1))
    torn = replace(found, pairs=tuple(replace(pair, score=1) for pair in found.pairs))
    solution = problem.with_name("s.json")
    for answer, verdict in ((torn, 1), (found, 0)):
        solution.write_text(codec.dumps_solution(answer))
        assert said_to("pipe", "check", str(problem), str(solution)) == (verdict, "")


@pytest.mark.parametrize("side", ["--mentees", "--people"])
def test_more_people_than_a_file_may_list_are_not_made_up(side: str, tmp_path, capsys) -> None:
    with pytest.raises(SystemExit) as end:
        main(["generate", side, "1000000", "-o", str(tmp_path / "p.json")])
    assert end.value.code == 2
    assert "give 0 to 100000" in capsys.readouterr().err
