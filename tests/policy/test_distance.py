"""Muting and blocking, as pure rules."""

from hypothesis import given
from hypothesis import strategies as st

from peer.policy import distance as policy
from peer.policy.distance import How
from peer.policy.roles import STAFF, Actor, Role

roles = st.frozensets(st.sampled_from(list(Role)), min_size=1)
how = st.sampled_from(list(How))


def person(held: frozenset[Role], account_id: str = "somebody") -> Actor:
    return Actor(account_id, "Somebody", held)


@given(roles, how, st.booleans())
def test_nobody_keeps_a_distance_from_themself(
    held: frozenset[Role], kept: How, staff: bool
) -> None:
    assert not policy.can_keep_distance(person(held), "somebody", kept, other_is_staff=staff)


@given(roles, st.booleans())
def test_everybody_may_mute_everybody_else(held: frozenset[Role], staff: bool) -> None:
    assert policy.can_keep_distance(person(held), "other", How.MUTE, other_is_staff=staff)


@given(roles, st.booleans())
def test_the_team_neither_blocks_nor_is_blocked(held: frozenset[Role], staff: bool) -> None:
    allowed = policy.can_keep_distance(person(held), "other", How.BLOCK, other_is_staff=staff)
    assert bool(allowed) == (not staff and held.isdisjoint(STAFF))
    assert allowed or allowed.reason, "who is refused is told why"


@given(how, st.booleans())
def test_a_block_only_mutes_once_one_of_them_is_of_the_team(kept: How, staff: bool) -> None:
    counts = policy.as_it_counts(kept, staff=staff)
    assert counts == (How.MUTE if staff else kept)
    assert not (staff and counts == How.BLOCK)


@given(st.booleans())
def test_nothing_goes_to_somebody_whom_one_has_blocked(blocked: bool) -> None:
    assert bool(policy.can_answer(blocked=blocked)) == (not blocked)
    assert bool(policy.can_talk_alone(blocked=blocked)) == (not blocked)
