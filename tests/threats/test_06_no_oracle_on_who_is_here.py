"""6: Login, recovery and sign-up give no oracle (T).

Whoever tries names learns nothing of who is here: not from the words, not from the status, not
from the headers, not from the time that the answer takes.

Time is the processor time of the thread that answers. It holds all the work that differs or does
not, hashing too, and leaves out what a busy machine adds, which would only hide a difference.
"""

import gc
import re
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import queries, service
from peer.accounts.models import AccountState
from peer.core import limits, work
from peer.policy.roles import Role
from tests.accounts.test_private_key import NEXT
from tests.accounts.test_recovery_codes import made
from tests.accounts.test_second_factor import app_of
from tests.cast import Cast
from tests.plugins.site import csrf_of

NAMES = ("noor", "zeds", "tess", "reed", "cled")  # of one length, as the answer says the name
NOBODY = "liam"
WRONG_CODE = "0000-1111-2222-3333-4444-5555"
AT_LEAST, AT_MOST = 200, 800
LOW, HIGH = 0.45, 0.55


@pytest.fixture
def everyone(client: FlaskClient, cast: Cast) -> None:
    """An account in use, a suspended, a guarded, a reserved and a closed one."""
    made(cast)
    app_of(cast, "tess")
    with work.begin():
        service.start_recovery(cast.cora, cast.noor.id, reason="I know her.", hours=72)
        zeds = service.create_account("Zeds", cast.account("noor").passphrase_hash, [Role.MEMBER])
        service.suspend(zeds.id, by=cast.mo, days=3)
        service.reserve_account("Reed", [Role.MEMBER], by=cast.cora.id)
        cled = service.create_account("Cled", cast.account("noor").passphrase_hash, [Role.MEMBER])
        cled.state = AccountState.CLOSED


def said(answer: TestResponse, name: str) -> tuple[int, list[tuple[str, str]], str]:
    """All that an answer tells, without the token of the form and the name that was sent."""
    body = re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", answer.get_data(as_text=True))
    headers = [(key, re.sub(r"=a\.[^;]*", "=", value)) for key, value in answer.headers]
    return answer.status_code, headers, body.replace(f'value="{name}"', 'value="…"')


def signs_in(client: FlaskClient, name: str, token: str, place: str = "192.0.2.1") -> TestResponse:
    sent = {"username": name, "passphrase": "not the one that opens", "csrf_token": token}
    return client.post("/sign-in", data=sent, environ_base={"REMOTE_ADDR": place})


def recovers(client: FlaskClient, name: str, token: str, place: str = "192.0.2.1") -> TestResponse:
    sent = {"username": name, "code": WRONG_CODE, "passphrase": NEXT, "offered": "a b c d e f g"}
    data = {**sent, "csrf_token": token}
    return client.post("/recover", data=data, environ_base={"REMOTE_ADDR": place})


def joins(client: FlaskClient, name: str, token: str, place: str = "192.0.2.1") -> TestResponse:
    sent = {"code": WRONG_CODE, "name": name, "names": "Calm-River", "passphrase": NEXT}
    data = {**sent, "offered": "a b c d e f g", "locale": "en", "timezone": "UTC"}
    return client.post(
        "/join", data={**data, "csrf_token": token}, environ_base={"REMOTE_ADDR": place}
    )


@pytest.mark.parametrize("ask", [signs_in, recovers, joins])
def test_sign_in_recovery_and_sign_up_answer_alike_whoever_is_here(
    client: FlaskClient, everyone: None, ask: Callable[..., TestResponse]
) -> None:
    token = csrf_of(client)
    nobody = said(ask(client, NOBODY, token), NOBODY)
    assert nobody[0] == 422
    for name in NAMES:
        assert said(ask(client, name, token), name) == nobody, name


def test_too_many_tries_are_answered_alike(client: FlaskClient, everyone: None) -> None:
    token, answers = csrf_of(client), []
    for name in ("noor", NOBODY):
        for _number in range(10):
            signs_in(client, name, token, "192.0.2.1")
        answers.append(refused(signs_in(client, name, token, "192.0.2.1"), name))
        for _number in range(290):  # from so many places, within the minute
            limits.spend("300/minute", "sign-in-name", queries.folded(name))
        answers.append(refused(signs_in(client, name, token, "192.0.2.99"), name))
    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert answers[0][0] == 429


def refused(answer: TestResponse, name: str) -> tuple[int, list[tuple[str, str]], str]:
    """What an answer tells but for how long one is to wait."""
    status, headers, body = said(answer, name)
    steady = [each for each in headers if each[0] not in {"Retry-After", "Content-Length"}]
    return status, steady, re.sub(r"\d+", "0", body)


# --- time ----------------------------------------------------------------------------------


def auc(ones: Sequence[float], others: Sequence[float]) -> float:
    """How well one sees from a time whose it is: 0.5 not at all, 0 or 1 always."""
    ranked = sorted(others)
    below = sum(bisect_left(ranked, x) + bisect_right(ranked, x) for x in ones)
    return below / 2 / len(ones) / len(others)


def timed(
    ask: Callable[..., TestResponse], client: FlaskClient, name: str, token: str, number: int
) -> float:
    place = f"198.51.{number // 200}.{number % 200}"
    began = time.thread_time()
    answer = ask(client, name, token, place)
    spent = time.thread_time() - began
    assert answer.status_code == 422
    return spent


@pytest.mark.parametrize("ask", [signs_in, recovers])
def test_time_tells_nobody_who_is_here(
    client: FlaskClient,
    cast: Cast,
    ask: Callable[..., TestResponse],
    record_property: Callable[[str, object], None],
) -> None:
    """Existing and missing names in turn, 200 tries each.

    Of equal times one run in twelve strays out of 0.45 to 0.55 at 200 tries, by chance alone; so
    such a run is made longer, up to 800 each, and counts as a whole. A true difference stays.
    """
    here = [cast.newcomer().name for _account in range(AT_MOST // 10)]
    gone = [name[:-2] + "zz" for name in here]
    with work.begin(writes=False):
        assert not queries.accounts_named(gone)
    token = csrf_of(client)
    for name in (here[0], gone[0]):
        timed(ask, client, name, token, 20_000)
    existing: list[float] = []
    missing: list[float] = []
    gc.disable()
    try:
        for number in range(AT_MOST):
            pair = [(existing, here), (missing, gone)]
            for times, names in pair if number % 2 else reversed(pair):
                name = names[number % len(names)]
                times.append(timed(ask, client, name, token, number))
            if number + 1 in {AT_LEAST, 2 * AT_LEAST} and LOW <= auc(existing, missing) <= HIGH:
                break
    finally:
        gc.enable()
    found = auc(existing, missing)
    middle = [sorted(times)[len(times) // 2] * 1000 for times in (existing, missing)]
    record_property("auc", round(found, 3))
    record_property("tries of each", len(existing))
    record_property("medians in ms", middle)
    assert LOW <= found <= HIGH, f"{len(existing)} tries of each, medians {middle} ms"
    assert auc([1, 2, 3], [4, 5, 6]) == 0
    assert auc([4, 5], [4, 5]) == 0.5
