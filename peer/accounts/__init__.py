"""People: invitations, sign-up, sign-in, sessions, roles."""
