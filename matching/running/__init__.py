"""Running pairs that may change, for the sake of people who would stay without a mentor."""
