"""The cache of compiled kernels, damaged: compiled again, said so, and never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

KERNELS = """
from ptreach.network.compiled import njit

""" + "".join(f"\n@njit(cache=True)\ndef add_{n}(x):\n    return x + {n}\n" for n in range(6))
SCRIPT = """
import logging, sys
logging.basicConfig(format="%(levelname)s %(message)s")
sys.path.insert(0, sys.argv[1])
import own
for number in range(6):
    kernel = getattr(own, f"add_{number}")
    print(kernel(1), sum(kernel.stats.cache_hits.values()))
"""
# By the number of the kernel: which of its two files, and what becomes of it.
DAMAGES = {
    0: (".nbi", "half"),
    1: (".nbi", ""),
    2: (".nbi", "garbage"),
    3: (".nbc", "half"),
    4: (".nbc", "garbage"),
}


@pytest.fixture
def run(tmp_path):
    (tmp_path / "own.py").write_text(KERNELS, encoding="utf-8")

    def once():
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path)],
            capture_output=True,
            encoding="utf-8",
            check=False,
            env={**os.environ, "PTREACH_CACHE": str(tmp_path / "cache")},
        )
        assert done.returncode == 0, done.stderr
        return [tuple(map(int, line.split())) for line in done.stdout.splitlines()], done.stderr

    return once


def test_what_is_damaged_is_compiled_again_and_told(run, tmp_path):
    values = [number + 1 for number in range(6)]
    assert run() == ([(value, 0) for value in values], "")
    assert run() == ([(value, 1) for value in values], "")
    for number, (ending, damage) in DAMAGES.items():
        (path,) = Path(tmp_path, "cache").rglob(f"own.add_{number}-*{ending}")
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2] if damage == "half" else damage.encode() * 50)
    found, said = run()
    assert found == [(value, int(number not in DAMAGES)) for number, value in enumerate(values)]
    assert [line.count("compiled again") for line in said.splitlines()] == [1] * len(DAMAGES)
    assert run() == ([(value, 1) for value in values], "")  # and kept again
