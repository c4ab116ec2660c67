"""A small town to write packs of."""

import pytest

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
