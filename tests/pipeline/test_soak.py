"""Hundreds of packs in one process: what grows with each would end a night's run."""

import ctypes
import gc
import os
import sys
from statistics import median

import psutil
import pyarrow as pa
import pytest

from ptreach import pipeline
from ptreach.model import no_progress
from ptreach.sources.demo import write_demo

BOUNDS = "bounds = [1.015, 53.634, 1.033, 53.644]\n\n"
"""A kilometre about the made-up town's market place: few zones, a small surface."""


@pytest.fixture
def quarter(tmp_path):
    """Write the file of a town in that part of the made-up one; each number has a point of its own."""
    config = write_demo(tmp_path)
    recipe = tmp_path / "networks" / "demo-town" / "network.toml"
    text = recipe.read_text(encoding="utf-8")
    recipe.write_text(text.replace("[[sources]]", f"{BOUNDS}[[sources]]", 1), encoding="utf-8")
    text = config.read_text(encoding="utf-8")

    def town(number):
        config.write_text(text.replace("lon = 1.02", f"lon = 1.02{number:03d}"), encoding="utf-8")
        return config

    assert "lon = 1.02" in text
    return town


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
        pipeline.run(
            quarter(number), home=tmp_path, out=tmp_path, engine="raptor", workers=1, progress=no_progress
        )
        held.append((held_mb(process), process.num_fds() if os.name == "posix" else 0))
        if number % 50 == 0:
            print(f"{number} packs: {held[-1][0]:,.1f} MB, {held[-1][1]} files")
    settled = held[runs // 2 :]
    assert max(files for _, files in settled) == min(files for _, files in settled)
    halves = settled[: len(settled) // 2], settled[len(settled) // 2 :]
    before_mb, after_mb = (median(mb for mb, _ in half) for half in halves)
    print(f"{before_mb:,.1f} MB, then {after_mb:,.1f} MB; {settled[-1][1]} files")
    assert after_mb - before_mb < 10, held
