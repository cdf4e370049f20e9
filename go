#!/usr/bin/env python3
"""Commonroom needs nothing but Python 3.11 or newer to begin.

  python3 go demo [--reset]      set up, fill with fictional people, start the site
  python3 go test [arguments]    set up, then run all tests (arguments go to pytest)
  python3 go check               format, lint, types, import rules, templates, translations
  python3 go lock [--upgrade]    re-make the two lock files from pyproject.toml
  python3 go help                this text

Everything is kept in .venv and var. PORT=5001 python3 go demo starts the site on another port.
"""

import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path

VERSION = "{}.{}".format(*sys.version_info)
if sys.version_info < (3, 11):  # noqa: UP036 - an old Python has to understand this file so far
    sys.exit(f"Commonroom needs Python 3.11 or newer; this is Python {VERSION}.")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "set-up"
RUN, TEST = "requirements.lock", "requirements-test.lock"
BROWSER = ["chromium", "chromium-driver", "fonts-noto-core", "fonts-dejavu-core"]
PROXY = ["nginx-light"]
PATHS = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"  # where Debian keeps servers
OFFLINE = "new connection|connection (refused|reset|aborted)|name resolution|dns error|timed out"


def failure_of(*command: object) -> str:
    """Run quietly; empty when it went well, else what it said."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return done.stdout.strip() or "It gave no reason." if done.returncode else ""


def become(*arguments: str) -> None:
    """Hand over to the environment's Python, so that Ctrl-C and the exit code are its own."""
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), *arguments])


def add_to_system(packages: list[str], purpose: str) -> str:
    """Install Debian packages where we may; else the sentence that asks for them."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(packages)} with apt ...", flush=True)
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        failure_of("apt-get", "update")
        if not failure_of("apt-get", "install", "-y", "--no-install-recommends", *packages):
            return ""
    return f"{purpose} here; install first, on Debian: sudo apt install {' '.join(packages)}"


def make_environment() -> None:
    """An empty .venv; one that was left half-made, moved or outdated is replaced."""
    if importlib.util.find_spec("ensurepip") is None:
        sentence = add_to_system([f"python{VERSION}-venv"], "Python's ensurepip is not")
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip") is None:
            sys.exit(sentence or "This Python has no ensurepip; start again with Debian's own.")
    print("Making .venv anew ..." if VENV.exists() else "Making .venv ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    base = getattr(sys, "_base_executable", None) or sys.executable
    failure = failure_of(base, "-m", "venv", VENV)
    if failure:
        sys.exit(f"Python could not make .venv: {failure.splitlines()[-1]}")


def install(lock: str) -> None:
    """What the lock names, by uv where pip can bring it (ten times faster), else by pip."""
    print(f"Installing what {lock} names; the first time takes a minute ...", flush=True)
    locked = ["install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r"]
    # uv does not know pip's setting for a mirror.
    os.environ.setdefault("UV_DEFAULT_INDEX", os.environ.get("PIP_INDEX_URL", ""))
    pip, uv = [PYTHON, "-m", "pip", *locked], VENV / "bin" / "uv"
    alone = VENV / "uv.lock"
    alone.write_text("".join(re.findall(r"(?m)^uv==.*\n(?: .*\n)*", (ROOT / TEST).read_text())))
    offline = re.compile(OFFLINE, re.I).search
    without_uv = "" if uv.exists() else failure_of(*pip, alone)
    # Compiled once here, not anew by every process where Python may write no bytecode.
    whole = [lock, "--python", PYTHON, "--compile-bytecode"]
    failure = without_uv or failure_of(uv, "pip", *locked, *whole)
    if failure and not offline(without_uv):
        failure = failure_of(*pip, lock)
    if offline(failure):
        sys.exit("The packages could not be fetched: connect to the network and run this again.")
    if failure:
        last = "\n".join(failure.splitlines()[-8:])
        sys.exit(f"{last}\nThe packages could not be installed; mend the above and run this again.")


def link_project() -> None:
    """Make the checkout importable, and `.venv/bin/peer` its command."""
    site = next(VENV.glob("lib/python3*/site-packages"))
    (site / "commonroom.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "peer"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -m peer.cli "$@"\n')
    command.chmod(0o755)


def prepare(lock: str) -> None:
    """Leave in .venv what the lock names; at once when it is there already."""
    import fcntl

    folder = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # Two starts at once take turns.
    here = f"Python {VERSION} in {ROOT}"
    hashes = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in (RUN, TEST)}
    stamped = STAMP.read_text().splitlines() if STAMP.exists() and PYTHON.exists() else []
    if here not in stamped:
        make_environment()
    if hashes[lock] not in stamped:
        # Without the stamp an interrupted installation begins again from nothing.
        STAMP.unlink(missing_ok=True)
        install(lock)
        link_project()
        # The test lock holds all that the other one does.
        kept = hashes.values() if lock == TEST else [hashes[RUN]]
        STAMP.write_text("\n".join([here, *kept]))
    os.close(folder)


def free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def demo(*arguments: str) -> None:
    port = os.environ.get("PORT") or "5000"
    if not (port.isdecimal() and 0 < int(port) < 65536):
        sys.exit(f"PORT={port} is not the number of a port; try: PORT=5001 python3 go demo")
    if not free(int(port)):
        other = next(number for number in range(5001, 65536) if free(number))
        sys.exit(f"Port {port} is taken; try: PORT={other} python3 go demo")
    prepare(RUN)
    become("-m", "peer.cli", "demo", *arguments)


def test(*arguments: str) -> None:
    prepare(TEST)
    if shutil.which("dpkg-query"):
        wanted = [*BROWSER, *([] if shutil.which("nginx", path=PATHS) else PROXY)]
        query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted]
        known = subprocess.run(query, capture_output=True, text=True).stdout.splitlines()
        missing = [package for package in wanted if f"{package} installed" not in known]
    else:
        missing = [] if shutil.which("chromium") else BROWSER
    if missing:
        print(add_to_system(missing, "What tests in a browser need is not"), flush=True)
    # Tests often wait, for a beat or for a process to come up: two would leave half a core idle.
    become("-m", "pytest", "-n", "3", "--dist", "loadfile", *arguments)


def tool(name: str, *arguments: str) -> None:
    prepare(TEST)
    become(f"tools/{name}.py", *arguments)


def main(command: str = "help", *arguments: str) -> None:
    if os.name != "posix":
        sys.exit("Commonroom runs on Linux and macOS; on Windows, use its Linux subsystem (WSL).")
    if command in ("demo", "test"):
        {"demo": demo, "test": test}[command](*arguments)
    elif command in ("check", "lock"):
        tool(command, *arguments)
    else:
        print(__doc__)
        sys.exit(0 if command in ("help", "--help", "-h") else 2)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        print("\nStopped. Nothing is broken: the same command goes on from here.", file=sys.stderr)
        sys.exit(130)
    except OSError as problem:
        sys.exit(f"The set-up stopped: {problem}.")
