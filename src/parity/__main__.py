"""`python -m parity` is the same program."""

import sys

from parity.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
