"""The board, for every test of moderation."""

from tests.moderation.making import board

__all__ = ["board"]
