"""Each import rule is seen to refuse a deliberate break, and to pass the house as it stands."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
}
# The rule, who imports, and what it must not import.
BREAKS = [
    ("stack", "peer.policy.roles", "peer.accounts.models"),
    ("stack", "peer.core.db", "peer.policy.roles"),
    ("stack", "peer.accounts.service", "peer.moderation.service"),
    ("stack", "peer.moderation.service", "peer.rooms.models"),
    ("stack", "peer.rooms.service", "peer.mentoring.models"),
    ("stack", "peer.rooms.queries", "peer.resources.models"),
    ("stack", "peer.rooms.queries", "peer.wellbeing.models"),
    ("feature", "peer.wellbeing.queries", "peer.wellbeing.service"),
    ("feature", "peer.accounts.models", "peer.accounts.queries"),
    ("feature", "peer.rooms.queries", "peer.rooms.service"),
    ("feature", "peer.moderation.service", "peer.moderation.routes"),
    ("feature", "peer.mentoring.snapshot", "peer.mentoring.service"),
    ("pure-policy", "peer.policy.roles", "flask"),
    ("pure-policy", "peer.policy.roles", "sqlalchemy.orm"),
    ("pure-matching", "matching.problem", "peer.core.clock"),
    ("pure-matching", "matching.table.scoring", "sqlalchemy"),
    ("one-door", "peer.rooms.service", "matching"),
    ("one-door", "peer.moderation.service", "matching.engine"),
    ("ortools-fenced", "matching.table.scoring", "ortools.graph.python"),
    ("engine", "matching.problem", "matching.rules.judge"),
    ("engine", "matching.flow.network", "matching.side.rules"),
    ("engine", "matching.engine", "matching.check.referee"),
    ("engine", "matching.explain.words", "matching.advice.words"),
    ("engine", "matching.side.search", "matching.running.freeing"),
    ("referee", "matching.check.claims", "matching.flow.network"),
    ("explaining", "matching.explain.whatif", "matching.explain.sentences"),
    ("explaining", "matching.explain.hall", "matching.explain.contest"),
    ("cohorts", "matching.cohorts.check", "matching.cohorts.search"),
    ("cohorts", "matching.cohorts.rules", "matching.cohorts.sessions"),
    ("ortools-fenced", "peer.mentoring.jobs", "ortools"),
    ("service-no-web", "peer.accounts.service", "flask_login"),
    ("service-no-web", "peer.rooms.queries", "flask_wtf"),
    ("service-no-web", "peer.mentoring.models", "flask_login"),
    ("doors", "peer.mentoring.service", "peer.rooms.routes"),
    ("doors", "peer.mentoring.jobs", "peer.rooms.sockets"),
    ("emitters", "peer.rooms.service", "peer.core.realtime"),
    ("emitters", "peer.mentoring.routes", "peer.core.realtime"),
    ("doors-no-queries", "peer.rooms.routes", "sqlalchemy"),
    ("doors-no-queries", "peer.rooms.sockets", "peer.core.db"),
]


class House:
    """A copy of the packages that may be spoiled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        nothing_compiled = shutil.ignore_patterns("__pycache__", "*.po", "*.mo")
        for package in ("peer", "matching"):
            shutil.copytree(ROOT / package, folder / package, ignore=nothing_compiled)
        shutil.copy(ROOT / "pyproject.toml", folder)
        # The rules go by name, so they can be broken in a feature that has no such file.
        for _, *modules in BREAKS:
            for module in modules:
                if module.startswith(("peer.", "matching.")):
                    self.file(module).touch()

    def file(self, module: str) -> Path:
        path = self.folder / module.replace(".", "/")
        return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")

    @contextmanager
    def planted(self, module: str, code: str) -> Iterator[None]:
        """The house with `code` at the end of `module`, which is as before afterwards."""
        path = self.file(module)
        before = path.read_text() if path.exists() else None
        path.write_text(f"{before or ''}\n{code}\n")
        try:
            yield
        finally:
            path.unlink() if before is None else path.write_text(before)

    def verdict(self) -> tuple[bool, str]:
        done = subprocess.run(
            [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"],
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        return done.returncode == 0, done.stdout + done.stderr


def complaint(output: str, contract: str) -> str:
    """What the linter holds against one contract: the part under its underlined name."""
    name = CONTRACTS[contract]
    _, heading, rest = output.partition(f"{name}\n{'-' * len(name)}\n")
    assert heading, f"{contract} was not broken:\n{output}"
    for other in CONTRACTS.values():
        rest = rest.partition(f"{other}\n{'-' * len(other)}\n")[0]
    return rest


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"))


def test_the_house_as_it_stands_keeps_every_rule(house: House) -> None:
    passes, output = house.verdict()
    assert passes, output
    assert f"{len(CONTRACTS)} kept, 0 broken" in output


def test_every_rule_has_a_break() -> None:
    assert {contract for contract, _, _ in BREAKS} == set(CONTRACTS)


@pytest.mark.parametrize(("contract", "importer", "imported"), BREAKS)
def test_forbidden_import_is_refused(
    house: House, contract: str, importer: str, imported: str
) -> None:
    """At the top of the file and hidden in a function alike."""
    with house.planted(importer, f"import {imported}\ndef later():\n    import {imported}"):
        passes, output = house.verdict()
    assert not passes
    # A package of others is drawn as one dot, whatever part of it is imported.
    shown = imported if imported.startswith(("peer", "matching")) else imported.partition(".")[0]
    both_lines = rf"{re.escape(importer)} -> {re.escape(shown)} \(l\.\d+(?:, (?:l\.)?\d+)+\)"
    assert re.search(both_lines, complaint(output, contract)), output


@pytest.mark.parametrize(
    ("contract", "stray"),
    [
        ("feature", "peer.rooms.utils"),
        ("feature", "peer.mentoring.helpers"),
        ("stack", "peer.utils"),
        ("engine", "matching.utils"),
        ("explaining", "matching.explain.helpers"),
    ],
)
def test_stray_file_is_refused(house: House, contract: str, stray: str) -> None:
    with house.planted(stray, '"""A bit of everything."""'):
        passes, output = house.verdict()
    assert not passes
    assert stray in complaint(output, contract)
