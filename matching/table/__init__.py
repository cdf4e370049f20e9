"""The same rules for a whole round at once, on arrays; and reasons, counted."""
