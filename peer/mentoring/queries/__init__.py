"""Reads of mentoring."""

from peer.mentoring.queries.people import (
    area_named,
    area_with,
    areas,
    is_vetted_now,
    mentee_profile,
    mentee_profiles,
    mentee_with,
    mentor_profile,
    mentor_profiles,
    mentor_with,
    programme,
    vetting_steps,
)

__all__ = [
    "area_named",
    "area_with",
    "areas",
    "is_vetted_now",
    "mentee_profile",
    "mentee_profiles",
    "mentee_with",
    "mentor_profile",
    "mentor_profiles",
    "mentor_with",
    "programme",
    "vetting_steps",
]
