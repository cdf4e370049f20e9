"""What more people with a mentor cost running pairs, and two rounds side by side (``compare``)."""

from matching.price.rungs import ladder, number, pairs, people, sentence

__all__ = ["ladder", "number", "pairs", "people", "sentence"]
