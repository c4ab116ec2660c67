"""``python -m ptreach``: the command line where its program is not on the path, as on many Windows desks."""

import sys

from ptreach.cli.main import program

if __name__ == "__main__":
    sys.exit(program())
