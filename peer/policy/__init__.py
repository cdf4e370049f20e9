"""Who may do what. Pure functions on loaded facts: no web, no database."""
