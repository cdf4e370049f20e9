"""Notices: short words to one person, waiting in their inbox. Nothing leaves the site."""
