"""The wheel is the whole site: installed elsewhere, it starts and shows its pages."""

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import build_opener

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Where each folder of the checkout lies in the wheel.
CARRIED = {
    "templates": "peer/templates",
    "static": "peer/static",
    "peer/migrations": "peer/migrations",
    "peer/translations": "peer/translations",
    "peer": "peer",
    "matching": "matching",
}
PATIENCE = 60.0  # seconds for the site to answer


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        folder,
        ROOT,
    ]
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("commonroom-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment that holds the wheel, and borrows the dependencies of this one."""
    venv = tmp_path_factory.mktemp("elsewhere") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    python = venv / "bin" / "python"
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", wheel], check=True)
    # A path given so adds its packages and not its .pth files, so this checkout stays unknown.
    site = next(venv.glob("lib/python3*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return venv


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    ours = ("PEER_", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PEER_DATA_DIR": str(tmp_path / "data"), "PORT": str(port)}


@contextmanager
def running(command: list[str | Path], folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """The address of a started site, which is stopped afterwards."""
    said = folder / "said.txt"
    with (
        said.open("w") as output,
        subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output
        ) as process,
    ):
        address = f"http://127.0.0.1:{environment['PORT']}"
        try:
            wait_for(f"{address}/healthz", process, said)
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def wait_for(address: str, process: subprocess.Popen[bytes], said: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            fetch(address)
        except (URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"The site does not answer.\n{said.read_text()}")


def fetch(address: str) -> str:
    with build_opener().open(address, timeout=10) as answer:
        assert answer.status == 200
        return str(answer.read().decode())


def test_wheel_carries_every_file(wheel: Path) -> None:
    carried = set(zipfile.ZipFile(wheel).namelist())
    for folder, place in CARRIED.items():
        files = (path for path in (ROOT / folder).rglob("*") if path.is_file())
        wanted = {
            f"{place}/{path.relative_to(ROOT / folder).as_posix()}"
            for path in files
            if "__pycache__" not in path.parts
        }
        assert wanted <= carried, f"{folder} is not whole"


def test_installed_wheel_serves_its_pages_from_another_folder(
    installed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    where: list[str | Path] = [
        installed / "bin" / "python",
        "-c",
        "import peer; print(peer.__file__)",
    ]
    found = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert Path(found.stdout).is_relative_to(installed)

    peer = installed / "bin" / "peer"
    subprocess.run([peer, "db", "upgrade"], cwd=tmp_path, env=environment, check=True)
    with running([peer, "run"], tmp_path, environment) as site:
        page = fetch(f"{site}/sign-in")
        assert 'name="passphrase"' in page
        static = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
        assert any(".css" in path for path in static)
        for path in static:
            assert fetch(f"{site}{path}")
