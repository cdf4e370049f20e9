"""The front door: home page, help, and whether the house stands."""
