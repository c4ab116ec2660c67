"""Processes of the command line that meet their fate at a place in their work, and not at a time."""

import os
import subprocess
import sys

# Sends itself a signal as it is about to call a function for the nth time.
FATEFUL = """
import importlib, os, sys
from ptreach.cli.main import main
module, name, number, sent = sys.argv[1:5]
room = importlib.import_module(module)
true, left = getattr(room, name), [int(number)]

def fateful(*args, **kwargs):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), int(sent))
    return true(*args, **kwargs)

setattr(room, name, fateful)
sys.exit(main(sys.argv[5:]))
"""
PLAIN = "import sys; from ptreach.cli.main import main; sys.exit(main())"


def said_by(script, *arguments, **env):
    """Run a script in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PTREACH_HOME": "", **env},
    )
