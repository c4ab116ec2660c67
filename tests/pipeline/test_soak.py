"""Hundreds of packs in one process: what grows with each would end a night's run."""

import os
from statistics import median

import psutil
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


@pytest.mark.parametrize("runs", [4, pytest.param(500, marks=pytest.mark.soak)])
def test_pack_after_pack_holds_no_more_memory_or_files(quarter, tmp_path, runs):
    process, held = psutil.Process(), []
    for number in range(runs):
        pipeline.run(
            quarter(number), home=tmp_path, out=tmp_path, engine="raptor", workers=1, progress=no_progress
        )
        held.append((process.memory_info().rss / 1e6, process.num_fds() if os.name == "posix" else 0))
        if number % 50 == 0:
            print(f"{number} packs: {held[-1][0]:,.0f} MB, {held[-1][1]} files")
    settled = held[runs // 2 :]
    assert max(files for _, files in settled) == min(files for _, files in settled)
    if runs < 100:
        return  # memory swings by tens of MB from pack to pack, and can be told to grow over many only
    before, after = settled[: len(settled) // 2], settled[len(settled) // 2 :]
    middle_mb = [median(mb for mb, _ in part) for part in (before, after)]
    print(f"{middle_mb[0]:,.1f} MB, then {middle_mb[1]:,.1f} MB; {settled[-1][1]} files")
    assert middle_mb[1] - middle_mb[0] < 10, held
