"""What the commands end with, for the shell and for other programs."""

import argparse
from typing import TypeAlias

#: All is well; broken rules were found; a file or an option is wrong; the time ran out.
DONE, BROKEN, WRONG, UNPROVEN = 0, 1, 2, 3

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
