"""`go` on machines that lack something: one plain sentence, and the next start is none the worse.

The launcher runs in a folder of its own, whose name has a space in it. The one package that its
locks name is made here, so nothing is fetched.
"""

import ast
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:9/simple"
SITE = """
import os, sys
import pebble
print("The site has", pebble.__name__, "and", *sys.argv[1:], "in", os.getcwd())
"""


def wheel_of(name: str, folder: Path) -> str:
    """Make a package of one empty module; its line for a lock file."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@dataclass
class Checkout:
    """A checkout with a site of one line, on a machine whose packages lie in a folder."""

    folder: Path
    packages: Path
    environment: dict[str, str] = field(default_factory=dict)

    def go(self, *arguments: str, before: str = "", **changes: str) -> tuple[int, str]:
        """Exit code and everything said; `before` is run first, to take something away."""
        done = subprocess.run(
            self.command(arguments, before),
            env=self.environment | changes,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    def command(self, arguments: tuple[str, ...], before: str = "") -> list[str]:
        go = str(self.folder / "go")
        start = f"import runpy, sys; sys.argv = {[go, *arguments]!r}"
        return [
            sys.executable,
            "-c",
            f"{start}\n{before}\nrunpy.run_path({go!r}, run_name='__main__')",
        ]

    def lock(self, *lines: str) -> None:
        (self.folder / "requirements.lock").write_text("".join(lines))

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"


@pytest.fixture
def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


@pytest.fixture
def checkout(tmp_path: Path, free_port: str) -> Checkout:
    folder, packages = tmp_path / "a quiet house", tmp_path / "packages"
    (folder / "peer").mkdir(parents=True)
    packages.mkdir()
    shutil.copy(ROOT / "go", folder)
    (folder / "peer" / "cli.py").write_text(SITE)
    (folder / "requirements-test.lock").write_text("uv==0.0.1 \\\n    --hash=sha256:" + "0" * 64)
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))
    }
    pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(packages)}
    made = Checkout(folder, packages, kept | pip | {"PORT": free_port, "PIP_RETRIES": "1"})
    made.lock(wheel_of("pebble", packages))
    return made


def test_old_python_is_told_which_one_is_needed(checkout: Checkout) -> None:
    code, said = checkout.go("demo", before="sys.version_info = (3, 8, 18)")
    assert code == 1
    assert said == "Commonroom needs Python 3.11 or newer; this is Python 3.8.\n"


def test_old_python_can_read_the_launcher() -> None:
    ast.parse((ROOT / "go").read_text(), feature_version=(3, 6))


def test_taken_port_names_one_that_is_free(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as neighbour:
        port = str(neighbour.getsockname()[1])
        code, said = checkout.go("demo", PORT=port)
    assert code == 1
    assert said.startswith(f"Port {port} is taken; try: PORT=5")
    assert said.count("\n") == 1
    assert not checkout.venv.exists()


@pytest.mark.parametrize("port", ["five", "0", "70000", "-1"])
def test_port_that_is_none_is_named(checkout: Checkout, port: str) -> None:
    code, said = checkout.go("demo", PORT=port)
    assert code == 1
    assert said == f"PORT={port} is not the number of a port; try: PORT=5001 python3 go demo\n"


NO_ENSUREPIP = "sys.modules['ensurepip'] = None; import os; os.geteuid = lambda: {user}"


def test_missing_ensurepip_names_the_package(checkout: Checkout) -> None:
    code, said = checkout.go("demo", before=NO_ENSUREPIP.format(user=1000))
    assert code == 1
    package = f"python3.{sys.version_info.minor}-venv"
    assert said.endswith(f"install first, on Debian: sudo apt install {package}\n")
    assert said.count("\n") == 1
    assert not checkout.venv.exists()


def test_root_gets_missing_ensurepip_from_apt(checkout: Checkout) -> None:
    apt = checkout.packages / "apt-get"
    apt.write_text('#!/bin/sh\necho "$@" >> "$0.calls"\n')
    apt.chmod(0o755)
    code, said = checkout.go(
        "demo", before=NO_ENSUREPIP.format(user=0), PATH=str(checkout.packages)
    )
    package = f"python3.{sys.version_info.minor}-venv"
    assert apt.with_name("apt-get.calls").read_text().splitlines() == [
        "update",
        f"install -y --no-install-recommends {package}",
    ]
    assert f"Installing {package} with apt" in said
    assert code == 1  # This apt brings nothing.


def test_without_network_one_sentence_and_later_all_is_well(checkout: Checkout) -> None:
    offline = {"PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": NOWHERE}
    code, said = checkout.go("demo", **offline)
    assert code == 1
    assert said.splitlines()[2:] == [
        "The packages could not be fetched: connect to the network and run this again."
    ]
    code, said = checkout.go("demo", "--reset")
    assert code == 0, said
    assert said.endswith(f"The site has pebble and demo --reset in {checkout.folder}\n")


def test_interrupted_set_up_begins_again_and_then_is_kept(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent_index:
        port = silent_index.getsockname()[1]
        silent = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": f"http://127.0.0.1:{port}/simple"}
        with subprocess.Popen(
            checkout.command(("demo",)),
            env=checkout.environment | silent | {"PIP_FIND_LINKS": ""},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        ) as started:
            silent_index.settimeout(60)
            silent_index.accept()[0].close()
            os.killpg(started.pid, signal.SIGINT)
            said = started.communicate()[1]
    assert started.returncode == 130
    assert said == "\nStopped. Nothing is broken: the same command goes on from here.\n"

    code, said = checkout.go("demo")
    assert code == 0, said
    assert said.startswith("Making .venv anew ...\n")

    code, said = checkout.go("demo")
    assert said == f"The site has pebble and demo in {checkout.folder}\n"

    pebble = (checkout.folder / "requirements.lock").read_text()
    checkout.lock(pebble, wheel_of("stone", checkout.packages))
    code, said = checkout.go("demo")
    assert code == 0, said
    assert said.startswith("Installing what requirements.lock names")
    assert [*checkout.venv.glob("lib/*/site-packages/stone.py")]

    run = subprocess.run(
        [checkout.venv / "bin" / "peer", "run", "now"], cwd="/", capture_output=True, text=True
    )
    assert run.stdout == "The site has pebble and run now in /\n"


def test_package_that_is_not_what_the_lock_says_is_refused(checkout: Checkout) -> None:
    locked = (checkout.folder / "requirements.lock").read_text()
    wheel = checkout.packages / "pebble-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "a") as changed:
        changed.writestr("pebble_extra.py", "")
    code, said = checkout.go("demo")
    assert code == 1
    assert "The packages could not be installed; mend the above and run this again." in said
    assert not (checkout.venv / "set-up").exists()
    assert locked == (checkout.folder / "requirements.lock").read_text()


def test_help_names_every_command_and_a_wrong_one_gets_help() -> None:
    for words, code in (("help", 0), ("", 0), ("dmeo", 2)):
        done = subprocess.run(
            [sys.executable, ROOT / "go", *words.split()], capture_output=True, text=True
        )
        assert done.returncode == code
        for command in ("demo", "test", "check", "lock"):
            assert f"python3 go {command}" in done.stdout
