"""The round as a network, and the levels of the objective decided on it by flows."""
