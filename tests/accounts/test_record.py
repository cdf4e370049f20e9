"""The record, as admins read it: what was done and by whom, never what anybody wrote."""

import re

from peer.accounts import service
from peer.accounts.queries import oversight
from peer.core import audit, work
from peer.policy.oversight import Disclosed
from tests.cast import Cast
from tests.plugins.site import SignIn


def test_admin_reads_what_was_done_and_by_whom(signed_in: SignIn, cast: Cast) -> None:
    with work.begin():
        service.invite(cast.cora, ["member"], note="the one with the red scarf")
    page = signed_in("ada").get("/record").get_data(as_text=True)
    assert "An invitation was made." in page
    assert "<bdi>Cora</bdi>" in page
    assert "red scarf" not in page


def test_admin_picks_one_kind_of_line(signed_in: SignIn, cast: Cast) -> None:
    with work.begin():
        service.invite(cast.cora, ["member"])
    ada = signed_in("ada")
    page = ada.get("/record?act=invitation.make").get_data(as_text=True)
    rows = page.split('<ul class="rows"')[1]
    assert "An invitation was made." in rows
    assert "The account was made." not in rows
    assert ada.get("/record?act=no.such").status_code == 404
    assert ada.get("/record?page=9999").status_code == 200


def rows_of(signed_in: SignIn, act: str) -> str:
    """The lines of one act, as Ada reads them."""
    page = signed_in("ada").get(f"/record?act={act}").get_data(as_text=True)
    return page.split('<ul class="rows"')[1].split("</ul>")[0]


def test_admin_alone_does_not_read_who_invited_somebody(signed_in: SignIn, cast: Cast) -> None:
    with work.begin():
        _invitation, code = service.invite(cast.cora, ["member"], note="the one with the scarf")
    with work.begin():
        guest = service.join(code, "Quiet-Fjord", "-", locale="en", timezone="UTC")
    with work.begin():  # as the record held it before
        audit.record("account.create", f"account:{guest.id}", by=cast.cora.id, roles=["member"])
    rows = rows_of(signed_in, "account.create")
    assert "Cora" not in rows
    assert "<code>" not in rows
    with work.begin(writes=False):
        made = [entry for entry in audit.about(f"account:{guest.id}") if entry.chain][-1]
        assert (made.act, made.actor_id) == ("account.create", None)


def test_line_of_the_record_leads_to_nobodys_page_but_tells_two_apart(
    signed_in: SignIn, cast: Cast
) -> None:
    for about in (cast.noor, cast.noor, cast.zed):
        with work.begin():
            service.suspend(about.id, by=cast.mo, days=1)
    rows = rows_of(signed_in, "account.suspend")
    signs = re.findall(r"<code>account ([0-9a-f]+)</code>", rows)
    assert len(signs) == 3
    assert (signs[0] != signs[1], signs[1] == signs[2]) == (True, True)
    for about in (cast.noor, cast.zed):
        assert about.id[:6] not in rows


def test_admin_alone_does_not_read_who_had_reported_something(
    signed_in: SignIn, cast: Cast
) -> None:
    reason = "A court asks who saw it."
    with work.begin():
        service.disclose(cast.noor.id, cast.cora, Disclosed.REPORTER, reason, shared=True)
    rows = rows_of(signed_in, "disclosure.note")
    assert "Two people look at more of it together" in rows
    assert "<code>" not in rows
    assert cast.noor.id[:6] not in rows
    with work.begin(writes=False):
        assert len(oversight.disclosures_to(cast.noor.id)) == 1, "Noor reads of it herself"


def test_record_is_there_for_admins_alone(signed_in: SignIn) -> None:
    for name in ("noor", "mo", "cora"):
        assert signed_in(name).get("/record").status_code == 404
