"""Commonroom: moderated rooms and matched mentors."""

__version__ = "0.1.0"
