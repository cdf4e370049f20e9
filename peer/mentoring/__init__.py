"""Mentors for people who ask for one: profiles, rounds, proposals, consent, mentorships."""
