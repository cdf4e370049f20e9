"""The rules in plain Python, one pair or one person at a time: may they meet, when, how well."""
