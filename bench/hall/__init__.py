"""The servers that bench/rooms.py measures, and the place that ours serves."""
