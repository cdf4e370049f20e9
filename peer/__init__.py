"""Commonroom: moderated rooms and matched mentors."""

import gc

__version__ = "0.1.0"

# Starting makes a great many things that stay. Looking through all of them for garbage, again and
# again, took a tenth of a start, and stopped conversations for a moment when a page was large.
gc.set_threshold(50_000, 20, 100)
