"""What makes the suite shorter without leaving anything out."""

import compileall
import gc
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

ROOT = Path(__file__).parents[2]
MEMORY, ENOUGH = Path("/dev/shm"), 4 << 30  # bytes
# Files that take minutes begin first, so that no process is left alone with one at the end.
LONGEST_FIRST = (
    "journeys/test_every_page.py",
    "accounts/test_passkeys_in_a_browser.py",  # needs nothing that the first one makes just then
    "threats/test_23_xss_payloads.py",
    "threats/test_14_stolen_database.py",
    "threats/test_11_back_after_leaving.py",
    "threats/",
    "journeys/",
    "house/test_launcher.py",
    "core/test_killed_between.py",
    "core/test_inuse.py",
    "rooms/test_page_live.py",
    "rooms/",
    "accounts/",
    "wellbeing/test_evening.py",
)


def pytest_configure(config: pytest.Config) -> None:
    Flask.url_rule_class = RememberedRule
    keep_files_in_memory()
    if sys.dont_write_bytecode and not hasattr(config, "workerinput"):
        # Else every process of every site would compile all of it anew.
        for package in ("peer", "matching"):
            compileall.compile_dir(ROOT / package, quiet=2)
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False  # it would begin with the files of many tests


def keep_files_in_memory() -> None:
    """Let no commit of the many small databases wait for a disk, where there is memory enough.

    Nothing of what tests look at hangs on it: a process that is killed loses no memory of the
    machine's, and no test can pull the plug of the machine.
    """
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)
    if not usable or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return
    if shutil.disk_usage(MEMORY).free > ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _turn(item.nodeid))


def pytest_collection_finish() -> None:
    # What is loaded by now stays: looking through all of it for garbage, again and again, took a
    # sixth of the suite's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _turn(nodeid: str) -> int:
    found = (turn for turn, part in enumerate(LONGEST_FIRST) if part in nodeid)
    return next(found, len(LONGEST_FIRST))


class RememberedRule(Rule):
    """Addresses whose builders were compiled for an earlier test of this process."""

    _kept: dict[tuple[Any, ...], Callable[..., Any]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:
        converters = tuple((name, type(each)) for name, each in self._converters.items())
        key = (self.rule, self.subdomain, str(self.defaults), converters, append_unknown)
        if key not in self._kept:
            self._kept[key] = super()._compile_builder(append_unknown)
        return self._kept[key]
