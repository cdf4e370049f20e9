"""What a person keeps for themself: notes, check-ins, a plan. Nobody else can read any of it."""
