"""What more people with a mentor cost running pairs, and two rounds side by side (``compare``)."""

from matching.price.rungs import Ladder, ladder, number, pairs, people, priced, sentence

__all__ = ["Ladder", "ladder", "number", "pairs", "people", "priced", "sentence"]
