"""One commit a door, then the effects; a rollback drops both."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from peer.accounts.models import Account
from peer.core import clock, work
from peer.core.errors import Refused
from peer.core.settings import Settings


def add(name: str) -> None:
    work.session().add(
        Account(username=name, name=name, passphrase_hash="-", created_at=clock.now())
    )


def names() -> list[str]:
    with work.begin(writes=False) as session:
        return list(session.scalars(select(Account.username).order_by(Account.username)))


def test_effects_come_after_the_commit_and_in_order(core: Settings) -> None:
    seen: list[object] = []
    with work.begin():
        add("noor")
        work.after_commit(lambda: seen.append(names()))
        work.after_commit(lambda: seen.append("second"))
        assert seen == []
    assert seen == [["noor"], "second"]


def test_rollback_drops_rows_and_effects(core: Settings) -> None:
    seen: list[str] = []

    @work.unit_of_work
    def fails() -> None:
        add("noor")
        work.after_commit(lambda: seen.append("told"))
        raise Refused()

    with pytest.raises(Refused):
        fails()
    assert (names(), seen) == ([], [])


def test_unit_inside_another_joins_it(core: Settings) -> None:
    seen: list[str] = []

    @work.unit_of_work
    def inner() -> None:
        add("noor")
        work.after_commit(lambda: seen.append("told"))

    @work.unit_of_work
    def outer() -> None:
        inner()
        assert seen == []  # the inner one is over, the unit is not
        raise Refused()

    with pytest.raises(Refused):
        outer()
    assert (names(), seen) == ([], [])


def test_writing_cannot_begin_inside_reading(core: Settings) -> None:
    with (
        work.begin(writes=False),
        pytest.raises(RuntimeError, match="inside a reading"),
        work.begin(),
    ):
        pass


def test_reading_units_keep_nothing_and_take_no_effects(core: Settings) -> None:
    with work.begin(writes=False):
        add("noor")
        work.session().flush()
        with pytest.raises(RuntimeError, match="that writes"):
            work.after_commit(lambda: None)
    assert names() == []


def test_failing_effect_loses_neither_the_row_nor_the_next_effect(core: Settings) -> None:
    seen: list[str] = []

    def fails() -> None:
        raise ValueError("away")

    with work.begin():
        add("noor")
        work.after_commit(fails)
        work.after_commit(lambda: seen.append("told"))
    assert (names(), seen) == (["noor"], ["told"])


def test_services_need_a_door_around_them(core: Settings) -> None:
    with pytest.raises(RuntimeError, match="unit of work"):
        work.session()


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (303, 1), (422, 0), (409, 0), (500, 0)])
def test_page_that_answers_with_an_error_changes_nothing(
    app: Flask, status: int, kept: int
) -> None:
    @work.unit_of_work
    def page() -> tuple[str, int]:
        add("noor")
        return "", status

    page()
    with work.begin(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Account)) == kept


def test_two_writers_take_turns(core: Settings) -> None:
    import threading

    def write(name: str) -> None:
        with work.begin() as session:
            before = session.scalar(select(func.count()).select_from(Account)) or 0
            add(f"{name}-{before}")

    threads = [threading.Thread(target=write, args=(f"guest{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(name.split("-")[1] for name in names()) == [str(n) for n in range(8)]
