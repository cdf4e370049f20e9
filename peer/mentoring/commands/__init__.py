"""What mentoring brings to the command line: people from a sheet, rounds solved once more."""

from peer.mentoring.commands.importing import import_group
from peer.mentoring.commands.rounds import rounds_group

COMMANDS = [import_group, rounds_group]
