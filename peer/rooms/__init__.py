"""Rooms: the people of each, and what they say to one another."""
