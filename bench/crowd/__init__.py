"""The load tool of bench/rooms.py: many lean websocket clients in one process of its own."""
