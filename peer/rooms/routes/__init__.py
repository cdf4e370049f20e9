"""Pages of rooms: every one of them works as a plain form; sockets make the room live."""

from peer.rooms.routes import dates, distance, keeping, leading, names, reading, talking, topics
from peer.rooms.routes.blueprint import bp

__all__ = ["bp", "dates", "distance", "keeping", "leading", "names", "reading", "talking", "topics"]
