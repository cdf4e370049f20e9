"""Keeping people safe: automod, reports, the review queue, actions."""
