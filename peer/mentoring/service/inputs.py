"""What a profile is saved from, whoever brings it: a page, a spreadsheet, the demo."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from peer.core import zones
from peer.core.errors import Invalid
from peer.core.markup import tidy
from peer.core.words import N_
from peer.mentoring.models import MenteeProfile, MentorProfile
from peer.policy import mentoring as policy

CELLS = 7 * 48


@dataclass(frozen=True, kw_only=True)
class ProfileInput:
    """What both sides may tell. Everything is optional; nothing is stored unless it is valid.

    `cells` are half hours of the week on the person's own wall clock (0 = Monday 00:00, 335 =
    Sunday 23:30) in `timezone`, an IANA name; `zone_confirmed` says that the person themselves
    saw and kept that zone. `area` is the words of one of the programme's areas. `accepts` None:
    anyone. `style` is {trait: 0 to 1}. `avoids` are pseudonyms, whether or not anyone has them.
    """

    languages: Mapping[str, int] = field(default_factory=dict)
    interests: Mapping[str, int] = field(default_factory=dict)
    identity: str | None = None
    accepts: tuple[str, ...] | None = None
    area: str | None = None
    style: Mapping[str, float] = field(default_factory=dict)
    avoids: tuple[str, ...] = ()
    boundaries: str = ""
    timezone: str = "UTC"
    zone_confirmed: bool = False
    cells: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MenteeInput(ProfileInput):
    """A mentee's profile. `wants`: "I would like a mentor". `priority` is the coordinators'."""

    topics: tuple[str, ...] = ()
    prefers: tuple[str, ...] = ()
    wants: bool = False
    priority: int = 1


@dataclass(frozen=True, kw_only=True)
class MentorInput(ProfileInput):
    """A mentor's profile. `declines`: topics they will not hold; `capacity`: mentees at once."""

    declines: tuple[str, ...] = ()
    capacity: int = 1


def mentee_input(profile: MenteeProfile | None, *, area: str | None, zone: str) -> MenteeInput:
    """A stored profile as its input; an empty one in `zone` where there is none yet."""
    if profile is None:
        return MenteeInput(timezone=zone)
    return MenteeInput(
        **_common(profile, area),
        topics=tuple(profile.topics),
        prefers=tuple(profile.prefers),
        wants=profile.wants,
        priority=profile.priority,
    )


def mentor_input(profile: MentorProfile | None, *, area: str | None, zone: str) -> MentorInput:
    """A stored profile as its input; an empty one in `zone` where there is none yet."""
    if profile is None:
        return MentorInput(timezone=zone)
    return MentorInput(
        **_common(profile, area), declines=tuple(profile.declines), capacity=profile.capacity
    )


def _common(profile: MenteeProfile | MentorProfile, area: str | None) -> dict[str, Any]:
    return {
        "languages": dict(profile.languages),
        "interests": dict(profile.interests),
        "identity": profile.identity,
        "accepts": None if profile.accepts is None else tuple(profile.accepts),
        "area": area,
        "style": dict(profile.style),
        "avoids": tuple(profile.avoids),
        "boundaries": profile.boundaries,
        "timezone": profile.timezone,
        "zone_confirmed": profile.zone_confirmed_at is not None,
        "cells": tuple(profile.cells),
    }


def check(data: ProfileInput) -> None:
    """Invalid, with the field, unless every value is one that can be kept."""
    _known("languages", data.languages, policy.LANGUAGES)
    _levels("languages", data.languages)
    _known("interests", data.interests, policy.INTERESTS)
    _levels("interests", data.interests)
    _known("identity", [data.identity] if data.identity else [], policy.IDENTITIES)
    _known("accepts", data.accepts or (), policy.IDENTITIES)
    _known("style", data.style, policy.STYLE)
    if not all(0 <= value <= 1 for value in data.style.values()):
        raise Invalid(field="style")
    _check_words(data)
    _check_hours(data)
    if isinstance(data, MenteeInput):
        _known("topics", data.topics, policy.TOPICS)
        _names("prefers", data.prefers)
        if not 1 <= data.priority <= 9:
            raise Invalid(N_("A priority is a number from 1 to 9."), field="priority")
    if isinstance(data, MentorInput):
        _known("declines", data.declines, policy.TOPICS)
        if not 0 <= data.capacity <= policy.CAPACITY:
            raise Invalid(
                N_("Between 0 and %(most)s people fits here."),
                field="capacity",
                most=policy.CAPACITY,
            )


def _check_words(data: ProfileInput) -> None:
    if data.accepts is not None and not data.accepts:
        raise Invalid(N_("Choose at least one, or anyone."), field="accepts")
    if len(tidy(data.boundaries)) > policy.TEXT:
        raise Invalid(
            N_("Up to %(most)s characters fit here."), field="boundaries", most=policy.TEXT
        )
    _names("avoids", data.avoids)


def _check_hours(data: ProfileInput) -> None:
    if zones.known(data.timezone) != data.timezone:
        raise Invalid(N_("That time zone is not one we know. The list has them all."), field="zone")
    if not all(0 <= cell < CELLS for cell in data.cells):
        raise Invalid(N_("Some of those hours are not in a week."), field="cells")


def _known(name: str, given: Iterable[str], allowed: Iterable[str]) -> None:
    if not set(given) <= set(allowed):
        raise Invalid(N_("One of those choices is not in the list."), field=name)


def _levels(name: str, given: Mapping[str, int]) -> None:
    if not all(level in (1, 2, 3) for level in given.values()):
        raise Invalid(N_("Choose one of the three levels."), field=name)


def _names(name: str, given: tuple[str, ...]) -> None:
    if len(given) > policy.NAMES or any(len(each) > 40 for each in given):
        raise Invalid(
            N_("Up to %(most)s names of up to 40 characters fit here."),
            field=name,
            most=policy.NAMES,
        )
