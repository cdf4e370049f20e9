"""The library: where to find help, kept by coordinators, open to all."""
