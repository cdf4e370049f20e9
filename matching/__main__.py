"""``python -m matching``: see ``matching.commands``.

Exit codes: 0 done; 1 the referee found broken rules; 2 a file or an option is wrong (each
fault on a line of its own, on the error output); 3 not proven within the time limit.
"""

import sys

from matching.commands import main

if __name__ == "__main__":
    sys.exit(main())
