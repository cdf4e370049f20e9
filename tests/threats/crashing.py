"""The site with pages, jobs and threads that fail in every way, each with words nobody may read.

Served by `gunicorn "tests.threats.crashing:served()"`; run as a module it is the worker.
"""

import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator

import gevent
from flask import Flask, current_app, request
from sqlalchemy import text

from peer import app as house
from peer.core import queue, work
from peer.policy import doors

WORD = os.environ.get("CANARY", "")


@queue.job("tests.crash")
def crash_job() -> None:
    """A job that fails on what it read."""
    raise LookupError(f"no room for {WORD}")


class _Falling:
    def __del__(self) -> None:
        raise RuntimeError(WORD)


def _fail() -> None:
    raise RuntimeError(WORD)


def _stream() -> Iterator[str]:
    yield "so far so good"
    raise RuntimeError(WORD)


@work.reading
def _query() -> str:
    work.session().execute(text("SELECT * FROM nowhere WHERE word = :word"), {"word": WORD})
    return "found"


@work.unit_of_work
def _ask_for_job() -> str:
    queue.ask("tests.crash")
    work.after_commit(_fail)
    return "asked"


def _logged() -> str:
    logging.getLogger(f"somebody.{WORD}").error("about %s", WORD)
    current_app.logger.error("about %s", request.args)
    logging.getLogger("gunicorn.error").critical("about %s", WORD)
    return "logged"


def _printed() -> str:
    sys.stderr.write(WORD)
    sys.stdout.write(WORD)
    request.environ["wsgi.errors"].write(WORD)
    warnings.warn(WORD, stacklevel=1)
    return "printed"


def _elsewhere() -> str:
    gevent.spawn(_fail)
    threading.Thread(target=_fail, name=WORD).start()
    gevent.get_hub().threadpool.spawn(_fail)
    _Falling()
    gevent.sleep(0.1)
    return "gone on"


def _hang() -> str:
    word = WORD
    while word:
        pass
    return word


WAYS = {
    "page": _fail,
    "query": _query,
    "job": _ask_for_job,
    "log": _logged,
    "print": _printed,
    "elsewhere": _elsewhere,
    "stream": lambda: current_app.response_class(_stream()),
    "exit": lambda: sys.exit(WORD),
    "hang": _hang,
}


def served() -> Flask:
    """The site, as `gunicorn "tests.threats.crashing:served()"` runs it."""
    app = house.create_server()
    for way, function in WAYS.items():
        app.add_url_rule(f"/crash/{way}", f"crash_{way}", function)
        doors.PAGES[f"crash_{way}"] = doors.OPEN
    return app


if __name__ == "__main__":
    house.run_worker(house.create_app())
