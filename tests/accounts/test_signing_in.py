from collections.abc import Callable

from flask.testing import FlaskClient

from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import csrf_of


def _sign_in(client: FlaskClient, name: str, passphrase: str):
    data = {"username": name, "passphrase": passphrase, "csrf_token": csrf_of(client)}
    return client.post("/sign-in", data=data)


def test_noor_signs_in_and_sees_her_home(client: FlaskClient, cast: Cast) -> None:
    cast.account("noor")
    answer = _sign_in(client, " NOOR ", PASSPHRASE)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Hello, Noor" in client.get("/").get_data(as_text=True)


def test_wrong_passphrase_keeps_noor_out(client: FlaskClient, cast: Cast) -> None:
    cast.account("noor")
    assert _sign_in(client, "noor", "something else entirely").status_code == 422
    assert client.get("/inbox").status_code == 303


def test_signed_out_cookie_is_refused(
    signed_in: Callable[[str], FlaskClient], post: Callable[..., object]
) -> None:
    noor = signed_in("noor")
    token = noor.get_cookie("s")
    assert noor.get("/inbox").status_code == 200
    assert post(noor, "/sign-out").status_code == 303
    assert noor.get_cookie("s").value.startswith("a.")
    noor.set_cookie("s", token.value)
    assert noor.get("/inbox").status_code == 303


def test_language_chosen_before_signing_in_stays(client: FlaskClient, cast: Cast) -> None:
    cast.account("noor")
    client.get("/sign-in?lang=es")
    _sign_in(client, "noor", PASSPHRASE)
    assert '<html lang="es"' in client.get("/").get_data(as_text=True)
