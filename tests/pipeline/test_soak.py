"""Hundreds of packs in one process: what grows with each would end a night's run."""

import ctypes
import gc
import os
import shutil
import sys
from statistics import median

import psutil
import pyarrow as pa
import pytest

from ptreach import pipeline
from ptreach.model import no_progress


def held_mb(process):
    """Memory held once all that is free is given back: what is not varies by hundreds of MB a pack."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)
    return process.memory_info().rss / 1e6


@pytest.mark.parametrize("runs", [4, pytest.param(500, marks=pytest.mark.soak)])
def test_pack_after_pack_holds_no_more_memory_or_files(quarter, tmp_path, runs):
    process, held = psutil.Process(), []
    for number in range(runs):
        pack = pipeline.run(
            quarter(number), home=tmp_path, out=tmp_path, engine="raptor", workers=1, progress=no_progress
        )
        shutil.rmtree(pack)  # hundreds fill a disk
        held.append((held_mb(process), process.num_fds() if os.name == "posix" else 0))
        if number % 50 == 0:
            print(f"{number} packs: {held[-1][0]:,.1f} MB, {held[-1][1]} files")
    settled = held[runs // 2 :]
    assert max(files for _, files in settled) == min(files for _, files in settled)
    halves = settled[: len(settled) // 2], settled[len(settled) // 2 :]
    before_mb, after_mb = (median(mb for mb, _ in half) for half in halves)
    print(f"{before_mb:,.1f} MB, then {after_mb:,.1f} MB; {settled[-1][1]} files")
    assert after_mb - before_mb < 10, held
