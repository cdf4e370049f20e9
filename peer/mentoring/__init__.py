"""Programmes of mentors: profiles, rounds, consent, mentorships."""
